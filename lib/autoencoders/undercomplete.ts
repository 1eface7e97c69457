import {
  describeValue,
  requireInteger,
  requireKnownKeys,
  requireObject,
  sizeRule,
  withDefault,
} from '../checks.js';
import { ArgumentError } from '../errors.js';
import type { RowCheck, RowOption } from '../spec/data.js';
import type { ActivationName, ActivationSpec } from '../spec/generated.js';
import { normaliseNetwork } from '../spec/network.js';
import { normaliseActivation } from '../spec/rows.js';
import { Autoencoder, type AutoencoderRecipe } from './autoencoder.js';

export interface AutoencoderOptions<
  Hidden extends string = never,
  Code extends string = never,
  Output extends string = never,
> {
  /** Columns of the input and of the reconstruction. */
  readonly inputSize: number;
  /** Columns of the code. */
  readonly code: number;
  /** Units of the layers between input and code; the decoder mirrors them. Default none. */
  readonly hidden?: readonly number[] | undefined;
  /** Activation of the hidden layers. Default `'relu'`. */
  readonly activation?: RowOption<Hidden, ActivationSpec> | undefined;
  /** Activation of the code. Default `'linear'`: a rectified code loses units. */
  readonly codeActivation?: RowOption<Code, ActivationSpec> | undefined;
  /** Activation of the reconstruction. Default `'linear'`; `'sigmoid'` for values from 0 to 1. */
  readonly outputActivation?: RowOption<Output, ActivationSpec> | undefined;
  /** Seed of the first weights, 32 bits. Default 0. */
  readonly seed?: number | undefined;
}

interface AutoencoderChecks<Hidden, Code, Output> {
  readonly activation?: RowCheck<Hidden, ActivationName> | undefined;
  readonly codeActivation?: RowCheck<Code, ActivationName> | undefined;
  readonly outputActivation?: RowCheck<Output, ActivationName> | undefined;
}

const keys = [
  'inputSize',
  'code',
  'hidden',
  'activation',
  'codeActivation',
  'outputActivation',
  'seed',
];

/**
 * Builds an undercomplete autoencoder: layers that narrow down to a code, and their mirror image.
 * `{ inputSize: 784, hidden: [128], code: 32 }` gives 784-128-32-128-784.
 *
 * Source: Hinton & Salakhutdinov, Reducing the Dimensionality of Data with Neural Networks (2006).
 *
 * @throws ArgumentError, NativeBinaryError, MemoryError
 */
export function autoencoder<
  Hidden extends string = never,
  Code extends string = never,
  Output extends string = 'linear',
>(
  options: AutoencoderOptions<Hidden, Code, Output> & AutoencoderChecks<Hidden, Code, Output>,
): Autoencoder<Output> {
  return new Autoencoder<Output>(undercompleteRecipe(options));
}

/** The network of an undercomplete autoencoder. */
export function undercompleteRecipe(input: unknown): AutoencoderRecipe {
  const options = requireObject(input, 'options');
  requireKnownKeys(options, keys, '');
  const inputSize = requireInteger(options.inputSize, 'inputSize', sizeRule);
  const code = requireInteger(options.code, 'code', sizeRule);
  const hidden = requireHidden(withDefault(options.hidden, []));
  const activationOf = (key: string, fallback: string) =>
    normaliseActivation(withDefault(options[key], fallback), key);
  const activation = activationOf('activation', 'relu');

  const hiddenLayer = (units: number) => ({ type: 'dense', units, activation });
  const layers = [
    ...hidden.map(hiddenLayer),
    { type: 'dense', units: code, activation: activationOf('codeActivation', 'linear') },
    ...hidden.toReversed().map(hiddenLayer),
    { type: 'dense', units: inputSize, activation: activationOf('outputActivation', 'linear') },
  ];
  const spec = normaliseNetwork({ inputSize, seed: options.seed, layers });
  return { spec, codeLayer: hidden.length };
}

function requireHidden(hidden: unknown): readonly number[] {
  if (!Array.isArray(hidden)) {
    throw new ArgumentError({
      path: 'hidden',
      expected: 'an array with the units of each layer',
      received: describeValue(hidden),
      ...(typeof hidden === 'number' && { remedy: `Write [${hidden}].` }),
    });
  }
  return hidden.map((units: unknown, index) => requireInteger(units, `hidden[${index}]`, sizeRule));
}
