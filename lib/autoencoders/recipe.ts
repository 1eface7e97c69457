import {
  describeValue,
  isPlainObject,
  listOf,
  requireBoolean,
  requireInteger,
  requireKnownKeys,
  requireList,
  requireObject,
  sizeRule,
  withDefault,
} from '../checks.js';
import { ArgumentError } from '../errors.js';
import type { InferredOption, SpecInput } from '../network/data.js';
import type {
  ActivationName,
  ActivationOption,
  ActivityPenaltyLayer,
  GaussianNoiseLayer,
  MaskingNoiseLayer,
  SaltAndPepperNoiseLayer,
  SwapNoiseLayer,
} from '../network/generated.js';
import { mostLayers, normaliseLayer } from '../network/layers/index.js';
import { isNoise, noiseLayers } from '../network/layers/noise.js';
import { type NetworkSpec, normaliseNetwork } from '../network/network.js';
import { normaliseActivation } from '../network/rows.js';
import { groupedOutput, type OutputGroup } from './outputGroups.js';

/** The one builder of networks for autoencoders, from which every variant takes its part. */

/** What a variant of autoencoder gives: a network, and the layer whose output is the code. */
export interface AutoencoderRecipe {
  readonly spec: NetworkSpec;
  readonly codeLayer: number;
}

/** Options that every variant takes. */
export interface RecipeOptions<Output extends ActivationName = ActivationName> {
  /** Columns of the input and of the reconstruction. */
  readonly inputSize: number;
  /**
   * Activation of the hidden layers.
   *
   * @default `'relu'`
   */
  readonly activation?: ActivationOption | undefined;
  /**
   * Activation of the code.
   *
   * @default `'linear'`: a rectified code loses units
   */
  readonly codeActivation?: ActivationOption | undefined;
  /**
   * Activation of the reconstruction.
   *
   * @default `'linear'`; `'sigmoid'` for values from 0 to 1
   */
  readonly outputActivation?: InferredOption<Output, ActivationOption> | undefined;
  /**
   * Groups of columns, from the first to the last, with activations and losses of their own, in the
   * place of `outputActivation`: for tables with categories beside numbers. Not with `tied`.
   *
   * @default one group
   */
  readonly outputs?: readonly OutputGroup[] | undefined;
  /**
   * Whether the decoder uses the weights of the encoder, transposed, with biases of its own: half as
   * many weights, which learn from both.
   *
   * @default false
   */
  readonly tied?: boolean | undefined;
  /**
   * Whether the hidden layers are normalised over the batch before their activation.
   *
   * @default false
   */
  readonly batchNorm?: boolean | undefined;
  /**
   * Noise on the input while training, `maskingNoise({ rate: 0.3 })` say: the network learns to give
   * back the clean rows.
   *
   * @default none
   */
  readonly corruption?: Corruption | undefined;
  /**
   * What keeps the codes sparse.
   *
   * @default nothing
   */
  readonly sparsity?: Sparsity | undefined;
  /**
   * Seed of the first weights, 32 bits.
   *
   * @default 0
   */
  readonly seed?: number | undefined;
}

/** A layer of noise, as `maskingNoise`, `gaussianNoise`, `saltAndPepperNoise` and `swapNoise` give. */
export type Corruption = SpecInput<
  MaskingNoiseLayer | GaussianNoiseLayer | SaltAndPepperNoiseLayer | SwapNoiseLayer
>;

/** `{ k }`, or a penalty on the code as `activityPenalty` gives it. */
export type Sparsity =
  | {
      /** Only the k largest numbers of a code are kept (Makhzani & Frey 2013). */
      readonly k: number;
    }
  | SpecInput<ActivityPenaltyLayer>;

const keys = [
  ...['inputSize', 'activation', 'outputActivation', 'outputs'],
  ...['batchNorm', 'corruption', 'seed'],
];
/** Where the variant leaves the code to the caller. */
const codeKeys = ['codeActivation', 'sparsity', 'tied'];

/** What a variant decides: its units, and the activations where the caller gives none. */
export interface VariantRules {
  /** Options of its own, which it has read. */
  readonly keys: readonly string[];
  /** Units of the layers between input and code, and of the code. */
  readonly units: (options: Record<string, unknown>) => {
    readonly hidden: readonly number[];
    readonly code: number;
  };
  readonly activation?: ActivationName;
  readonly codeActivation?: ActivationName;
  /** Corruption and sparsity where the caller gives none. */
  readonly defaults?: { readonly corruption?: object; readonly sparsity?: object };
  /** Layers right behind each dense layer of the encoder. */
  readonly behindDense?: (options: CodeOptions) => readonly object[];
  /** Layers that give the code, in place of a dense layer with the option `codeActivation`. */
  readonly codeLayers?: (options: CodeOptions) => readonly object[];
}

/** What the layers of the code may depend on. */
export interface CodeOptions {
  readonly code: number;
  readonly inputSize: number;
  readonly options: Record<string, unknown>;
}

/**
 * Builds the network: the encoder, the code, and the mirror of the encoder.
 *
 * @throws ArgumentError
 */
export function buildRecipe(input: unknown, variant: VariantRules): AutoencoderRecipe {
  const options = requireObject(input, 'options');
  const ofCode = variant.codeLayers === undefined ? codeKeys : [];
  requireKnownKeys(options, [...keys, ...ofCode, ...variant.keys], '');
  const inputSize = requireInteger(options.inputSize, 'inputSize', sizeRule);
  const { hidden, code } = variant.units(options);
  const activationOf = (key: string, fallback: ActivationName = 'linear') =>
    normaliseActivation(withDefault(options[key], fallback), key);
  const activation = activationOf('activation', variant.activation ?? 'relu');
  const isNormalised = requireBoolean(withDefault(options.batchNorm, false), 'batchNorm');

  const hiddenLayers = (units: number): object[] =>
    isNormalised
      ? // The shift of the normalisation takes the place of the bias.
        [
          { type: 'dense', units, bias: false },
          { type: 'batchNorm' },
          { type: 'activation', activation },
        ]
      : [{ type: 'dense', units, activation }];
  const codeActivation = () => activationOf('codeActivation', variant.codeActivation);
  const codeLayers = variant.codeLayers?.({ code, inputSize, options }) ?? [
    { type: 'dense', units: code, activation: codeActivation() },
  ];
  const behind = variant.behindDense?.({ code, inputSize, options }) ?? [];
  const encoder = [
    ...corruptionLayers(withDefault(options.corruption, variant.defaults?.corruption)),
    ...[...hidden.flatMap(hiddenLayers), ...codeLayers].flatMap((layer) =>
      isDense(layer) ? [layer, ...behind] : [layer],
    ),
    ...sparsityLayers(withDefault(options.sparsity, variant.defaults?.sparsity), code),
  ];
  const mirror = [
    ...hidden.toReversed().flatMap(hiddenLayers),
    options.outputs === undefined
      ? { type: 'dense', units: inputSize, activation: activationOf('outputActivation') }
      : groupedOutput(options.outputs, inputSize),
  ];
  refuseBesideGroups(options);
  const isTied = requireBoolean(withDefault(options.tied, false), 'tied');
  const decoder = isTied ? tiedDecoder(encoder, mirror) : mirror;
  const spec = normaliseNetwork({
    inputSize,
    seed: options.seed,
    layers: [...encoder, ...decoder],
  });
  return { spec, codeLayer: encoder.length - 1 };
}

/** Groups have activations of their own, and weights that no layer of the encoder has. */
function refuseBesideGroups(options: Record<string, unknown>): void {
  if (options.outputs === undefined) return;
  for (const key of ['outputActivation', 'tied']) {
    if (options[key] === undefined || options[key] === false) continue;
    throw new ArgumentError({
      path: key,
      expected: 'no such option beside outputs',
      received: describeValue(options[key]),
    });
  }
}

/** The mirror of an encoder with the weights of that: the first dense layer takes the last one's. */
function tiedDecoder(encoder: readonly object[], mirror: readonly object[]): readonly object[] {
  const owners = [...encoder.keys()].filter((index) => isDense(encoder[index]));
  return mirror.map((layer) => (isDense(layer) ? { ...layer, tiedTo: owners.pop() } : layer));
}

function isDense(layer: object | undefined): boolean {
  return isPlainObject(layer) && layer.type === 'dense';
}

/** A list of units, one for each layer. */
export function requireUnits(units: unknown, path: string): readonly number[] {
  const list = requireList(units, path, {
    of: 'units of layers',
    most: mostLayers,
    remedy: typeof units === 'number' ? `Write [${units}].` : '',
  });
  return list.map((size, index) => requireInteger(size, `${path}[${index}]`, sizeRule));
}

function corruptionLayers(corruption: unknown): readonly object[] {
  if (corruption === undefined) return [];
  if (isNoise(corruption)) return [normaliseLayer(corruption, 'corruption')];
  throw new ArgumentError({
    path: 'corruption',
    expected: `a layer of noise: ${listOf(noiseLayers, 'or')}`,
    received: describeValue(corruption),
    remedy: 'Write maskingNoise({ rate: 0.3 }), say.',
  });
}

function sparsityLayers(sparsity: unknown, code: number): readonly object[] {
  if (sparsity === undefined) return [];
  const given = requireObject(sparsity, 'sparsity');
  if ('k' in given) {
    requireKnownKeys(given, ['k'], 'sparsity');
    const k = requireInteger(given.k, 'sparsity.k', { minimum: 1, maximum: code });
    return [{ type: 'activation', activation: { type: 'topK', k } }];
  }
  if (given.type === 'activityPenalty') return [normaliseLayer(given, 'sparsity')];
  throw new ArgumentError({
    path: 'sparsity',
    expected: '{ k } or a penalty on the code',
    received: describeValue(sparsity),
    remedy: 'Write { k: 25 } or activityPenalty({ l1: 0.001 }), say.',
  });
}
