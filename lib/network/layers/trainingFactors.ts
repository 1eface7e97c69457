import {
  isPlainObject,
  joinPath,
  type NumberRule,
  requireKnownKeys,
  requireNumber,
  withDefault,
} from '../../checks.js';

/** How what a layer learns is trained beside the rest of the network. */

/** One factor for the weights of a layer, and one for its biases. */
export interface WeightFactors {
  readonly kernel: number;
  readonly bias: number;
}

/** In normalised form: absent where nothing was given. */
export interface TrainingFactors {
  readonly learningRateFactor?: WeightFactors;
  readonly weightDecayFactor?: WeightFactors;
}

export interface TrainingFactorOptions {
  /**
   * What the learning rate is multiplied by for weights and bias of the layer: a number for both, or
   * `{ kernel, bias }`. 0 or more. The optimizer `lbfgs` has no learning rate to multiply, and takes no
   * network with another factor than 1.
   *
   * @default 1
   */
  readonly learningRateFactor?: number | Partial<WeightFactors> | undefined;
  /**
   * What the weight decay of the optimizer is multiplied by, likewise; beside `decayBiases: false` it is 0
   * for biases, whatever the factor.
   *
   * @default 1
   */
  readonly weightDecayFactor?: number | Partial<WeightFactors> | undefined;
}

export const trainingFactorKeys = ['learningRateFactor', 'weightDecayFactor'] as const;

const factorRule: NumberRule = { minimum: 0 };

/** @throws ArgumentError */
export function normaliseWeightFactors(
  input: Record<string, unknown>,
  path: string,
): TrainingFactors {
  return factorsOf(input, path, normalisePair);
}

/** Of a layer that learns one kind of thing. */
export function normaliseFactors(
  input: Record<string, unknown>,
  path: string,
): { readonly learningRateFactor?: number; readonly weightDecayFactor?: number } {
  return factorsOf(input, path, normaliseFactor);
}

function factorsOf<Factor>(
  input: Record<string, unknown>,
  path: string,
  normalise: (given: unknown, path: string) => Factor,
): { [Key in (typeof trainingFactorKeys)[number]]?: Factor } {
  const given = trainingFactorKeys.filter((key) => input[key] !== undefined);
  return Object.fromEntries(given.map((key) => [key, normalise(input[key], joinPath(path, key))]));
}

function normaliseFactor(given: unknown, path: string): number {
  return requireNumber(given, path, factorRule);
}

function normalisePair(given: unknown, path: string): WeightFactors {
  if (!isPlainObject(given)) {
    const both = normaliseFactor(given, path);
    return Object.freeze({ kernel: both, bias: both });
  }
  requireKnownKeys(given, ['kernel', 'bias'], path);
  const factor = (key: 'kernel' | 'bias') =>
    normaliseFactor(withDefault(given[key], 1), joinPath(path, key));
  return Object.freeze({ kernel: factor('kernel'), bias: factor('bias') });
}
