import type { JsonValue } from '../../model/json.js';
import type { RandomStream } from '../../random.js';
import type { ChoiceDomain, NumberDomain } from '../domain.js';
import { at } from '../numeric/cholesky.js';
import { normalCdf } from '../numeric/normal.js';

/** One kernel around each value of a dimension, and a last one, the prior, which is uniform. */
export interface Kernels {
  /** A value drawn from one of them. */
  sample(kernel: number, random: RandomStream): JsonValue;
  /** Adds the logarithm of the density of each, over the coordinate of the domain or its options. */
  addLogDensities(value: JsonValue, logs: Float64Array): void;
}

/** Undefined where a point has no value of this dimension: its kernel is uniform too. */
type Values = readonly (JsonValue | undefined)[];

/**
 * Normal distributions that are cut off at the ends of the range. Steps are overlooked: the density in
 * the middle of a bin stands for all of it, as a kernel is about as wide as a bin, or wider.
 */
export class NumberKernels implements Kernels {
  readonly #means: Float64Array;
  /** 1 / standard deviation; 0 for a kernel that is uniform. */
  readonly #precisions: Float64Array;
  /** The logarithm of the density at the mean. */
  readonly #heights: Float64Array;

  readonly #domain: NumberDomain;

  /** @param bandwidthsOf gives standard deviations for coordinates, both as shares of the range. */
  constructor(
    domain: NumberDomain,
    values: Values,
    bandwidthsOf: (units: Float64Array) => Float64Array,
  ) {
    this.#domain = domain;

    const size = values.length + 1;
    this.#means = new Float64Array(size).fill(0.5);
    this.#precisions = new Float64Array(size);
    this.#heights = new Float64Array(size);
    const known = [...values.keys()].filter((kernel) => values[kernel] !== undefined);
    const units = Float64Array.from(known, (kernel) => domain.toUnit(values[kernel] ?? null));
    const bandwidths = bandwidthsOf(units);
    known.forEach((kernel, index) => {
      const mean = at(units, index);
      // A kernel within a bin would never leave it.
      const halfBin = domain.binWidthAt(Number(values[kernel])) / 2;
      const deviation = Math.max(at(bandwidths, index), halfBin);
      const inside = normalCdf((1 - mean) / deviation) - normalCdf(-mean / deviation);
      this.#means[kernel] = mean;
      this.#precisions[kernel] = 1 / deviation;
      this.#heights[kernel] = -Math.log(deviation * Math.sqrt(2 * Math.PI) * inside);
    });
  }

  sample(kernel: number, random: RandomStream): JsonValue {
    const precision = at(this.#precisions, kernel);
    if (precision === 0) return this.#domain.fromUnit(random.uniform());
    // The mean is in the range and the deviation below 1, so that a third or more of them is.
    for (;;) {
      const unit = at(this.#means, kernel) + random.normal() / precision;
      if (unit >= 0 && unit <= 1) return this.#domain.fromUnit(unit);
    }
  }

  addLogDensities(value: JsonValue, logs: Float64Array): void {
    const unit = this.#domain.toUnit(value);
    for (let kernel = 0; kernel < logs.length; kernel++) {
      const z = (unit - at(this.#means, kernel)) * at(this.#precisions, kernel);
      logs[kernel] = at(logs, kernel) + at(this.#heights, kernel) - 0.5 * z * z;
    }
  }
}

/** The kernel of Aitchison and Aitken (1976): mostly its own option, and evenly all the others. */
export class ChoiceKernels implements Kernels {
  /** Indices of options; -1 for a kernel that is uniform. */
  readonly #owns: readonly number[];
  /** The probability of each option that is not the own one. */
  readonly #other: number;

  readonly #domain: ChoiceDomain;

  constructor(domain: ChoiceDomain, values: Values) {
    this.#domain = domain;

    const indices = values.map((value) => (value === undefined ? -1 : domain.indexOf(value)));
    this.#owns = [...indices, -1];
    // As if each option had been seen once, by all kernels together: the more there are, the surer.
    this.#other = 1 / (this.#owns.length + domain.size);
  }

  sample(kernel: number, random: RandomStream): JsonValue {
    const { size } = this.#domain;
    const own = this.#owns[kernel] ?? -1;
    const evenly = own < 0 || random.uniform() < size * this.#other;
    return this.#domain.at(evenly ? random.below(size) : own);
  }

  addLogDensities(value: JsonValue, logs: Float64Array): void {
    const { size } = this.#domain;
    const index = this.#domain.indexOf(value);
    const uniform = -Math.log(size);
    const same = Math.log(1 - (size - 1) * this.#other);
    const other = Math.log(this.#other);
    this.#owns.forEach((own, kernel) => {
      logs[kernel] = at(logs, kernel) + (own < 0 ? uniform : own === index ? same : other);
    });
  }
}
