import {
  describeValue,
  requireKnownKeys,
  requireNumber,
  requireObject,
  withDefault,
} from '../../checks.js';
import { ArgumentError } from '../../errors.js';
import { quantileOf } from '../../statistics.js';
import type { Pruner, PrunerContext } from '../pruner.js';
import { isComplete } from '../trial.js';
import { summaryUntil } from './curve.js';
import { definePruner } from './definition.js';
import { isDue, type PrunerTiming, resolveTiming, timingKeys } from './timing.js';

/**
 * What a trial is compared with: the mean of what each complete trial had reported up to the same
 * step (lenient, as losses fall), or the last value of that (strict).
 */
export type CurveSummary = (typeof summaries)[number];

const summaries = ['average', 'value'] as const;

export interface PercentilePrunerOptions extends PrunerTiming {
  /**
   * Of the complete trials, how many percent a trial may be among: from 0 to 100.
   *
   * @default 25
   */
  readonly percentile?: number | undefined;
  /**
   * What of the others a trial is compared with.
   *
   * @default `'average'`
   */
  readonly compareWith?: CurveSummary | undefined;
}

/**
 * Stops a trial whose best value so far is worse than this percentile of the complete trials at the
 * same step. 25 asks a trial to keep up with the best quarter; 50 is the median rule.
 *
 * Default of `startupTrials`: 5.
 *
 * ```ts
 * const study = new Study({ space, pruner: percentilePruner({ percentile: 25 }) });
 * ```
 *
 * @throws ArgumentError
 */
export function percentilePruner(options: PercentilePrunerOptions = {}): Pruner {
  requireKnownKeys(
    requireObject(options, 'percentilePruner'),
    ['percentile', 'compareWith', ...timingKeys],
    '',
  );
  const percentile = requireNumber(withDefault(options.percentile, 25), 'percentile', percentRule);
  return keepUpPruner('percentile', percentile, options, { percentile });
}

/** The rule with a percentile that may be fixed, then it is no option. */
export function keepUpPruner(
  name: string,
  percentile: number,
  options: Omit<PercentilePrunerOptions, 'percentile'>,
  shown: { readonly percentile?: number } = {},
): Pruner {
  const timing = resolveTiming(options, 5);
  const compareWith = requireSummary(withDefault(options.compareWith, 'average'));
  return definePruner(name, { ...shown, compareWith, ...timing }, (context, { step }) => {
    if (!isDue(context, timing)) return false;
    const others = lossesOfComplete(context, step, compareWith);
    if (others.length === 0) return false;
    const { best } = summaryUntil(context.trial, context.direction, step);
    return best > quantileOf(others, percentile / 100);
  });
}

const percentRule = { minimum: 0, maximum: 100 };

function requireSummary(value: unknown): CurveSummary {
  const summary = summaries.find((name) => name === value);
  if (summary !== undefined) return summary;
  throw new ArgumentError({
    path: 'compareWith',
    expected: "'average' or 'value'",
    received: describeValue(value),
  });
}

/** Ascending. A trial that ended before this step counts with what it had. */
function lossesOfComplete(
  { trials, direction }: PrunerContext,
  step: number,
  compareWith: CurveSummary,
): number[] {
  const losses: number[] = [];
  for (const trial of trials) {
    if (!isComplete(trial)) continue;
    const { count, mean, last } = summaryUntil(trial, direction, step);
    if (count > 0) losses.push(compareWith === 'average' ? mean : last);
  }
  return losses.sort((a, b) => a - b);
}
