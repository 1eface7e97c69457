import { requireNumber, withDefault } from '../checks.js';
import { ArgumentError } from '../errors.js';
import type { ActivationName } from '../network/generated.js';
import { Autoencoder } from './autoencoder.js';
import {
  type AutoencoderRecipe,
  buildRecipe,
  type CodeOptions,
  type RecipeOptions,
} from './recipe.js';
import { type AutoencoderOptions, hiddenAndCode } from './undercomplete.js';

export interface ContractiveAutoencoderOptions<Output extends ActivationName = ActivationName>
  extends Omit<AutoencoderOptions<Output>, 'batchNorm'> {
  /**
   * Activation of the hidden layers.
   *
   * @default `'sigmoid'`
   */
  readonly activation?: RecipeOptions<Output>['activation'];
  /**
   * Activation of the code.
   *
   * @default `'sigmoid'`
   */
  readonly codeActivation?: RecipeOptions<Output>['codeActivation'];
  /**
   * λ, the factor on the squared Frobenius norm of the Jacobian of the encoder, against the squared
   * error (or cross-entropy) summed over the columns. 0 or more.
   *
   * @default 0.1
   */
  readonly contraction?: number | undefined;
}

/**
 * Builds a contractive autoencoder: codes that change with the row cost something, so that they keep
 * only what the reconstruction needs. Added to the loss of a row x with the code h(x) is
 * λ‖∂h/∂x‖², which is computed exactly, as are its gradients. With `hidden` layers each layer of the
 * encoder is penalised for itself, by its own inputs, as in a stack of contractive autoencoders.
 * Activations of whole rows, such as `'softmax'`, and `batchNorm` have no place in it.
 *
 * The loss of `fit` and `evaluate` is the mean loss of the columns plus λ / inputSize times the
 * penalty.
 *
 * Source: Rifai et al., Contractive Auto-Encoders (2011).
 *
 * ```ts
 * const model = contractiveAutoencoder({ inputSize: 30, code: 8 });
 * await model.fit(rows, { epochs: 20 });
 * ```
 *
 * @throws ArgumentError, NativeBinaryError, MemoryError
 */
export function contractiveAutoencoder<Output extends ActivationName = 'linear'>(
  options: ContractiveAutoencoderOptions<Output>,
): Autoencoder<Output> {
  return new Autoencoder<Output>(contractiveRecipe(options));
}

/** The network of a contractive autoencoder. */
export function contractiveRecipe(input: unknown): AutoencoderRecipe {
  return buildRecipe(input, {
    keys: ['code', 'hidden', 'contraction'],
    units: hiddenAndCode,
    activation: 'sigmoid',
    codeActivation: 'sigmoid',
    behindDense: contractiveLayers,
  });
}

function contractiveLayers({ inputSize, options }: CodeOptions): readonly object[] {
  if (options.batchNorm === true) {
    throw new ArgumentError({
      path: 'batchNorm',
      expected: 'no normalisation: a normalised layer depends on the whole batch',
      received: 'true',
      remedy: 'Leave the option out.',
    });
  }
  const weight = requireNumber(withDefault(options.contraction, 0.1), 'contraction', {
    minimum: 0,
  });
  // The losses are means over the columns.
  return [{ type: 'contractivePenalty', weight: weight / inputSize }];
}
