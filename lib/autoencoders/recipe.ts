import {
  describeValue,
  requireBoolean,
  requireInteger,
  requireKnownKeys,
  requireObject,
  sizeRule,
  withDefault,
} from '../checks.js';
import { ArgumentError } from '../errors.js';
import type { RowCheck, RowOption } from '../spec/data.js';
import type { ActivationName, ActivationSpec } from '../spec/generated.js';
import { type NetworkSpec, normaliseNetwork } from '../spec/network.js';
import { normaliseActivation } from '../spec/rows.js';

/** The one builder of networks for autoencoders, from which every variant takes its part. */

/** What a variant of autoencoder gives: a network, and the layer whose output is the code. */
export interface AutoencoderRecipe {
  readonly spec: NetworkSpec;
  readonly codeLayer: number;
}

/** Options that every variant takes. */
export interface RecipeOptions<
  Hidden extends string = never,
  Code extends string = never,
  Output extends string = never,
> {
  /** Columns of the input and of the reconstruction. */
  readonly inputSize: number;
  /** Activation of the hidden layers. Default `'relu'`. */
  readonly activation?: RowOption<Hidden, ActivationSpec> | undefined;
  /** Activation of the code. Default `'linear'`: a rectified code loses units. */
  readonly codeActivation?: RowOption<Code, ActivationSpec> | undefined;
  /** Activation of the reconstruction. Default `'linear'`; `'sigmoid'` for values from 0 to 1. */
  readonly outputActivation?: RowOption<Output, ActivationSpec> | undefined;
  /** Whether the hidden layers are normalised over the batch before their activation. Default false. */
  readonly batchNorm?: boolean | undefined;
  /** Seed of the first weights, 32 bits. Default 0. */
  readonly seed?: number | undefined;
}

/** Put beside the options: refuses names of activations that do not exist. */
export interface RecipeChecks<Hidden, Code, Output> {
  readonly activation?: RowCheck<Hidden, ActivationName> | undefined;
  readonly codeActivation?: RowCheck<Code, ActivationName> | undefined;
  readonly outputActivation?: RowCheck<Output, ActivationName> | undefined;
}

const keys = ['inputSize', 'activation', 'codeActivation', 'outputActivation', 'batchNorm', 'seed'];

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
  const shared = keys.filter((key) => !(key === 'codeActivation' && variant.codeLayers));
  requireKnownKeys(options, [...shared, ...variant.keys], '');
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
  const denseCode = () => [
    {
      type: 'dense',
      units: code,
      activation: activationOf('codeActivation', variant.codeActivation),
    },
  ];
  const codeLayers = variant.codeLayers?.({ code, inputSize, options }) ?? denseCode();
  const encoder = [...hidden.flatMap(hiddenLayers), ...codeLayers];
  const decoder = [
    ...hidden.toReversed().flatMap(hiddenLayers),
    { type: 'dense', units: inputSize, activation: activationOf('outputActivation') },
  ];
  const spec = normaliseNetwork({
    inputSize,
    seed: options.seed,
    layers: [...encoder, ...decoder],
  });
  return { spec, codeLayer: encoder.length - 1 };
}

/** A list of units, one for each layer. */
export function requireUnits(units: unknown, path: string): readonly number[] {
  if (!Array.isArray(units)) {
    throw new ArgumentError({
      path,
      expected: 'an array with the units of each layer',
      received: describeValue(units),
      ...(typeof units === 'number' && { remedy: `Write [${units}].` }),
    });
  }
  return units.map((size: unknown, index) => requireInteger(size, `${path}[${index}]`, sizeRule));
}
