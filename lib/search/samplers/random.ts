import { defineSampler, type Sampler } from '../sampler.js';

/**
 * Each parameter on its own, uniformly on its scale (Bergstra and Bengio 2012).
 *
 * ```ts
 * const study = new Study({ space, sampler: randomSampler() });
 * ```
 */
export function randomSampler(): Sampler {
  return defineSampler('random', {}, () => ({}));
}
