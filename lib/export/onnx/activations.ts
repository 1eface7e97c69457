import type { ActivationSpec } from '../../network/generated.js';
import { float, int, ints } from './attributes.js';
import type { Graph, Value } from './graph.js';

/** Activations as operators of ONNX: one where there is one, else what they are made of. */

/** Adds an activation to a graph. @param x shape (rows, columns) */
export function addActivation(
  graph: Graph,
  x: Value,
  spec: ActivationSpec,
  columns: number,
): Value {
  const add = rules[spec.type] as Rule<ActivationSpec>;
  return add(graph, x, spec, columns);
}

type Rule<Spec> = (graph: Graph, x: Value, spec: Spec, columns: number) => Value;

type Rules = {
  readonly [Name in ActivationSpec['type']]: Rule<Extract<ActivationSpec, { readonly type: Name }>>;
};

const lastAxis = { axis: int(-1) };

const rules: Rules = {
  linear: (_, x) => x,
  relu: (graph, x) => graph.node('Relu', [x]),
  relu6: (graph, x) => clip(graph, x, 0, 6),
  leakyRelu: (graph, x, { slope }) => graph.node('LeakyRelu', [x], { alpha: float(slope) }),
  elu: (graph, x, { alpha }) => graph.node('Elu', [x], { alpha: float(alpha) }),
  selu: (graph, x) => graph.node('Selu', [x]),
  celu: (graph, x, { alpha }) => graph.node('Celu', [x], { alpha: float(alpha) }),
  softplus(graph, x, { beta }) {
    if (beta === 1) return graph.node('Softplus', [x]);
    const steep = graph.node('Softplus', [scaled(graph, x, beta)]);
    return scaled(graph, steep, 1 / beta);
  },
  sigmoid: (graph, x) => graph.node('Sigmoid', [x]),
  tanh: (graph, x) => graph.node('Tanh', [x]),
  softsign: (graph, x) => graph.node('Softsign', [x]),
  hardSigmoid: (graph, x) => hardSigmoid(graph, x),
  hardTanh: (graph, x) => clip(graph, x, -1, 1),
  silu: (graph, x) => graph.node('Mul', [x, graph.node('Sigmoid', [x])]),
  gelu: (graph, x, { approximate }) => (approximate ? geluByTanh(graph, x) : gelu(graph, x)),
  mish: (graph, x) => graph.node('Mul', [x, graph.node('Tanh', [graph.node('Softplus', [x])])]),
  hardSwish: (graph, x) => graph.node('Mul', [x, hardSigmoid(graph, x)]),
  softmax: (graph, x) => graph.node('Softmax', [x], lastAxis),
  logSoftmax: (graph, x) => graph.node('LogSoftmax', [x], lastAxis),
  topK: (graph, x, { k }, columns) => (k < columns ? topK(graph, x, k) : x),
};

function scaled(graph: Graph, x: Value, factor: number): Value {
  return graph.node('Mul', [x, graph.floats([factor])]);
}

function clip(graph: Graph, x: Value, low: number, high: number): Value {
  return graph.node('Clip', [x, graph.floats([low], []), graph.floats([high], [])]);
}

function hardSigmoid(graph: Graph, x: Value): Value {
  return graph.node('HardSigmoid', [x], { alpha: float(1 / 6), beta: float(0.5) });
}

/** x (1 + erf(x / √2)) / 2 */
function gelu(graph: Graph, x: Value): Value {
  const share = graph.node('Erf', [scaled(graph, x, Math.SQRT1_2)]);
  const twice = graph.node('Add', [share, graph.floats([1])]);
  return graph.node('Mul', [scaled(graph, x, 0.5), twice]);
}

/** x sigmoid(√(8/π) (x + 0.044715 x³)) */
function geluByTanh(graph: Graph, x: Value): Value {
  const square = graph.node('Mul', [x, x]);
  const bend = graph.node('Add', [scaled(graph, square, 0.044715), graph.floats([1])]);
  const inner = scaled(graph, graph.node('Mul', [x, bend]), Math.sqrt(8 / Math.PI));
  return graph.node('Mul', [x, graph.node('Sigmoid', [inner])]);
}

/** Keeps what is not below the k-th largest of its row; equal numbers are kept together. */
function topK(graph: Graph, x: Value, k: number): Value {
  const least = graph.node('ReduceMin', [graph.largest(x, k)], { axes: ints([-1]) });
  return graph.node('Where', [graph.node('Less', [x, least]), graph.floats([0]), x]);
}
