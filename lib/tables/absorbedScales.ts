import type { Scaling } from '../data/numberScaling.js';
import {
  columnWidth,
  type FeatureColumn,
  type TableSchema,
  type TargetColumn,
} from '../data/tableSchema.js';
import type { Sequential } from '../model/sequential.js';
import type { EmbeddingSpec } from '../network/layers/types.js';
import { targetLine } from './carriedScales.js';
import type { FoldScales } from './foldScaling.js';

/**
 * Scales as part of weights: a network that has learned by scales of its own answers the same to inputs in those of the
 * table once its first layer has taken in the straight line between the two, and its last one that of the target.
 */

type LayerSpec = Sequential['spec']['layers'][number];

/** Which inputs of a row the first layers take, and how. */
export interface FirstLayers {
  /** The layer that has a vector for each category. */
  readonly vectors: EmbeddingSpec | undefined;
  /** The one that takes all other inputs, if it gives each of them a weight. */
  readonly weighting: { readonly index: number; readonly type: 'dense' | 'scaling' } | undefined;
}

export function firstLayersOf({ spec }: Sequential): FirstLayers {
  const [first] = spec.layers;
  const vectors = first?.type === 'embedding' ? first : undefined;
  const index = vectors === undefined ? 0 : 1;
  const layer = spec.layers[index];
  const isWeighting =
    layer?.type === 'scaling' || (layer?.type === 'dense' && !hasTies(spec.layers));
  return { vectors, weighting: isWeighting ? { index, type: layer.type } : undefined };
}

/** The weights of a layer are also those of another. */
function hasTies(layers: readonly LayerSpec[]): boolean {
  return layers.some((layer) => layer.type === 'dense' && layer.tiedTo !== undefined);
}

/**
 * Takes scales into the weights, as far as the layers allow.
 *
 * @param table by whose scales it is asked from now on
 * @param scales by which it has learned
 * @returns What is left: the table as the network takes it then.
 */
export function absorbScales(
  network: Sequential,
  table: TableSchema,
  scales: FoldScales,
): TableSchema {
  const layers = firstLayersOf(network);
  const { schema: own, empty, rare } = scales;
  for (const [column, { input }] of (layers.vectors?.columns ?? []).entries()) {
    const levels = rare.find((each) => each.input === input);
    if (levels !== undefined) unknowVectors(network, column, levels.isRare);
  }
  if (layers.weighting !== undefined) forgetWeights(network, layers, empty);
  return {
    ...own,
    columns: absorbColumns(network, layers, table.columns, own.columns),
    target: absorbTarget(network, table.target, own.target),
  };
}

/** Gives categories the vector of the unknown one. */
function unknowVectors(network: Sequential, column: number, isRare: readonly boolean[]): void {
  const name = parametersOf(network, 0)[column] as string;
  const vectors = network.getParameter(name);
  const units = vectors.length / isRare.length;
  for (const [level, isOne] of isRare.entries()) {
    if (isOne) vectors.copyWithin(level * units, 0, units);
  }
  network.setParameter(name, vectors);
}

/** The names of the tensors of a layer, weights before biases. */
function parametersOf({ parameters }: Sequential, layer: number): string[] {
  return parameters.filter((each) => each.layer === layer).map(({ name }) => name);
}

/** Leaves what was never there without weight. */
function forgetWeights(network: Sequential, layers: FirstLayers, empty: readonly number[]): void {
  if (layers.weighting === undefined || empty.length === 0) return;
  const [name = ''] = parametersOf(network, layers.weighting.index);
  const weights = network.getParameter(name);
  const width = layers.weighting.type === 'scaling' ? weights.length : widthOf(network, layers);
  for (const input of empty) {
    for (let at = placeOf(input, layers); at < weights.length; at += width) weights[at] = 0;
  }
  network.setParameter(name, weights);
}

/** Inputs of the layer that weights them. */
function widthOf({ inputSize }: Sequential, { vectors }: FirstLayers): number {
  const columns = vectors?.columns ?? [];
  return columns.reduce((size, { units }) => size + units - 1, inputSize);
}

/** Where an input that is no index stands behind the vectors' layer: such inputs go first, in their order. */
function placeOf(input: number, { vectors }: FirstLayers): number {
  const before = (vectors?.columns ?? []).filter((column) => column.input < input);
  return input - before.length;
}

/** @returns the columns as they are to be scaled from now on */
function absorbColumns(
  network: Sequential,
  layers: FirstLayers,
  table: readonly FeatureColumn[],
  own: readonly FeatureColumn[],
): readonly FeatureColumn[] {
  const { weighting } = layers;
  if (weighting === undefined || !isPlain(network.spec.layers[weighting.index])) return own;
  const weights = new InputWeights(network, layers);
  let input = 0;
  const left = table.map((column, at) => {
    const other = own[at] as FeatureColumn;
    const isTaken = other === column || absorbColumn(weights, input, column, other);
    input += columnWidth(column);
    return isTaken ? column : other;
  });
  weights.set();
  return left;
}

/** Whether a layer gives W · x + b. */
function isPlain(layer: LayerSpec | undefined): boolean {
  return layer?.type === 'dense' && layer.bias && layer.parametrisation === undefined;
}

function absorbColumn(
  weights: InputWeights,
  input: number,
  table: FeatureColumn,
  own: FeatureColumn,
): boolean {
  const indicator = input + columnWidth(table) - 1;
  if (table.type === 'date' && own.type === 'date') {
    weights.absorb(input, lineBetween(table, own), table.missingIndicator ? indicator : null);
    return true;
  }
  if (table.type !== 'number' || own.type !== 'number') return true;
  if (table.scaling === undefined) {
    weights.absorb(input, lineBetween(table, own), table.missingIndicator ? indicator : null);
    return true;
  }
  if (table.scaling.type !== 'none') return false;
  // The two differ in what stands for a missing value.
  if (table.missingIndicator) weights.add(indicator, input, own.mean - table.mean);
  return true;
}

interface Line {
  readonly factor: number;
  readonly shift: number;
}

/** From inputs of the table to those of its own. */
function lineBetween(table: Scaling, own: Scaling): Line {
  return {
    factor: table.deviation / own.deviation,
    shift: (table.mean - own.mean) / own.deviation,
  };
}

/** Weights and biases of the first dense layer, input by input. */
class InputWeights {
  readonly #network: Sequential;
  readonly #layers: FirstLayers;
  readonly #names: readonly string[];
  readonly #width: number;
  readonly #weights: Float32Array;
  readonly #biases: Float64Array;

  constructor(network: Sequential, layers: FirstLayers) {
    this.#network = network;
    this.#layers = layers;
    this.#names = parametersOf(network, layers.weighting?.index ?? 0);
    this.#width = widthOf(network, layers);
    const [weights = '', biases = ''] = this.#names;
    this.#weights = network.getParameter(weights);
    this.#biases = Float64Array.from(network.getParameter(biases));
  }

  /** @param indicator the input that is 1 where the value is missing, which is 0 in both scales */
  absorb(input: number, { factor, shift }: Line, indicator: number | null): void {
    if (indicator !== null) this.add(indicator, input, -shift);
    const from = placeOf(input, this.#layers);
    for (const unit of this.#biases.keys()) {
      const at = unit * this.#width + from;
      const weight = this.#weights[at] as number;
      this.#biases[unit] = (this.#biases[unit] as number) + weight * shift;
      this.#weights[at] = weight * factor;
    }
  }

  /** Adds the weights of an input, so many times, to those of another. */
  add(to: number, input: number, times: number): void {
    const [target, source] = [placeOf(to, this.#layers), placeOf(input, this.#layers)];
    for (const unit of this.#biases.keys()) {
      const row = unit * this.#width;
      const weight = this.#weights[row + source] as number;
      this.#weights[row + target] = (this.#weights[row + target] as number) + times * weight;
    }
  }

  set(): void {
    const [weights = '', biases = ''] = this.#names;
    this.#network.setParameter(weights, this.#weights);
    this.#network.setParameter(biases, Float32Array.from(this.#biases));
  }
}

/** @returns the target as it is to be scaled from now on */
function absorbTarget(
  network: Sequential,
  table: TargetColumn | null,
  own: TargetColumn | null,
): TargetColumn | null {
  const line = targetLine(table, own);
  if (line === undefined) return table;
  const index = network.spec.layers.length - 1;
  const layer = network.spec.layers[index];
  const isLine = layer?.type === 'dense' && layer.activation.type === 'linear';
  if (!isLine || !isPlain(layer) || hasTies(network.spec.layers)) return own;
  const [weights = '', biases = ''] = parametersOf(network, index);
  for (const [name, shift] of [
    [weights, 0],
    [biases, line.shift],
  ] as const) {
    const values = network.getParameter(name);
    network.setParameter(
      name,
      values.map((value) => line.factor * value + shift),
    );
  }
  return table;
}
