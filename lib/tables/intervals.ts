import type { Matrix, MatrixInput } from '../data/matrix.js';
import type { PredictOptions } from '../model/fitOptions.js';
import type { Sequential } from '../model/sequential.js';
import { meanOf } from './meanOutputs.js';

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
  const [lower, upper] = await Promise.all(
    [intervals.lower, intervals.upper].map((networks) =>
      Promise.all(networks.map((each) => each.predict(inputs, options))),
    ),
  );
  return endsOf(intervals, lower, upper);
}

/** The same on the caller's thread. */
export function intervalsSync(intervals: Intervals, inputs: Float32Array): Ends {
  const said = (networks: readonly Sequential[]) =>
    networks.map((each) => each.predictSync(inputs));
  return endsOf(intervals, said(intervals.lower), said(intervals.upper));
}

function endsOf(
  { widening }: Intervals,
  lower: readonly Matrix[] = [],
  upper: readonly Matrix[] = [],
): Ends {
  const [low, high] = [meanOf(lower).values, meanOf(upper).values];
  const end = (of: (a: number, b: number) => number, by: number) =>
    Float64Array.from(low, (value, row) => of(value, high[row] as number) + by);
  return { lower: end(Math.min, -widening), upper: end(Math.max, widening) };
}
