import type { Matrix, MatrixInput } from '../data/matrix.js';
import type { PredictOptions } from '../model/fitOptions.js';
import type { Sequential } from '../model/sequential.js';
import { meanPrediction, meanPredictionSync } from './meanOutputs.js';

/**
 * Intervals that hold a stated share of what comes: networks learn its lower and its upper quantile, and rows that they
 * have not learned from tell by how much to widen the space between (conformalized quantile regression: Romano,
 * Patterson and Candès 2019; by folds: Barber et al. 2021, in the simpler form of one correction for all).
 */

/** Networks for the two ends, and what was found of them. Numbers are those that the networks learn. */
export interface Intervals {
  /** The share of the rows that an interval is to hold, as 0.9. */
  readonly coverage: number;
  /** By which both ends are moved outwards; below 0 inwards. */
  readonly widening: number;
  /** Rows that have told so. */
  readonly rows: number;
  readonly lower: readonly [Sequential, ...Sequential[]];
  readonly upper: readonly [Sequential, ...Sequential[]];
}

/** Such a share lies strictly between. */
export const coverageRule = {
  minimum: 0,
  minimumExclusive: true,
  maximum: 1,
  maximumExclusive: true,
} as const;

/** Shape (rows). */
export interface Ends {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/** The ends of the intervals of rows, in what the networks learn. */
export async function intervalsOf(
  intervals: Intervals,
  inputs: MatrixInput,
  options: PredictOptions,
): Promise<Ends> {
  const [lower, upper] = await Promise.all([
    meanPrediction(intervals.lower, inputs, options),
    meanPrediction(intervals.upper, inputs, options),
  ]);
  return endsOf(intervals, lower, upper);
}

/** The same on the caller's thread. */
export function intervalsSync(intervals: Intervals, inputs: Float32Array): Ends {
  const { lower, upper } = intervals;
  return endsOf(intervals, meanPredictionSync(lower, inputs), meanPredictionSync(upper, inputs));
}

function endsOf({ widening }: Intervals, lower: Matrix, upper: Matrix): Ends {
  const end = (of: (a: number, b: number) => number, by: number) =>
    Float64Array.from(lower.values, (low, row) => of(low, upper.values[row] as number) + by);
  return { lower: end(Math.min, -widening), upper: end(Math.max, widening) };
}
