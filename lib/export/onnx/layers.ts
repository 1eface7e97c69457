import type { FloatTensor } from '../../io/safetensors.js';
import type { LayerName } from '../../network/generated.js';
import { type LayerSpec, moduleCount, sizeBehind } from '../../network/layers/index.js';
import type {
  DenseSpec,
  EmbeddingSpec,
  HeadsSpec,
  MaxoutSpec,
  ResidualSpec,
} from '../../network/layers/types.js';
import { addActivation } from './activations.js';
import { float, int, ints } from './attributes.js';
import type { Graph, Value } from './graph.js';

/**
 * Layers as operators of ONNX, as they compute when predicting: what makes noise, or adds to the loss alone, passes its
 * input on.
 */

/** Layers one after the other: those of a network, of a residual block, or of a head. */
export interface LayerList {
  readonly layers: readonly LayerSpec[];
  /** Columns that go into the first of them. */
  readonly inputSize: number;
  /** All tensors of the network, by their names. */
  readonly tensors: ReadonlyMap<string, FloatTensor>;
  /** What the names of the tensors of these layers begin with. */
  readonly prefix: string;
  /** Where they stand: `layers`, `layers[2].layers`. */
  readonly path: string;
}

/** What some layers give, and how many columns that has. */
export interface Columns {
  readonly value: Value;
  readonly size: number;
}

/**
 * Adds some layers of a list.
 *
 * @param x shape (rows, columns), what goes into the first of them
 * @param to behind the last of them
 */
export function addLayers(
  graph: Graph,
  list: LayerList,
  x: Value,
  from = 0,
  to = list.layers.length,
): Columns {
  const { layers, inputSize, path } = list;
  let value = x;
  for (let index = from; index < to; index++) {
    const place = placeOf(list, index);
    value = graph.within(`${path}[${index}]`, () => addLayer(graph, place, value));
  }
  return { value, size: sizeBehind(layers.slice(0, to), inputSize) };
}

/** Adds a network that ends with heads, of which each gives an output. Undefined where it does not. */
export function addHeads(
  graph: Graph,
  list: LayerList,
  x: Value,
): readonly (Columns & { readonly name: string })[] | undefined {
  const last = list.layers.length - 1;
  const { spec, ...place } = placeOf(list, last);
  if (spec.type !== 'heads') return undefined;
  const shared = addLayers(graph, list, x, 0, last).value;
  return headsOf({ ...place, spec }).map(([name, head]) => ({
    name,
    ...addLayers(graph, head, shared),
  }));
}

/** A layer where it stands. */
interface LayerPlace<Spec = LayerSpec> {
  readonly spec: Spec;
  readonly list: LayerList;
  /** As errors write it. */
  readonly path: string;
  /** Columns that go into it, and that come out of it. */
  readonly inputSize: number;
  readonly outputSize: number;
  readonly tensor: (name: string) => FloatTensor | undefined;
  readonly prefix: string;
}

function placeOf(list: LayerList, index: number): LayerPlace {
  const { layers, tensors } = list;
  const before = layers.slice(0, index);
  const prefix = prefixOf(list, index);
  return {
    ...{ spec: layers[index] as LayerSpec, list, prefix, path: `${list.path}[${index}]` },
    inputSize: sizeBehind(before, list.inputSize),
    outputSize: sizeBehind(layers.slice(0, index + 1), list.inputSize),
    tensor: (name) => tensors.get(`${prefix}${name}`),
  };
}

/** What the names of the tensors of a layer begin with: its number among the modules of PyTorch. */
function prefixOf({ layers, prefix }: LayerList, index: number): string {
  return `${prefix}${moduleCount(layers.slice(0, index))}.`;
}

type Rule<Spec> = (graph: Graph, place: LayerPlace<Spec>, x: Value) => Value;

type Rules = {
  readonly [Name in LayerName]: Rule<Extract<LayerSpec, { readonly type: Name }>>;
};

const passOn = (_graph: Graph, _place: unknown, x: Value): Value => x;

const rules: Rules = {
  dense: addDense,
  maxout: addMaxout,
  residual: addResidual,
  heads: (graph, place, x) => {
    const parts = headsOf(place).map(([, head]) => addLayers(graph, head, x).value);
    return concatenated(graph, parts);
  },
  embedding: addEmbedding,
  activation: (graph, { spec, outputSize }, x) =>
    addActivation(graph, x, spec.activation, outputSize),
  batchNorm(graph, place, x) {
    const { epsilon } = place.spec;
    const variance = place.tensor('running_var')?.values ?? new Float32Array(place.inputSize);
    const scale = place.tensor('weight')?.values;
    // Not the operator for it: that takes the products of mean and scale away, which loses digits for large means.
    const factors = Array.from(
      variance,
      (each, at) => (scale?.[at] ?? 1) / Math.sqrt(each + epsilon),
    );
    const centred = graph.node('Sub', [x, own(graph, place, 'running_mean')]);
    const normalised = graph.node('Mul', [centred, graph.floats(factors)]);
    return place.tensor('bias')
      ? graph.node('Add', [normalised, own(graph, place, 'bias')])
      : normalised;
  },
  layerNorm(graph, place, x) {
    const { inputSize } = place;
    const scale = place.tensor('weight')
      ? own(graph, place, 'weight')
      : graph.floats(new Array<number>(inputSize).fill(1));
    const shift = place.tensor('bias') ? [own(graph, place, 'bias')] : [];
    return graph.node('LayerNormalization', [x, scale, ...shift], {
      axis: int(-1),
      epsilon: float(place.spec.epsilon),
    });
  },
  prelu: (graph, place, x) => graph.node('PRelu', [x, own(graph, place, 'weight')]),
  scaling: (graph, place, x) => graph.node('Mul', [x, own(graph, place, 'weight')]),
  // The means, which come first.
  gaussianSampling: (graph, { outputSize }, x) => columnsOf(graph, x, 0, outputSize),
  maskingNoise: passOn,
  gaussianNoise: passOn,
  saltAndPepperNoise: passOn,
  swapNoise: passOn,
  dropout: passOn,
  alphaDropout: passOn,
  activityPenalty: passOn,
  contractivePenalty: passOn,
};

function addLayer(graph: Graph, place: LayerPlace, x: Value): Value {
  return (rules[place.spec.type] as Rule<LayerSpec>)(graph, place, x);
}

/** A tensor of the layer as a value. */
function own(graph: Graph, { tensor, prefix }: LayerPlace<unknown>, name: string): Value {
  const { shape, values } = tensor(name) as FloatTensor;
  return graph.tensor(`${prefix}${name}`, shape, values);
}

function addDense(graph: Graph, place: LayerPlace<DenseSpec>, x: Value): Value {
  const { spec, list, inputSize, outputSize } = place;
  const { activation, parametrisation, tiedTo } = spec;
  // Tied weights are those of the other layer, which are turned over there.
  const weights =
    tiedTo === undefined
      ? own(graph, place, 'weight')
      : own(graph, placeOf(list, tiedTo), 'weight');
  const bias = spec.bias ? [own(graph, place, 'bias')] : [];
  const linear = graph.node('Gemm', [x, weights, ...bias], {
    ...(tiedTo === undefined && { transB: int(1) }),
    ...(parametrisation === 'ntk' && { alpha: float(1 / Math.sqrt(inputSize)) }),
  });
  return addActivation(graph, linear, activation, outputSize);
}

function addMaxout(graph: Graph, place: LayerPlace<MaxoutSpec>, x: Value): Value {
  const { units, pieces } = place.spec;
  const bias = place.spec.bias ? [own(graph, place, 'bias')] : [];
  const weights = own(graph, place, 'weight');
  const linear = graph.node('Gemm', [x, weights, ...bias], { transB: int(1) });
  // 0 stands for the rows, as they are.
  const split = graph.node('Reshape', [linear, graph.integers([0, units, pieces])]);
  return graph.node('ReduceMax', [split], { axes: ints([2]), keepdims: int(0) });
}

function addResidual(graph: Graph, place: LayerPlace<ResidualSpec>, x: Value): Value {
  const { spec, list, path, prefix, inputSize } = place;
  const within = {
    ...{ layers: spec.layers, inputSize, tensors: list.tensors },
    ...{ prefix: `${prefix}layers.`, path: `${path}.layers` },
  };
  const { value } = addLayers(graph, within, x);
  const kept = spec.projection
    ? graph.node('Gemm', [x, own(graph, place, 'projection.weight')], { transB: int(1) })
    : x;
  return graph.node('Add', [kept, value]);
}

function headsOf(place: LayerPlace<HeadsSpec>): readonly (readonly [string, LayerList])[] {
  const { spec, list, path, prefix, inputSize } = place;
  return Object.entries(spec.heads).map(([name, layers]) => [
    name,
    {
      ...{ layers, inputSize, tensors: list.tensors },
      ...{ prefix: `${prefix}${name}.`, path: `${path}.heads.${name}` },
    },
  ]);
}

/** The other inputs in their order, then the vectors. */
function addEmbedding(graph: Graph, place: LayerPlace<EmbeddingSpec>, x: Value): Value {
  const { spec, inputSize } = place;
  const embedded = new Set(spec.columns.map(({ input }) => input));
  const others = [...Array(inputSize).keys()].filter((input) => !embedded.has(input));
  const axis = { axis: int(1) };
  const kept = others.length > 0 ? [graph.node('Gather', [x, graph.integers(others)], axis)] : [];
  const vectors = spec.columns.map(({ input }, index) => {
    const column = graph.node('Gather', [x, graph.integers([input], [])], axis);
    const level = graph.cast(column, 'int64');
    return graph.node('Gather', [own(graph, place, `columns.${index}.weight`), level]);
  });
  return concatenated(graph, [...kept, ...vectors]);
}

/** Matrices beside each other. */
export function concatenated(graph: Graph, parts: readonly Value[]): Value {
  const [only, ...others] = parts;
  if (only !== undefined && others.length === 0) return only;
  return graph.node('Concat', parts, { axis: int(1) });
}

/** The columns from `start` to before `end`. */
export function columnsOf(graph: Graph, x: Value, start: number, end: number): Value {
  const sides = [[start], [end], [1]].map((side) => graph.integers(side));
  return graph.node('Slice', [x, ...sides]);
}
