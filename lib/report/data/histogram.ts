import { quantileOf } from '../../statistics.js';
import type { Histogram } from '../reportData.js';

/** Counts of numbers in bins of the same width. */

export interface HistogramEnds {
  readonly from: number;
  readonly to: number;
}

const usualBins = 40;

/** The ends that all numbers lie between, or all but the share `beyond` at the upper end. */
export function endsOf(values: ArrayLike<number>, beyond = 0): HistogramEnds {
  const ordered = Float64Array.from(values).filter(Number.isFinite).sort();
  if (ordered.length === 0) return { from: 0, to: 1 };
  const [from = 0] = ordered;
  const to = quantileOf(ordered, 1 - beyond);
  if (from < to) return { from, to };
  // All are the same: a bin has some width.
  const room = from === 0 ? 1 : Math.abs(from) / 2;
  return { from: from - room, to: from + room };
}

export function histogramOf(
  values: ArrayLike<number>,
  { from, to }: HistogramEnds = endsOf(values),
  bins = usualBins,
): Histogram {
  const counts = new Array<number>(bins).fill(0);
  let [below, above] = [0, 0];
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    if (!Number.isFinite(value)) continue;
    if (value < from) below++;
    else if (value > to) above++;
    else {
      // The largest belongs to the last bin.
      const bin = Math.min(bins - 1, Math.floor(((value - from) / (to - from)) * bins));
      counts[bin] = (counts[bin] ?? 0) + 1;
    }
  }
  return { from, to, counts, below, above };
}
