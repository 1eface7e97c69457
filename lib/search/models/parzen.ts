import type { JsonValue } from '../../model/json.js';
import type { RandomStream } from '../../random.js';
import { ownValue } from '../ownValue.js';
import type { Dimension, SearchSpace } from '../searchSpace.js';
import type { Parameters } from '../trial.js';
import { ChoiceKernels, type Kernels, NumberKernels } from './parzenKernels.js';

/**
 * A density over a space, estimated from points of it (Parzen 1962): the mean of one kernel around
 * each of them, and of a uniform one, which is the prior. A kernel is a product over the dimensions;
 * where its own point has no value, it is uniform, so that trials of other variants help too.
 */
export class ParzenEstimator {
  private readonly size: number;
  private readonly parts: readonly { dimension: Dimension; kernels: Kernels }[];

  constructor({ dimensions }: SearchSpace, points: readonly Parameters[]) {
    this.size = points.length + 1;
    const bandwidth = bandwidthOf(points.length, dimensions.length);
    this.parts = dimensions.map((dimension) => {
      const values = points.map((point) => ownValue(point, dimension.name));
      return { dimension, kernels: kernelsOf(dimension, values, bandwidth) };
    });
  }

  /** Values of all dimensions, of inactive ones too. */
  sample(random: RandomStream): Parameters {
    const kernel = random.below(this.size);
    const sampled = this.parts.map(({ dimension, kernels }) => {
      return [dimension.name, kernels.sample(kernel, random)] as const;
    });
    return Object.fromEntries(sampled);
  }

  /** Of the values that are there; inactive parameters are left out. */
  logDensity(parameters: Parameters): number {
    const logs = new Float64Array(this.size);
    for (const { dimension, kernels } of this.parts) {
      const value = ownValue(parameters, dimension.name);
      if (value !== undefined) kernels.addLogDensities(value, logs);
    }
    // The logarithm of the mean, whose summands may be too small for a number.
    const largest = logs.reduce((most, log) => Math.max(most, log), -Infinity);
    const sum = logs.reduce((total, log) => total + Math.exp(log - largest), 0);
    return largest + Math.log(sum / this.size);
  }
}

/**
 * Scott's rule (1992) for densities of several dimensions, with a tenth of the range in the place of
 * the standard deviation, as that of good trials says nothing of a function with several minima. The
 * lower bounds keep few trials from drawing the search to themselves, and many from ending it.
 */
function bandwidthOf(points: number, dimensions: number): number {
  const scott = 0.1 * points ** (-1 / (dimensions + 4));
  return Math.max(scott, 1 / (points + 2), 0.01);
}

function kernelsOf(
  { domain }: Dimension,
  values: readonly (JsonValue | undefined)[],
  bandwidth: number,
): Kernels {
  return domain.kind === 'number'
    ? new NumberKernels(domain, values, bandwidth)
    : new ChoiceKernels(domain, values);
}
