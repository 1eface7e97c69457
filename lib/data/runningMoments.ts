/** Numbers that moments are made of, where the core adds to them. */
export const valuesOfMoments = 6;

/** Mean, spread and range of numbers that come one by one. */
export class RunningMoments {
  count = 0;
  minimum = Number.POSITIVE_INFINITY;
  maximum = Number.NEGATIVE_INFINITY;
  mean = 0;
  #squares = 0;

  add(number: number): void {
    if (number < this.minimum) this.minimum = number;
    if (number > this.maximum) this.maximum = number;
    // Welford's update: exact enough for numbers that are large beside their spread.
    const difference = number - this.mean;
    this.mean += difference / ++this.count;
    this.#squares += difference * (number - this.mean);
  }

  /** Writes what the core goes on from (native/data/column_moments.h), but for the last value */
  copyTo(sums: Float64Array, at: number): void {
    sums[at] = this.count;
    sums[at + 1] = this.minimum;
    sums[at + 2] = this.maximum;
    sums[at + 3] = this.mean;
    sums[at + 4] = this.#squares;
  }

  /** Takes what the core has come to. */
  takeFrom(sums: Float64Array, at: number): void {
    this.count = sums[at] ?? 0;
    this.minimum = sums[at + 1] ?? 0;
    this.maximum = sums[at + 2] ?? 0;
    this.mean = sums[at + 3] ?? 0;
    this.#squares = sums[at + 4] ?? 0;
  }

  /** Standard deviation over all numbers (divided by their count). */
  get deviation(): number {
    return this.count === 0 ? 0 : Math.sqrt(this.#squares / this.count);
  }
}
