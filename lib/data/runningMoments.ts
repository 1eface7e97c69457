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

  /** Standard deviation over all numbers (divided by their count). */
  get deviation(): number {
    return this.count === 0 ? 0 : Math.sqrt(this.#squares / this.count);
  }
}
