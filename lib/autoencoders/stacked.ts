import { ArgumentError } from '../errors.js';
import type { ActivationName } from '../network/generated.js';
import { Autoencoder } from './autoencoder.js';
import { type AutoencoderRecipe, buildRecipe, type RecipeOptions, requireUnits } from './recipe.js';

export interface StackedAutoencoderOptions<Output extends ActivationName = ActivationName>
  extends RecipeOptions<Output> {
  /** Units of each layer of the encoder, the last of which is the code; the decoder mirrors them. */
  readonly layers: readonly number[];
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
}

/**
 * Builds a stacked autoencoder, to be trained layer by layer and then as a whole:
 *
 * ```ts
 * const model = stackedAutoencoder({ inputSize: 784, layers: [500, 250, 30] });
 * await model.pretrain(images, { epochs: 10 });
 * await model.fit(images, { epochs: 20 });
 * const classifier = model.toClassifier(10);
 * ```
 *
 * Source: Bengio et al., Greedy Layer-Wise Training of Deep Networks (2007).
 *
 * @throws ArgumentError, NativeBinaryError, MemoryError
 */
export function stackedAutoencoder<Output extends ActivationName = 'linear'>(
  options: StackedAutoencoderOptions<Output>,
): Autoencoder<Output> {
  return new Autoencoder<Output>(stackedRecipe(options));
}

/** The network of a stacked autoencoder. */
export function stackedRecipe(input: unknown): AutoencoderRecipe {
  return buildRecipe(input, {
    keys: ['layers'],
    activation: 'sigmoid',
    codeActivation: 'sigmoid',
    units({ layers }) {
      const units = requireUnits(layers, 'layers');
      const code = units[units.length - 1];
      if (code !== undefined) return { hidden: units.slice(0, -1), code };
      throw new ArgumentError({
        path: 'layers',
        expected: 'the units of at least one layer',
        received: 'an empty array',
      });
    },
  });
}
