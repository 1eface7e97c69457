import {
  at,
  cholesky,
  inverseOf,
  logDeterminant,
  solveLower,
  solveUpper,
} from '../numeric/cholesky.js';
import { minimize, type ValueAndGradient } from '../numeric/lbfgs.js';
import {
  covarianceOf,
  type Hyperparameters,
  inverseSquares,
  type Observations,
} from './gaussianProcess.js';
import { addSquaredSteps, relativeMaternSlope, squaredDistance } from './matern.js';

/**
 * The logarithms of the hyper-parameters: of the lengths, then of the amplitude, then of the noise.
 */
export type LogHyperparameters = Float64Array;

/** A normal distribution of the logarithm, and the ends beyond which it is not followed. */
interface Prior {
  readonly median: number;
  readonly deviation: number;
  readonly least: number;
  readonly most: number;
}

/**
 * Weak: a few trials outweigh them. The lengths grow with the square root of the number of axes, as
 * the distances of random points do (Hvarfner et al. 2024); targets are expected to be standardised.
 */
const lengthPrior: Prior = { median: 0.3, deviation: 1, least: 0.02, most: 100 };
const amplitudePrior: Prior = { median: 1, deviation: 1.5, least: 0.01, most: 100 };
const noisePrior: Prior = { median: 1e-4, deviation: 2.5, least: 1e-6, most: 1 };

/** Where the descent begins, with the lengths and the amplitude at their medians. */
const startingNoise = 1e-3;
/** Enough to come near; the last digits of a hyper-parameter change no suggestion for the better. */
const iterations = 15;

/** The hyper-parameters that are the likeliest, given the observations and weak priors. */
export function fitHyperparameters(observations: Observations): Hyperparameters {
  const axes = observations.kinds.length;
  const priors = priorsOf(axes);
  const box = {
    lower: Float64Array.from(priors, ({ least }) => Math.log(least)),
    upper: Float64Array.from(priors, ({ most }) => Math.log(most)),
  };
  const start = Float64Array.from(priors, ({ median }) => Math.log(median));
  start[axes + 1] = Math.log(startingNoise);
  const loss = (point: LogHyperparameters) => negativeLogPosterior(observations, point);
  return hyperparametersAt(minimize(loss, start, iterations, box));
}

export function hyperparametersAt(logs: LogHyperparameters): Hyperparameters {
  const values = logs.map(Math.exp);
  const axes = logs.length - 2;
  return {
    lengths: values.slice(0, axes),
    amplitude: at(values, axes),
    noise: at(values, axes + 1),
  };
}

/** Minus the logarithm of likelihood times priors, without constants, with its gradient. */
export function negativeLogPosterior(
  observations: Observations,
  logs: LogHyperparameters,
): ValueAndGradient {
  const { value, gradient } = negativeLogLikelihood(observations, logs);
  let sum = value;
  const slopes = Float64Array.from(gradient);
  priorsOf(observations.kinds.length).forEach(({ median, deviation }, index) => {
    const offset = (at(logs, index) - Math.log(median)) / deviation;
    sum += 0.5 * offset * offset;
    slopes[index] = at(slopes, index) + offset / deviation;
  });
  return { value: sum, gradient: slopes };
}

/**
 * Minus the logarithm of the marginal likelihood, with its gradient by the logarithms of the
 * hyper-parameters (Rasmussen and Williams, 5.8 and 5.9). NaN where the covariance has no factor.
 */
export function negativeLogLikelihood(
  observations: Observations,
  logs: LogHyperparameters,
): ValueAndGradient {
  const { targets } = observations;
  const size = targets.length;
  const hyperparameters = hyperparametersAt(logs);
  const covariance = covarianceOf(observations, hyperparameters);
  const factor = cholesky(covariance, size);
  if (!factor) return { value: NaN, gradient: new Float64Array(logs.length) };
  const weights = solveUpper(factor, solveLower(factor, targets));
  let fit = 0;
  for (let index = 0; index < size; index++) fit += at(targets, index) * at(weights, index);
  const value = 0.5 * (fit + logDeterminant(factor, size) + size * Math.log(2 * Math.PI));
  // The derivative by the covariance is half of this matrix: K^-1 - α · αᵀ.
  const slopes = inverseOf(factor, size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const index = row * size + column;
      slopes[index] = at(slopes, index) - at(weights, row) * at(weights, column);
    }
  }
  return { value, gradient: chained(observations, hyperparameters, covariance, slopes) };
}

/** From the slopes by the elements of the covariance to those by the hyper-parameters. */
function chained(
  { kinds, points }: Observations,
  { lengths, amplitude, noise }: Hyperparameters,
  covariance: Float64Array,
  slopes: Float64Array,
): Float64Array {
  const [size, axes] = [points.length, kinds.length];
  const inverseSquareLengths = inverseSquares(lengths);
  const gradient = new Float64Array(axes + 2);
  let [byAmplitude, byNoise] = [0, 0];
  for (let row = 0; row < size; row++) {
    const left = points[row] ?? new Float64Array();
    // The matrix is symmetric: each element below the diagonal stands for two halves.
    for (let column = 0; column < row; column++) {
      const right = points[column] ?? left;
      const index = row * size + column;
      const slope = at(slopes, index) * at(covariance, index);
      byAmplitude += slope;
      const distance = squaredDistance(kinds, left, right, inverseSquareLengths);
      const shrinking = -2 * slope * relativeMaternSlope(distance);
      addSquaredSteps(gradient, shrinking, kinds, left, right, inverseSquareLengths);
    }
    byAmplitude += 0.5 * amplitude * at(slopes, row * size + row);
    byNoise += 0.5 * noise * at(slopes, row * size + row);
  }
  gradient[axes] = byAmplitude;
  gradient[axes + 1] = byNoise;
  return gradient;
}

function priorsOf(axes: number): Prior[] {
  const median = lengthPrior.median * Math.sqrt(axes);
  const lengths = Array.from({ length: axes }, () => ({ ...lengthPrior, median }));
  return [...lengths, amplitudePrior, noisePrior];
}
