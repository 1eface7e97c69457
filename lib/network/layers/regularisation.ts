import {
  joinPath,
  type NumberRule,
  requireKnownKeys,
  requireNumber,
  requireObject,
  withDefault,
} from '../../checks.js';

/** What layers that multiply by weights may ask of these weights. */

/** Added to the loss: l1 · Σ|w| + l2 · Σw², as Keras' `L1L2`. */
export interface WeightPenalty {
  readonly l1: number;
  readonly l2: number;
}

/** In normalised form: absent where there is none. */
export interface Regularisation {
  readonly kernelPenalty?: WeightPenalty;
  readonly biasPenalty?: WeightPenalty;
  readonly maxNorm?: number;
}

export interface RegularisationOptions {
  /**
   * Penalty on the weights, which is added to the loss: `l1` (0) times the sum of their absolute values
   * and `l2` (0) times the sum of their squares.
   *
   * @default none
   */
  readonly kernelPenalty?: Partial<WeightPenalty> | undefined;
  /**
   * The same for the bias.
   *
   * @default none
   */
  readonly biasPenalty?: Partial<WeightPenalty> | undefined;
  /**
   * The most that the Euclidean norm of the incoming weights of a unit may be: longer vectors are
   * shortened to it after every update (Srivastava et al. 2014). Above 0.
   *
   * @default none
   */
  readonly maxNorm?: number | undefined;
}

export const regularisationKeys = ['kernelPenalty', 'biasPenalty', 'maxNorm'] as const;

/** The least normal number of single precision, in which the core computes. */
const leastNorm = 2 ** -126;
const factorRule: NumberRule = { minimum: 0 };

/** @throws ArgumentError */
export function normaliseRegularisation(
  input: Record<string, unknown>,
  path: string,
): Regularisation {
  const penalty = (key: 'kernelPenalty' | 'biasPenalty') =>
    input[key] === undefined ? {} : { [key]: normalisePenalty(input[key], joinPath(path, key)) };
  const { maxNorm } = input;
  return {
    ...penalty('kernelPenalty'),
    ...penalty('biasPenalty'),
    ...(maxNorm !== undefined && {
      maxNorm: requireNumber(maxNorm, joinPath(path, 'maxNorm'), { minimum: leastNorm }),
    }),
  };
}

export function normalisePenalty(input: unknown, path: string): WeightPenalty {
  const given = requireObject(input, path);
  requireKnownKeys(given, ['l1', 'l2'], path);
  const factor = (key: 'l1' | 'l2') =>
    requireNumber(withDefault(given[key], 0), joinPath(path, key), factorRule);
  return Object.freeze({ l1: factor('l1'), l2: factor('l2') });
}
