import type { ClassTarget, NumberTarget } from '../../../data/tableSchema.js';
import { int } from '../attributes.js';
import type { Graph, Value } from '../graph.js';

/** What networks say of rows, in the terms of the target. */

/** The mean of what networks give. @param outputs of each network, all of one shape */
export function addMean(graph: Graph, outputs: readonly Value[]): Value {
  const [only, ...others] = outputs;
  return only !== undefined && others.length === 0 ? only : graph.node('Mean', outputs);
}

/** factor · number + shift */
export interface Line {
  readonly factor: number;
  readonly shift: number;
}

export function addLine(graph: Graph, numbers: Value, { factor, shift }: Line): Value {
  const scaled = graph.node('Mul', [numbers, graph.floats([factor])]);
  return graph.node('Add', [scaled, graph.floats([shift])]);
}

/** The name of the likeliest class as `prediction`, and the probability of each as `probabilities`. */
export function addClasses(
  graph: Graph,
  probabilities: Value,
  { classes }: Pick<ClassTarget, 'classes'>,
): void {
  const likeliest = graph.node('ArgMax', [probabilities], { axis: int(1), keepdims: int(0) });
  const name = graph.node('Gather', [graph.texts(classes), likeliest]);
  graph.output({ name: 'prediction', type: 'string', sides: [] }, name);
  const note = 'in the order of the classes, which stand in the metadata of the file';
  const port = { name: 'probabilities', type: 'float', sides: [classes.length], note } as const;
  graph.output(port, probabilities);
  graph.metadata.classes = JSON.stringify(classes);
}

/** The ends of intervals, in what the networks learn. */
export interface IntervalEnds {
  readonly lower: Value;
  readonly upper: Value;
  /** By which both ends are moved outwards. */
  readonly widening: number;
}

/** The number in the unit of the target as `prediction`, and what it lies between as `lower` and `upper`. */
export function addNumbers(
  graph: Graph,
  output: Value,
  target: Pick<NumberTarget, 'mean' | 'deviation'>,
  ends: IntervalEnds | undefined,
): void {
  const prediction = inUnit(graph, output, target);
  addNumberOutput(graph, 'prediction', prediction);
  if (ends === undefined) return;
  const { lower, upper, widening } = ends;
  const ordered = (operator: 'Min' | 'Max', by: number): Value => {
    const end = graph.cast(graph.node(operator, [lower, upper]), 'double');
    const moved = graph.node('Add', [end, graph.doubles([by])]);
    // There is no interval without what is predicted.
    return graph.node(operator, [scaled(graph, moved, target), prediction]);
  };
  addNumberOutput(graph, 'lower', ordered('Min', -widening));
  addNumberOutput(graph, 'upper', ordered('Max', widening));
}

function inUnit(
  graph: Graph,
  output: Value,
  target: Pick<NumberTarget, 'mean' | 'deviation'>,
): Value {
  return scaled(graph, graph.cast(output, 'double'), target);
}

function scaled(
  graph: Graph,
  number: Value,
  { mean, deviation }: Pick<NumberTarget, 'mean' | 'deviation'>,
): Value {
  const spread = graph.node('Mul', [number, graph.doubles([deviation])]);
  return graph.node('Add', [spread, graph.doubles([mean])]);
}

/** @param number shape (rows, 1) */
function addNumberOutput(graph: Graph, name: string, number: Value): void {
  const flat = graph.node('Squeeze', [number, graph.integers([1])]);
  graph.output({ name, type: 'double', sides: [] }, flat);
}
