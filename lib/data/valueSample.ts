import { RandomStream } from '../random.js';

/** Numbers that are kept of a column: all of them, or a sample of many. */

const mostKept = 2 ** 15;

/** Drawn by no seed of the user: what a column holds decides its scale, and nothing else. */
const seedOfSamples = 0;

export class ValueSample {
  readonly #values: number[] = [];
  #seen = 0;
  #random: RandomStream | undefined;

  add(value: number): void {
    this.#seen++;
    if (this.#values.length < mostKept) {
      this.#values.push(value);
      return;
    }
    // Each value that was seen is kept with the same probability (Waterman's algorithm R).
    this.#random ??= new RandomStream(seedOfSamples);
    const place = this.#random.below(this.#seen);
    if (place < mostKept) this.#values[place] = value;
  }

  /** In ascending order. */
  sorted(): Float64Array {
    return Float64Array.from(this.#values).sort();
  }
}
