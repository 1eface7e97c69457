import { describeValue, listOf, requireInteger, seedRule, withDefault } from '../checks.js';
import { ArgumentError } from '../errors.js';
import { threadsRule } from '../network/threads.js';
import { dependent, optional, optionalInteger } from './optionRows.js';

/** Options that several calls take. */

const precisions = ['float32', 'bf16'] as const;

/**
 * How matrices are multiplied: single precision, or bfloat16 numbers with sums, parameters and updates in
 * single precision. The latter is faster where the processor multiplies such numbers itself (AMX-BF16,
 * AVX512-BF16 of AMD), and correct but slower elsewhere; predictions of a row or two are faster on all of x64.
 */
export type Precision = (typeof precisions)[number];

function requirePrecision(value: unknown, path: string): Precision {
  const precision = precisions.find((name) => name === value);
  if (precision !== undefined) return precision;
  throw new ArgumentError({
    path,
    expected: listOf(precisions),
    received: describeValue(value),
  });
}

/** The seed of what is random in a call: that of the model where none is given. */
export const seed = dependent<number, number, SeedContext>((given, path, { modelSeed }) =>
  requireInteger(withDefault(given, modelSeed), path, seedRule),
);

export interface SeedContext {
  readonly modelSeed: number;
}

/** What every call takes that computes. */
export const computingRows = {
  /**
   * Threads that compute; the result does not depend on it.
   *
   * @default the cores available
   */
  threads: optionalInteger(threadsRule),
  /**
   * How matrices are multiplied.
   *
   * @default `'float32'`
   */
  precision: optional<Precision, Precision>(requirePrecision),
};
