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

type Summary = Omit<Histogram, 'limits' | 'counts'>;

/** As many as TensorBoard draws. */
const parts = 30;

/** Numbers between two pauses: some milliseconds. */
const sliceLength = 2 ** 18;

/**
 * Counts the numbers that are finite; null where there are none. It pauses again and again, as networks have millions of
 * parameters, and whoever counts on the thread of the events does something else meanwhile.
 */
export function* histogramOf(values: Float32Array): Generator<void, Histogram | null> {
  const slices = Array.from({ length: Math.ceil(values.length / sliceLength) }, (_, index) =>
    values.subarray(index * sliceLength, (index + 1) * sliceLength),
  );
  let summary = ofNothing;
  for (const [index, slice] of slices.entries()) {
    if (index > 0) yield;
    summary = withNumbers(summary, slice);
  }
  const { minimum, maximum, count } = summary;
  if (count === 0) return null;
  if (minimum === maximum) {
    return { ...summary, limits: Float64Array.of(maximum), counts: Float64Array.of(count) };
  }
  const width = (maximum - minimum) / parts;
  const counts = new Float64Array(parts);
  for (const [index, slice] of slices.entries()) {
    if (index > 0) yield;
    addCounts(counts, slice, minimum, 1 / width);
  }
  const limits = Float64Array.from({ length: parts }, (_, part) =>
    part + 1 === parts ? maximum : minimum + (part + 1) * width,
  );
  return { ...summary, limits, counts };
}

const ofNothing: Summary = {
  minimum: Number.POSITIVE_INFINITY,
  maximum: Number.NEGATIVE_INFINITY,
  ...{ count: 0, sum: 0, sumOfSquares: 0 },
};

// By indices: iterators take ten times as long.

function withNumbers(before: Summary, values: Float32Array): Summary {
  let { minimum, maximum, count, sum, sumOfSquares } = before;
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    if (!Number.isFinite(value)) continue;
    count++;
    sum += value;
    sumOfSquares += value * value;
    if (value < minimum) minimum = value;
    if (value > maximum) maximum = value;
  }
  return { minimum, maximum, count, sum, sumOfSquares };
}

function addCounts(
  counts: Float64Array,
  values: Float32Array,
  minimum: number,
  partsPerUnit: number,
): void {
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    if (!Number.isFinite(value)) continue;
    // The largest belongs to the last part.
    const part = Math.min(parts - 1, Math.floor((value - minimum) * partsPerUnit));
    counts[part] = (counts[part] as number) + 1;
  }
}
