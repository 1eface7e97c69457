import {
  requireInteger,
  requireKnownKeys,
  requireNumber,
  requireObject,
  withDefault,
} from '../../checks.js';
import { commonBandwidth, neighbourBandwidths } from '../models/bandwidths.js';
import { ParzenEstimator } from '../models/parzen.js';
import { defineSampler, manyRule, type Sampler } from '../sampler.js';
import { type Direction, isComplete, lossOf, type Parameters, type Trial } from '../trial.js';

export interface TpeOptions {
  /**
   * Trials at random, before there is anything to learn from.
   *
   * @default 10
   */
  readonly startupTrials?: number | undefined;
  /**
   * The share of the trials that counts as good.
   *
   * @default 0.12
   */
  readonly gamma?: number | undefined;
  /**
   * How many candidates are drawn for each suggestion, at most 2^20.
   *
   * @default 24
   */
  readonly candidates?: number | undefined;
}

/** More good trials than this would blur what is good (Bergstra et al. 2013). */
const mostGood = 25;

const counts = { minimum: 0, maximum: Number.MAX_SAFE_INTEGER };
const shares = { minimum: 0, maximum: 1, minimumExclusive: true, maximumExclusive: true };

/**
 * The tree-structured Parzen estimator (Bergstra et al. 2011): two densities, one of the good trials
 * and one of all others, and of several candidates drawn from the first the one for which their ratio
 * is the greatest, as is then its expected improvement.
 *
 * The densities are joint ones over all parameters, with product kernels (Falkner et al. 2018); the
 * paper has each parameter on its own. The kernels of the good trials are as wide as these lie apart,
 * parameter by parameter; those of the others are all alike. Trials that were pruned, failed or still run are among the
 * others.
 *
 * ```ts
 * const study = new Study({ space, sampler: tpeSampler({ startupTrials: 20 }) });
 * ```
 *
 * @throws ArgumentError
 */
export function tpeSampler(options: TpeOptions = {}): Sampler {
  const keys = ['startupTrials', 'gamma', 'candidates'];
  requireKnownKeys(requireObject(options, 'tpeSampler'), keys, 'tpeSampler');
  const startupTrials = requireInteger(
    withDefault(options.startupTrials, 10),
    'tpeSampler.startupTrials',
    counts,
  );
  const gamma = requireNumber(withDefault(options.gamma, 0.12), 'tpeSampler.gamma', shares);
  const candidates = requireInteger(
    withDefault(options.candidates, 24),
    'tpeSampler.candidates',
    manyRule,
  );
  return defineSampler(
    'tpe',
    { startupTrials, gamma, candidates },
    ({ space, trials, direction, random, fixed }) => {
      const informative = trials.filter(({ state }) => state === 'complete' || state === 'pruned');
      if (informative.length < startupTrials) return {};
      const share = Math.min(Math.ceil(gamma * informative.length), mostGood);
      const { good, others } = split(trials, share, direction);
      const density = new ParzenEstimator(space, good, neighbourBandwidths);
      const densityOfOthers = new ParzenEstimator(space, others, commonBandwidth);
      let best: Parameters = {};
      let bestRatio = -Infinity;
      for (let candidate = 0; candidate < candidates; candidate++) {
        const parameters = space.complete({ ...density.sample(random), ...fixed }, random);
        const ratio = density.logDensity(parameters) - densityOfOthers.logDensity(parameters);
        if (ratio > bestRatio) [best, bestRatio] = [parameters, ratio];
      }
      return best;
    },
  );
}

/** The best of the complete trials, at most `share` of them, and all others. */
function split(trials: readonly Trial[], share: number, direction: Direction) {
  const ranked = trials
    .filter(isComplete)
    .sort((a, b) => lossOf(a.value, direction) - lossOf(b.value, direction) || a.number - b.number);
  const good = new Set<Trial>(ranked.slice(0, share));
  return {
    good: [...good].map(({ parameters }) => parameters),
    others: trials.filter((trial) => !good.has(trial)).map(({ parameters }) => parameters),
  };
}
