import { scrambledSobol, sobolDimensions } from '../numeric/sobol.js';
import { defineSampler, type Sampler } from '../sampler.js';

/**
 * Points of a scrambled Sobol sequence (Sobol 1967, Owen 1995): as good as random ones wherever they
 * stand alone, and together without holes and clusters. A power of two of trials is the most even.
 *
 * There are 128 dimensions with such numbers; further parameters of a space are drawn at random.
 *
 * ```ts
 * const study = new Study({ space, sampler: sobolSampler() });
 * ```
 */
export function sobolSampler(): Sampler {
  return defineSampler('sobol', {}, ({ space, number, seed }) => {
    const dimensions = space.dimensions.slice(0, sobolDimensions);
    const suggested = dimensions.map(({ name, domain }, dimension) => {
      return [name, domain.fromUnit(scrambledSobol(number, dimension, seed))] as const;
    });
    return Object.fromEntries(suggested);
  });
}
