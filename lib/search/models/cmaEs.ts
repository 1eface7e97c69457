import type { RandomStream } from '../../random.js';
import { at } from '../numeric/cholesky.js';
import { type Eigen, eigenOf } from '../numeric/eigen.js';

/**
 * The covariance matrix adaptation evolution strategy, with negative weights too, as N. Hansen gives
 * it in "The CMA evolution strategy: a tutorial" (2016), whose symbols stand behind the names here.
 */

/** A normal distribution, and how it has moved. Values, which are replaced and never changed. */
export interface CmaState {
  /** Points in a generation (λ). */
  readonly population: number;
  readonly generation: number;
  /** (m) */
  readonly mean: Float64Array;
  /** (σ) */
  readonly stepSize: number;
  /** [dimensions, dimensions] (C), whose scale is that of the step size. */
  readonly covariance: Float64Array;
  /** Eigenvalues and eigenvectors of the covariance (D², B). */
  readonly eigen: Eigen;
  /** (p_σ) */
  readonly stepPath: Float64Array;
  /** (p_c) */
  readonly covariancePath: Float64Array;
}

/** The usual size of a generation. */
export function defaultPopulation(dimensions: number): number {
  return 4 + Math.floor(3 * Math.log(dimensions));
}

export function initialState(mean: Float64Array, stepSize: number, population: number): CmaState {
  const size = mean.length;
  const covariance = new Float64Array(size * size);
  for (let index = 0; index < size; index++) covariance[index * size + index] = 1;
  return {
    population,
    generation: 0,
    mean,
    stepSize,
    covariance,
    eigen: eigenOf(covariance, size),
    stepPath: new Float64Array(size),
    covariancePath: new Float64Array(size),
  };
}

/** A point of the distribution: m + σ · B · D · z. */
export function samplePoint(state: CmaState, random: RandomStream): Float64Array {
  const { mean, stepSize, eigen } = state;
  const scaled = mean.map((_, k) => Math.sqrt(at(eigen.values, k)) * random.normal());
  const step = timesVectors(eigen, scaled);
  return mean.map((value, index) => value + stepSize * at(step, index));
}

/** The standard deviation of each coordinate. */
export function deviationsOf({ mean, stepSize, covariance }: CmaState): Float64Array {
  const size = mean.length;
  return mean.map((_, index) => stepSize * Math.sqrt(at(covariance, index * size + index)));
}

/**
 * The distribution after a generation.
 *
 * @param points as many as the population has, the best first.
 * @param good how many of them, from the first on, it may move towards.
 */
export function nextState(
  state: CmaState,
  points: readonly Float64Array[],
  good: number,
): CmaState {
  const size = state.mean.length;
  const constants = constantsOf(size, state.population, good);
  const { weights, stepRate, stepDamping, pathRate, rankOneRate, rankMuRate, mass } = constants;
  const steps = points.map((point) => stepTo(point, state));
  const meanStep = weightedSum(
    steps,
    weights.map((weight) => Math.max(weight, 0)),
    size,
  );

  const stepPath = moved(state.stepPath, whitened(meanStep, state.eigen), stepRate, mass);
  const length = norm(stepPath);
  const generation = state.generation + 1;
  const expected = Math.sqrt(size) * (1 - 1 / (4 * size) + 1 / (21 * size * size));
  const settled = Math.sqrt(1 - (1 - stepRate) ** (2 * generation));
  // Stalls the path while the step size grows fast, else the covariance would grow too.
  const stalled = length / settled >= (1.4 + 2 / (size + 1)) * expected;
  const drift = stalled ? new Float64Array(size) : meanStep;
  const covariancePath = moved(state.covariancePath, drift, pathRate, mass);

  const lost = stalled ? rankOneRate * pathRate * (2 - pathRate) : 0;
  const kept = 1 + lost - rankOneRate - rankMuRate * sumOf(weights);
  const covariance = state.covariance.map((value) => kept * value);
  addOuter(covariance, covariancePath, rankOneRate);
  steps.forEach((step, rank) => {
    const weight = weights[rank] ?? 0;
    // A negative weight must not take more than there is.
    const scale = weight < 0 ? size / norm(whitened(step, state.eigen)) ** 2 : 1;
    if (Number.isFinite(scale)) addOuter(covariance, step, rankMuRate * weight * scale);
  });
  return {
    population: state.population,
    generation,
    mean: state.mean.map((value, index) => value + state.stepSize * at(meanStep, index)),
    stepSize: state.stepSize * Math.exp((stepRate / stepDamping) * (length / expected - 1)),
    covariance,
    eigen: positive(eigenOf(covariance, size)),
    stepPath,
    covariancePath,
  };
}

interface Constants {
  /** (w), by rank: the positive ones add up to 1. */
  readonly weights: readonly number[];
  /** The variance effective selection mass (μ_eff). */
  readonly mass: number;
  /** (c_σ) */
  readonly stepRate: number;
  /** (d_σ) */
  readonly stepDamping: number;
  /** (c_c) */
  readonly pathRate: number;
  /** (c_1) */
  readonly rankOneRate: number;
  /** (c_μ) */
  readonly rankMuRate: number;
}

/** Table 1 of the tutorial. */
function constantsOf(size: number, population: number, good: number): Constants {
  const raw = Array.from({ length: population }, (_, rank) => {
    return Math.log((population + 1) / 2) - Math.log(rank + 1);
  });
  const positives = raw.filter((weight, rank) => weight > 0 && rank < good);
  const negatives = raw.filter((weight) => weight < 0);
  const mass = massOf(positives);
  const rankOneRate = 2 / ((size + 1.3) ** 2 + mass);
  const rankMuRate = Math.min(
    1 - rankOneRate,
    (2 * (1 / 4 + mass + 1 / mass - 2)) / ((size + 2) ** 2 + mass),
  );
  const negativeSum = Math.min(
    1 + rankOneRate / rankMuRate,
    1 + (2 * massOf(negatives)) / (mass + 2),
    (1 - rankOneRate - rankMuRate) / (size * rankMuRate),
  );
  const weights = raw.map((weight, rank) => {
    if (weight < 0) return (weight * negativeSum) / -sumOf(negatives);
    return rank < good ? weight / sumOf(positives) : 0;
  });
  const stepRate = (mass + 2) / (size + mass + 5);
  return {
    weights,
    mass,
    stepRate,
    stepDamping: 1 + 2 * Math.max(0, Math.sqrt((mass - 1) / (size + 1)) - 1) + stepRate,
    pathRate: (4 + mass / size) / (size + 4 + (2 * mass) / size),
    rankOneRate,
    rankMuRate,
  };
}

function massOf(weights: readonly number[]): number {
  const squares = weights.reduce((sum, weight) => sum + weight * weight, 0);
  return sumOf(weights) ** 2 / squares;
}

/**
 * (x - m) / σ. A point that is further away than the distribution would ever put it, as others than we
 * have chosen it or an older distribution has, counts as one that is nearer in the same direction
 * (Hansen 2011, "Injecting external solutions into CMA-ES").
 */
function stepTo(point: Float64Array, { mean, stepSize, eigen }: CmaState): Float64Array {
  const step = point.map((value, index) => (value - at(mean, index)) / stepSize);
  const shrinking = Math.min(1, (Math.sqrt(mean.length) + 3) / norm(whitened(step, eigen)));
  return step.map((value) => value * shrinking);
}

/** A path that forgets at a rate, after a step. */
function moved(path: Float64Array, step: Float64Array, rate: number, mass: number): Float64Array {
  const scale = Math.sqrt(rate * (2 - rate) * mass);
  return path.map((value, index) => (1 - rate) * value + scale * at(step, index));
}

/** C^(-1/2) · vector. */
function whitened(vector: Float64Array, eigen: Eigen): Float64Array {
  const size = vector.length;
  const rotated = vector.map((_, column) => {
    let sum = 0;
    for (let row = 0; row < size; row++) {
      sum += at(eigen.vectors, row * size + column) * at(vector, row);
    }
    return sum / Math.sqrt(at(eigen.values, column));
  });
  return timesVectors(eigen, rotated);
}

/** B · vector. */
function timesVectors({ vectors }: Eigen, vector: Float64Array): Float64Array {
  const size = vector.length;
  return vector.map((_, row) => {
    let sum = 0;
    for (let k = 0; k < size; k++) sum += at(vectors, row * size + k) * at(vector, k);
    return sum;
  });
}

/** Rounding must not make a variance vanish. */
function positive({ values, vectors }: Eigen): Eigen {
  const largest = values.reduce((most, value) => Math.max(most, value), Number.MIN_VALUE);
  return { vectors, values: values.map((value) => Math.max(value, 1e-20 * largest)) };
}

function weightedSum(
  vectors: readonly Float64Array[],
  weights: readonly number[],
  size: number,
): Float64Array {
  const sum = new Float64Array(size);
  vectors.forEach((vector, index) => {
    const weight = weights[index] ?? 0;
    for (let k = 0; k < size; k++) sum[k] = at(sum, k) + weight * at(vector, k);
  });
  return sum;
}

function addOuter(matrix: Float64Array, vector: Float64Array, scale: number): void {
  const size = vector.length;
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const index = row * size + column;
      matrix[index] = at(matrix, index) + scale * at(vector, row) * at(vector, column);
    }
  }
}

function norm(vector: Float64Array): number {
  return Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
