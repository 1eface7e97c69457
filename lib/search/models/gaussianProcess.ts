import { at, cholesky, solveLower, solveUpper } from '../numeric/cholesky.js';
import { type AxisKind, matern, relativeMaternSlope, squaredDistance } from './matern.js';

/** What is known: the targets at some points. */
export interface Observations {
  readonly kinds: readonly AxisKind[];
  /** Each with a coordinate for each axis: a number in [0, 1], or the index of an option. */
  readonly points: readonly Float64Array[];
  /** Of mean 0, as the process is away from the points. */
  readonly targets: Float64Array;
}

export interface Hyperparameters {
  /** Of each axis: how far one has to go for the function to become another one. */
  readonly lengths: Float64Array;
  /** The variance of the function. */
  readonly amplitude: number;
  /** The variance that each target has besides. */
  readonly noise: number;
}

/** Of the function, without the noise of a target. */
export interface Prediction {
  readonly mean: number;
  readonly variance: number;
}

/** By the coordinates of the point; zero along axes of options. */
export interface PredictionSlopes extends Prediction {
  readonly meanSlope: Float64Array;
  readonly varianceSlope: Float64Array;
}

/**
 * Gaussian process regression with a Matérn 5/2 kernel (Rasmussen and Williams 2006, algorithm 2.1):
 * what a function may be, given its values at some points.
 */
export class GaussianProcess {
  /** Of the covariance of the targets. */
  readonly #factor: Float64Array;
  /** Its inverse times the targets (α). */
  readonly #weights: Float64Array;
  readonly #inverseSquareLengths: Float64Array;

  readonly #hyperparameters: Hyperparameters;

  constructor(
    readonly observations: Observations,
    hyperparameters: Hyperparameters,
  ) {
    this.#hyperparameters = hyperparameters;

    const { targets } = observations;
    this.#inverseSquareLengths = inverseSquares(hyperparameters.lengths);
    this.#factor = factorOf(covarianceOf(observations, hyperparameters), targets.length);
    this.#weights = solveUpper(this.#factor, solveLower(this.#factor, targets));
  }

  predict(point: Float64Array): Prediction {
    const covariances = this.#covariancesWith(point);
    return this.#prediction(covariances, solveLower(this.#factor, covariances));
  }

  predictWithSlopes(point: Float64Array): PredictionSlopes {
    const covariances = this.#covariancesWith(point);
    const half = solveLower(this.#factor, covariances);
    const solution = solveUpper(this.#factor, half);
    const { kinds, points } = this.observations;
    const meanSlope = new Float64Array(kinds.length);
    const varianceSlope = new Float64Array(kinds.length);
    points.forEach((other, index) => {
      const distance = squaredDistance(kinds, point, other, this.#inverseSquareLengths);
      const slope = at(covariances, index) * relativeMaternSlope(distance);
      for (let axis = 0; axis < kinds.length; axis++) {
        if (kinds[axis] === 'options') continue;
        const difference = at(point, axis) - at(other, axis);
        const change = slope * 2 * difference * at(this.#inverseSquareLengths, axis);
        meanSlope[axis] = at(meanSlope, axis) + at(this.#weights, index) * change;
        varianceSlope[axis] = at(varianceSlope, axis) - 2 * at(solution, index) * change;
      }
    });
    return { ...this.#prediction(covariances, half), meanSlope, varianceSlope };
  }

  /** With more points, whose targets are what this one predicts: its means stay as they are. */
  believing(points: readonly Float64Array[]): GaussianProcess {
    if (points.length === 0) return this;
    const believed = points.map((point) => this.predict(point).mean);
    const { observations } = this;
    return new GaussianProcess(
      {
        kinds: observations.kinds,
        points: [...observations.points, ...points],
        targets: Float64Array.of(...observations.targets, ...believed),
      },
      this.#hyperparameters,
    );
  }

  #covariancesWith(point: Float64Array): Float64Array {
    const { kinds, points } = this.observations;
    const covariances = new Float64Array(points.length);
    points.forEach((other, index) => {
      const distance = squaredDistance(kinds, point, other, this.#inverseSquareLengths);
      covariances[index] = this.#hyperparameters.amplitude * matern(distance);
    });
    return covariances;
  }

  /** @param half L^-1 times the covariances. */
  #prediction(covariances: Float64Array, half: Float64Array): Prediction {
    let [mean, explained] = [0, 0];
    for (let index = 0; index < covariances.length; index++) {
      mean += at(covariances, index) * at(this.#weights, index);
      explained += at(half, index) ** 2;
    }
    const { amplitude } = this.#hyperparameters;
    // Rounding must not make it vanish.
    return { mean, variance: Math.max(amplitude - explained, 1e-12 * amplitude) };
  }
}

/** [points, points]: how the targets vary together. */
export function covarianceOf(
  { kinds, points }: Observations,
  { lengths, amplitude, noise }: Hyperparameters,
): Float64Array {
  const size = points.length;
  const inverseSquareLengths = inverseSquares(lengths);
  const covariance = new Float64Array(size * size);
  points.forEach((left, row) => {
    for (let column = 0; column < row; column++) {
      const right = points[column] ?? left;
      const value = amplitude * matern(squaredDistance(kinds, left, right, inverseSquareLengths));
      covariance[row * size + column] = value;
      covariance[column * size + row] = value;
    }
    covariance[row * size + row] = amplitude + noise;
  });
  return covariance;
}

export function inverseSquares(lengths: Float64Array): Float64Array {
  return lengths.map((length) => 1 / length ** 2);
}

/** Where rounding has left the covariance without a factor, a little more noise gives it one. */
function factorOf(covariance: Float64Array, size: number): Float64Array {
  for (let jitter = 1e-10; ; jitter *= 10) {
    const factor = cholesky(covariance, size);
    if (factor) return factor;
    for (let row = 0; row < size; row++) {
      covariance[row * size + row] = at(covariance, row * size + row) * (1 + jitter);
    }
  }
}
