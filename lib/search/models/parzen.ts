import { ownValue } from '../../checks.js';
import type { JsonValue } from '../../model/json.js';
import type { RandomStream } from '../../random.js';
import type { Dimension, SearchSpace } from '../searchSpace.js';
import type { Parameters } from '../trial.js';
import type { Bandwidths } from './bandwidths.js';
import { ChoiceKernels, type Kernels, NumberKernels } from './parzenKernels.js';

/**
 * A density over a space, estimated from points of it (Parzen 1962): the mean of one kernel around
 * each of them, and of a uniform one, which is the prior. A kernel is a product over the dimensions;
 * where its own point has no value, it is uniform, so that trials of other variants help too.
 */
export class ParzenEstimator {
  readonly #size: number;
  readonly #parts: readonly { dimension: Dimension; kernels: Kernels }[];

  constructor({ dimensions }: SearchSpace, points: readonly Parameters[], bandwidths: Bandwidths) {
    this.#size = points.length + 1;
    const bandwidthsOf = (units: Float64Array) => bandwidths(units, dimensions.length);
    this.#parts = dimensions.map((dimension) => {
      const values = points.map((point) => ownValue(point, dimension.name));
      return { dimension, kernels: kernelsOf(dimension, values, bandwidthsOf) };
    });
  }

  /** Values of all dimensions, of inactive ones too. */
  sample(random: RandomStream): Parameters {
    const kernel = random.below(this.#size);
    const sampled = this.#parts.map(({ dimension, kernels }) => {
      return [dimension.name, kernels.sample(kernel, random)] as const;
    });
    return Object.fromEntries(sampled);
  }

  /** Of the values that are there; inactive parameters are left out. */
  logDensity(parameters: Parameters): number {
    const logs = new Float64Array(this.#size);
    for (const { dimension, kernels } of this.#parts) {
      const value = ownValue(parameters, dimension.name);
      if (value !== undefined) kernels.addLogDensities(value, logs);
    }
    // The logarithm of the mean, whose summands may be too small for a number.
    const largest = logs.reduce((most, log) => Math.max(most, log), -Infinity);
    const sum = logs.reduce((total, log) => total + Math.exp(log - largest), 0);
    return largest + Math.log(sum / this.#size);
  }
}

function kernelsOf(
  { domain }: Dimension,
  values: readonly (JsonValue | undefined)[],
  bandwidthsOf: (units: Float64Array) => Float64Array,
): Kernels {
  return domain.kind === 'number'
    ? new NumberKernels(domain, values, bandwidthsOf)
    : new ChoiceKernels(domain, values);
}
