import { ShapeError } from '../errors.js';
import type { Model } from '../model/model.js';
import type { LayerSpec } from '../network/layers/index.js';
import { type NetworkSpec, sizeAfter } from '../network/network.js';

/** An autoencoder seen as a stack of layer pairs: the outermost first, the code last. */

/** What is needed of an autoencoder, of which this file knows nothing more. */
export interface Stack {
  readonly model: Model;
  /** The layer whose output is the code. */
  readonly codeLayer: number;
}

/** A layer of the encoder and its mirror in the decoder, as places in the network. */
export interface StackPair {
  /** A dense layer and what follows it (activation, normalisation), or precedes the first one. */
  readonly encoder: readonly number[];
  readonly decoder: readonly number[];
  /** Columns that go in, and that the mirror gives back. */
  readonly inputSize: number;
  /** Columns between the two. */
  readonly units: number;
}

/**
 * Pairs the layers of the encoder with those of the decoder.
 *
 * @throws ShapeError when the decoder does not mirror the encoder.
 */
export function pairsOf(spec: NetworkSpec, codeLayer: number): readonly StackPair[] {
  const encoders = blocksOf(spec.layers, 0, codeLayer + 1);
  const decoders = blocksOf(spec.layers, codeLayer + 1, spec.layers.length).reverse();
  const sizeBefore = (block: readonly number[] | undefined) => sizeAfter(spec, block?.[0] ?? 0);
  const sizeBehind = (block: readonly number[] | undefined) =>
    sizeAfter(spec, (block?.[block.length - 1] ?? 0) + 1);
  const sizes = (count: number, size: (index: number) => number) =>
    Array.from({ length: count }, (_, index) => size(index));
  const down = sizes(encoders.length, (index) => sizeBefore(encoders[index]));
  const up = sizes(decoders.length, (index) => sizeBehind(decoders[index]));
  if (down.join() !== up.join()) throw noMirror(down, up);
  return encoders.map((encoder, index) => ({
    encoder,
    decoder: decoders[index] ?? [],
    inputSize: sizeBefore(encoder),
    units: sizeBehind(encoder),
  }));
}

/** The layers from `from` to before `to`, cut before every dense layer but the first. */
function blocksOf(layers: readonly LayerSpec[], from: number, to: number): number[][] {
  const blocks: number[][] = [[]];
  let hasDense = false;
  for (let index = from; index < to; index++) {
    const type = layers[index]?.type;
    const isDense = type === 'dense' || type === 'heads';
    if (isDense && hasDense) blocks.push([]);
    hasDense ||= isDense;
    blocks[blocks.length - 1]?.push(index);
  }
  return blocks;
}

function noMirror(down: readonly number[], up: readonly number[]): ShapeError {
  return new ShapeError({
    path: 'pretrain',
    expected: `a decoder that gives back the sizes of the encoder: ${down.join(', ')}`,
    received: up.join(', '),
    remedy: 'Train a network that is no mirror as a whole, by fit.',
  });
}

/** What tensors are taken from: a model, or what has its tensors. */
export interface ParameterSource extends Pick<Model, 'parameters'> {
  getParameter(name: string): Float32Array;
}

/** Copies the tensors of some layers into layers of the same shapes in another model. */
export function copyParameters(
  source: ParameterSource,
  sourceLayers: readonly number[],
  target: Pick<Model, 'parameters' | 'setParameter'>,
  targetLayers: readonly number[],
): void {
  const names = parameterNames(source, sourceLayers);
  for (const [index, name] of parameterNames(target, targetLayers).entries()) {
    target.setParameter(name, source.getParameter(names[index] as string));
  }
}

/** The names of the tensors of some layers. */
export function parameterNames(
  { parameters }: Pick<Model, 'parameters'>,
  layers: readonly number[],
): readonly string[] {
  return parameters.filter(({ layer }) => layers.includes(layer)).map(({ name }) => name);
}
