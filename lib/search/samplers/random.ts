import { defineSampler, type Sampler } from '../sampler.js';

/** Each parameter on its own, uniformly on its scale (Bergstra and Bengio 2012). */
export function randomSampler(): Sampler {
  return defineSampler('random', {}, () => ({}));
}
