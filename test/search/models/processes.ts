/** Gaussian processes for tests, and numerical gradients to compare with. */

import { RandomStream } from '../../../lib/random.js';
import type { Observations } from '../../../lib/search/models/gaussianProcess.js';

/** Random points of a function. */
export function observationsOf(
  of: (point: Float64Array) => number,
  size: number,
  kinds: Observations['kinds'],
  seed = 1,
): Observations {
  const random = new RandomStream(seed);
  const points = Array.from({ length: size }, () =>
    Float64Array.from(kinds, (kind) => (kind === 'options' ? random.below(3) : random.uniform())),
  );
  return { kinds, points, targets: Float64Array.from(points, of) };
}

/** Central differences. */
export function numericalGradient(
  of: (point: Float64Array) => number,
  at: Float64Array,
  step = 1e-5,
): number[] {
  return [...at.keys()].map((axis) => {
    const moved = (by: number) => of(at.map((value, index) => value + (index === axis ? by : 0)));
    return (moved(step) - moved(-step)) / (2 * step);
  });
}
