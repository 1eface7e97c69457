import { requireKnownKeys, requireObject } from '../../checks.js';
import type { Pruner } from '../pruner.js';
import { keepUpPruner, type PercentilePrunerOptions } from './percentile.js';
import { timingKeys } from './timing.js';

export type MedianPrunerOptions = Omit<PercentilePrunerOptions, 'percentile'>;

/**
 * The median stopping rule: stops a trial whose best value so far is worse than the median, over the
 * complete trials, of the mean of their values up to the same step. With `compareWith: 'value'` the
 * median of their values at that step, which stops more.
 *
 * Default of `startupTrials`: 5.
 *
 * Source: Golovin et al., Google Vizier: A Service for Black-Box Optimization (2017).
 *
 * ```ts
 * const study = new Study({ space, pruner: medianPruner({ startupTrials: 10 }) });
 * ```
 *
 * @throws ArgumentError
 */
export function medianPruner(options: MedianPrunerOptions = {}): Pruner {
  requireKnownKeys(requireObject(options, 'medianPruner'), ['compareWith', ...timingKeys], '');
  return keepUpPruner('median', 50, options);
}
