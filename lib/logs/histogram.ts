import type { NumberArray } from '../builtins.js';

/** How numbers are spread over parts of the same width between the smallest and the largest. */
export interface Histogram {
  readonly minimum: number;
  readonly maximum: number;
  readonly count: number;
  readonly sum: number;
  readonly sumOfSquares: number;
  /** The upper ends of the parts; the lower end of the first is the minimum. */
  readonly limits: Float64Array;
  /** How many numbers lie in each part. */
  readonly counts: Float64Array;
}

/** As many as TensorBoard draws. */
const parts = 30;

/** Of the numbers that are finite; null where there are none. */
export function histogramOf(values: NumberArray): Histogram | null {
  let [minimum, maximum] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let [count, sum, sumOfSquares] = [0, 0, 0];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    count++;
    sum += value;
    sumOfSquares += value * value;
    if (value < minimum) minimum = value;
    if (value > maximum) maximum = value;
  }
  if (count === 0) return null;
  const summary = { minimum, maximum, count, sum, sumOfSquares };
  if (minimum === maximum) {
    return { ...summary, limits: Float64Array.of(maximum), counts: Float64Array.of(count) };
  }
  const width = (maximum - minimum) / parts;
  const counts = new Float64Array(parts);
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    // The largest belongs to the last part.
    const part = Math.min(parts - 1, Math.floor((value - minimum) / width));
    counts[part] = (counts[part] as number) + 1;
  }
  const limits = Float64Array.from({ length: parts }, (_, part) =>
    part + 1 === parts ? maximum : minimum + (part + 1) * width,
  );
  return { ...summary, limits, counts };
}
