import {
  describeValue,
  joinPath,
  requireInteger,
  requireKnownKeys,
  requireObject,
  seedRule,
  sizeRule,
  withDefault,
} from '../checks.js';
import { ArgumentError } from '../errors.js';
import {
  type Layer,
  type LayerSpec,
  modulesOf,
  normaliseLayer,
  outputSizeOf,
  requireInputSize,
  requirePlace,
} from './layers/index.js';

/** A network as plain frozen data, with every default filled in: what a saved model holds. */
export interface NetworkSpec {
  /** Columns of the input. */
  readonly inputSize: number;
  /** Seed of the first weights, 32 bits. */
  readonly seed: number;
  readonly layers: readonly LayerSpec[];
}

/** The activation that a list of layers ends with, or `string` when it is not known. */
export type OutputActivation<Layers> = Layers extends readonly [...unknown[], infer Last]
  ? Last extends { readonly activation: infer Name extends string | { readonly type: string } }
    ? NameIn<Name>
    : 'linear'
  : string;

type NameIn<Activation> = Activation extends { readonly type: infer Name extends string }
  ? Name
  : Activation extends string
    ? Activation
    : string;

/**
 * Checks a network and fills in the defaults.
 *
 * @param path Where the network stands, put before the path of every error; empty for none.
 * @throws ArgumentError; ShapeError for a layer that cannot take what comes before it
 */
export function normaliseNetwork(input: unknown, path = ''): NetworkSpec {
  const network = requireObject(input, path === '' ? 'network' : path);
  requireKnownKeys(network, ['inputSize', 'seed', 'layers'], path);
  const at = (key: string) => joinPath(path, key);
  const inputSize = requireInteger(network.inputSize, at('inputSize'), sizeRule);
  const seed = requireInteger(withDefault(network.seed, 0), at('seed'), seedRule);
  const layers = normaliseLayers(network.layers, at('layers'));
  requireSizes(layers, inputSize, at('layers'));
  return Object.freeze({ inputSize, seed, layers });
}

function requireSizes(layers: readonly LayerSpec[], inputSize: number, path: string): void {
  const sizes = [inputSize];
  for (const [index, layer] of layers.entries()) {
    const size = sizes[index] as number;
    requireInputSize(layer, size, `${path}[${index}]`);
    sizes.push(outputSizeOf(layer, size));
  }
  for (const [index, layer] of layers.entries()) {
    requirePlace(layer, { layers, index, sizes, path });
  }
}

function normaliseLayers(input: unknown, path: string): readonly LayerSpec[] {
  if (Array.isArray(input) && input.length > 0) {
    return Object.freeze(
      input.map((layer: Layer, index) => normaliseLayer(layer, `${path}[${index}]`)),
    );
  }
  throw new ArgumentError({
    path,
    expected: 'an array of at least one layer',
    received: Array.isArray(input) ? 'an empty array' : describeValue(input),
    remedy: 'Write [dense(16, { activation: "relu" }), dense(1)], say.',
  });
}

/** The network with exactly these layers frozen, of those that have something to learn. */
export function withFrozenLayers(spec: NetworkSpec, frozen: readonly number[]): NetworkSpec {
  const layers = spec.layers.map((layer, index) =>
    'frozen' in layer ? { ...layer, frozen: frozen.includes(index) } : layer,
  );
  return normaliseNetwork({ ...spec, layers });
}

/** The activation that the network ends with. */
export function outputActivationOf(spec: NetworkSpec): string {
  const last = spec.layers[spec.layers.length - 1];
  return last !== undefined && 'activation' in last ? last.activation.type : 'linear';
}

/** Columns after `count` layers; all of them when not given. */
export function sizeAfter(spec: NetworkSpec, count = spec.layers.length): number {
  return spec.layers
    .slice(0, count)
    .reduce((size, layer) => outputSizeOf(layer, size), spec.inputSize);
}

/**
 * The tensors of a network in the order of its layers, named as in PyTorch's `nn.Sequential`:
 * `0.weight` with shape [outputs, inputs], `0.bias` with shape [outputs].
 */
export function tensorShapesOf(spec: NetworkSpec): Map<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>();
  let size = spec.inputSize;
  let module = 0;
  for (const layer of spec.layers) {
    for (const tensors of modulesOf(layer, size)) {
      for (const [name, shape] of Object.entries(tensors)) shapes.set(`${module}.${name}`, shape);
      module++;
    }
    size = outputSizeOf(layer, size);
  }
  return shapes;
}
