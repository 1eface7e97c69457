import { requireNumber, withDefault } from '../checks.js';
import type { ActivationName } from '../network/generated.js';
import { Autoencoder } from './autoencoder.js';
import {
  type AutoencoderRecipe,
  buildRecipe,
  type CodeOptions,
  type RecipeOptions,
} from './recipe.js';
import { type AutoencoderOptions, hiddenAndCode } from './undercomplete.js';

export interface VariationalAutoencoderOptions<Output extends ActivationName = ActivationName>
  extends Omit<RecipeOptions<Output>, 'codeActivation' | 'sparsity' | 'tied'>,
    Pick<AutoencoderOptions, 'code' | 'hidden'> {
  /**
   * Factor on the Kullback-Leibler divergence of the codes from the standard normal distribution,
   * against the squared error (or cross-entropy) summed over the columns: the β of a β-VAE.
   *
   * @default 1
   */
  readonly klWeight?: number | undefined;
}

/**
 * Builds a variational autoencoder: the encoder gives a normal distribution for each row, from which
 * a code is drawn while training; `encode` and `reconstruct` take its mean. The codes of all rows
 * are pulled towards the standard normal distribution, from which `sample` draws new rows.
 *
 * The loss of `fit` and `evaluate` is the mean loss of the columns plus klWeight / inputSize times
 * the divergence.
 *
 * Sources: Kingma & Welling, Auto-Encoding Variational Bayes (2014); for the weight, Higgins et al.,
 * β-VAE (2017).
 *
 * ```ts
 * const model = variationalAutoencoder({ inputSize: 30, hidden: [16], code: 2 });
 * await model.fit(rows, { epochs: 20 });
 * const drawn = await model.sample(100); // [100, 30]
 * ```
 *
 * @throws ArgumentError, NativeBinaryError, MemoryError
 */
export function variationalAutoencoder<Output extends ActivationName = 'linear'>(
  options: VariationalAutoencoderOptions<Output>,
): Autoencoder<Output> {
  return new Autoencoder<Output>(variationalRecipe(options));
}

/** The network of a variational autoencoder. */
export function variationalRecipe(input: unknown): AutoencoderRecipe {
  return buildRecipe(input, {
    keys: ['code', 'hidden', 'klWeight'],
    units: hiddenAndCode,
    codeLayers: distributionLayers,
  });
}

/** Means and logarithms of variances side by side, and a sample of them. */
function distributionLayers({ code, inputSize, options }: CodeOptions): readonly object[] {
  const weight = requireNumber(withDefault(options.klWeight, 1), 'klWeight', { minimum: 0 });
  return [
    { type: 'dense', units: 2 * code },
    // The losses are means over the columns.
    { type: 'gaussianSampling', klWeight: weight / inputSize },
  ];
}
