import type { ActivationName } from '../network/generated.js';
import { Autoencoder } from './autoencoder.js';
import { type AutoencoderRecipe, buildRecipe, type RecipeOptions } from './recipe.js';
import { type AutoencoderOptions, hiddenAndCode } from './undercomplete.js';

export interface DenoisingAutoencoderOptions<Output extends ActivationName = ActivationName>
  extends AutoencoderOptions<Output> {
  /**
   * Noise on the input while training.
   *
   * @default `maskingNoise({ rate: 0.3 })`
   */
  readonly corruption?: RecipeOptions['corruption'];
}

/**
 * Builds a denoising autoencoder: while training its input is corrupted and the clean row is the
 * target, so that even a wide code cannot just copy. Predictions see what they are given.
 *
 * Sources: Vincent et al., Extracting and Composing Robust Features with Denoising Autoencoders
 * (2008), and Stacked Denoising Autoencoders (2010).
 *
 * ```ts
 * const model = denoisingAutoencoder({ inputSize: 30, code: 40 });
 * await model.fit(rows, { epochs: 20 });
 * const cleaned = await model.reconstruct(noisyRows);
 * ```
 *
 * @throws ArgumentError, NativeBinaryError, MemoryError
 */
export function denoisingAutoencoder<Output extends ActivationName = 'linear'>(
  options: DenoisingAutoencoderOptions<Output>,
): Autoencoder<Output> {
  return new Autoencoder<Output>(denoisingRecipe(options));
}

/** The network of a denoising autoencoder. */
export function denoisingRecipe(input: unknown): AutoencoderRecipe {
  return buildRecipe(input, {
    keys: ['code', 'hidden'],
    units: hiddenAndCode,
    defaults: { corruption: { type: 'maskingNoise' } },
  });
}
