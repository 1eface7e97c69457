import type { ActivationName } from '../network/generated.js';
import { Autoencoder } from './autoencoder.js';
import { type AutoencoderRecipe, buildRecipe, type RecipeOptions } from './recipe.js';
import { type AutoencoderOptions, hiddenAndCode } from './undercomplete.js';

export interface SparseAutoencoderOptions<Output extends ActivationName = ActivationName>
  extends AutoencoderOptions<Output> {
  /** Columns of the code; it may be wider than the input. */
  readonly code: number;
  /**
   * Activation of the code.
   *
   * @default `'sigmoid'`
   */
  readonly codeActivation?: AutoencoderOptions<Output>['codeActivation'];
  /**
   * What keeps the codes sparse. `{ k: 25 }` keeps the 25 largest; give the code the activation
   * `'linear'` then.
   *
   * @default `activityPenalty({ klWeight: 0.1, klTarget: 0.05 })`: each column of the code is active
   * for about a twentieth of the rows
   */
  readonly sparsity?: RecipeOptions['sparsity'];
}

/**
 * Builds a sparse autoencoder: for each row only a small part of the code is active, which keeps
 * even a code wider than the input from copying.
 *
 * Sources: Ng, Sparse Autoencoder (2011), for the penalties; Makhzani & Frey, k-Sparse Autoencoders
 * (2013).
 *
 * ```ts
 * const model = sparseAutoencoder({ inputSize: 784, code: 1000 });
 * await model.fit(rows, { epochs: 20 });
 * ```
 *
 * @throws ArgumentError, NativeBinaryError, MemoryError
 */
export function sparseAutoencoder<Output extends ActivationName = 'linear'>(
  options: SparseAutoencoderOptions<Output>,
): Autoencoder<Output> {
  return new Autoencoder<Output>(sparseRecipe(options));
}

/** The network of a sparse autoencoder. */
export function sparseRecipe(input: unknown): AutoencoderRecipe {
  return buildRecipe(input, {
    keys: ['code', 'hidden'],
    units: hiddenAndCode,
    codeActivation: 'sigmoid',
    defaults: { sparsity: { type: 'activityPenalty', klWeight: 0.1, klTarget: 0.05 } },
  });
}
