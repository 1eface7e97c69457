import {
  joinPath,
  requireInteger,
  requireKnownKeys,
  requireObject,
  seedRule,
  sizeRule,
  withDefault,
} from '../checks.js';
import { callNative, type NativeParameter } from '../native.js';
import { type LayerSpec, normaliseLayers, requireSizes, sizeBehind } from './layers/index.js';

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

/** The network with exactly these layers frozen, of those that have something to learn. */
export function withFrozenLayers(spec: NetworkSpec, frozen: readonly number[]): NetworkSpec {
  const layers = spec.layers.map((layer, index) => withFrozen(layer, frozen.includes(index)));
  return normaliseNetwork({ ...spec, layers });
}

/** What is within a frozen block needs no mark of its own; heads have none. */
function withFrozen(layer: LayerSpec, frozen: boolean): LayerSpec {
  if (layer.type === 'heads') {
    const heads = Object.entries(layer.heads).map(
      ([name, layers]) => [name, layers.map((inner) => withFrozen(inner, frozen))] as const,
    );
    return { ...layer, heads: Object.fromEntries(heads) };
  }
  if (layer.type === 'residual') {
    return { ...layer, frozen, layers: layer.layers.map((inner) => withFrozen(inner, false)) };
  }
  return 'frozen' in layer ? { ...layer, frozen } : layer;
}

/** The activation that the network ends with. */
export function outputActivationOf({ layers }: Pick<NetworkSpec, 'layers'>): string {
  const last = layers[layers.length - 1];
  return last !== undefined && 'activation' in last ? last.activation.type : 'linear';
}

/** One of the outputs of a network: the only one, or that of a head. */
export interface NetworkOutput {
  /** That of the head; empty for the only output. */
  readonly name: string;
  /** Columns of the output, and where they begin among those of all outputs. */
  readonly columns: number;
  readonly start: number;
  /** The activation that it ends with. */
  readonly activation: string;
}

/** The outputs of a network, in their order. */
export function outputsOf(spec: NetworkSpec): readonly NetworkOutput[] {
  const last = spec.layers[spec.layers.length - 1];
  if (last?.type !== 'heads') {
    const activation = outputActivationOf(spec);
    return [{ name: '', columns: sizeAfter(spec), start: 0, activation }];
  }
  const inputSize = sizeAfter(spec, spec.layers.length - 1);
  let start = 0;
  return Object.entries(last.heads).map(([name, layers]) => {
    const columns = sizeBehind(layers, inputSize);
    const output = { name, columns, start, activation: outputActivationOf({ layers }) };
    start += columns;
    return output;
  });
}

/** Whether outputs are those of heads, which have names. */
export function hasHeads(outputs: readonly Pick<NetworkOutput, 'name'>[]): boolean {
  return outputs.some(({ name }) => name !== '');
}

/** Columns after `count` layers; all of them when not given. */
export function sizeAfter(spec: NetworkSpec, count = spec.layers.length): number {
  return sizeBehind(spec.layers.slice(0, count), spec.inputSize);
}

/**
 * The tensors of a network in the order of its layers, named as in PyTorch's `nn.Sequential`:
 * `0.weight` with shape [outputs, inputs], `0.bias` with shape [outputs].
 */
export function tensorShapesOf(spec: NetworkSpec): Map<string, readonly number[]> {
  return new Map(parametersOf(spec).map(({ name, shape }) => [name, shape]));
}

/** The same with the layers that they belong to. The network is not made. */
export function parametersOf(spec: NetworkSpec): readonly NativeParameter[] {
  return callNative((core) => core.parametersOf(spec));
}
