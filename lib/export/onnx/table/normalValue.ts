import { normalQuotients } from '../../../data/normalDistribution.js';
import type { Graph, Value } from '../graph.js';

/** The share of the values that is not followed at either end. */
const leastShare = 1e-4;

/** The value of a normal distribution below which a share lies, as `normalValue` computes it. */
export function addNormalValue(graph: Graph, share: Value): Value {
  const number = (value: number): Value => graph.doubles([value]);
  const { beginningOfMiddle, middle, tail } = normalQuotients;
  const [least, most] = [number(leastShare), number(1 - leastShare)];
  const bounded = graph.node('Max', [graph.node('Min', [share, most]), least]);
  // The distribution is the same on both sides: the lower one is computed.
  const other = graph.node('Sub', [number(1), bounded]);
  const lower = graph.node('Min', [bounded, other]);

  const logarithm = graph.node('Mul', [graph.node('Log', [lower]), number(-2)]);
  const far = quotient(graph, tail, graph.node('Sqrt', [logarithm]));
  const q = graph.node('Sub', [lower, number(0.5)]);
  const near = graph.node('Mul', [quotient(graph, middle, graph.node('Mul', [q, q])), q]);

  const isFar = graph.node('Less', [lower, number(beginningOfMiddle)]);
  const value = graph.node('Where', [isFar, far, near]);
  const isUpper = graph.node('Greater', [bounded, number(0.5)]);
  return graph.node('Where', [isUpper, graph.node('Neg', [value]), value]);
}

interface Quotient {
  readonly above: readonly number[];
  readonly below: readonly number[];
}

function quotient(graph: Graph, { above, below }: Quotient, x: Value): Value {
  return graph.node('Div', [polynomial(graph, above, x), polynomial(graph, below, x)]);
}

/** @param coefficients from the highest power on */
function polynomial(graph: Graph, coefficients: readonly number[], x: Value): Value {
  const [highest = 0, ...others] = coefficients;
  return others.reduce(
    (sum, coefficient) =>
      graph.node('Add', [graph.node('Mul', [sum, x]), graph.doubles([coefficient])]),
    graph.doubles([highest]),
  );
}
