import { requireInteger, sizeRule, withDefault } from '../checks.js';
import type { ActivationName } from '../network/generated.js';
import { Autoencoder } from './autoencoder.js';
import { type AutoencoderRecipe, buildRecipe, type RecipeOptions, requireUnits } from './recipe.js';

export interface AutoencoderOptions<Output extends ActivationName = ActivationName>
  extends RecipeOptions<Output> {
  /** Columns of the code. */
  readonly code: number;
  /**
   * Units of the layers between input and code; the decoder mirrors them.
   *
   * @default none
   */
  readonly hidden?: readonly number[] | undefined;
}

/**
 * Builds an undercomplete autoencoder: layers that narrow down to a code, and their mirror image.
 * `{ inputSize: 784, hidden: [128], code: 32 }` gives 784-128-32-128-784.
 *
 * Source: Hinton & Salakhutdinov, Reducing the Dimensionality of Data with Neural Networks (2006).
 *
 * ```ts
 * const model = autoencoder({ inputSize: 30, hidden: [16], code: 8 });
 * await model.fit(rows, { epochs: 20 });
 * const codes = await model.encode(rows); // [rows, 8]
 * ```
 *
 * @throws ArgumentError, NativeBinaryError, MemoryError
 */
export function autoencoder<Output extends ActivationName = 'linear'>(
  options: AutoencoderOptions<Output>,
): Autoencoder<Output> {
  return new Autoencoder<Output>(undercompleteRecipe(options));
}

/** The network of an undercomplete autoencoder. */
export function undercompleteRecipe(input: unknown): AutoencoderRecipe {
  return buildRecipe(input, { keys: ['code', 'hidden'], units: hiddenAndCode });
}

/** The units as `hidden` and `code` say them. */
export function hiddenAndCode({ hidden, code }: Record<string, unknown>): {
  hidden: readonly number[];
  code: number;
} {
  return {
    code: requireInteger(code, 'code', sizeRule),
    hidden: requireUnits(withDefault(hidden, []), 'hidden'),
  };
}
