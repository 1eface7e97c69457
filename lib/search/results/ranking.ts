import { countRule, requireInteger } from '../../checks.js';
import type { SearchSpace } from '../searchSpace.js';
import { type CompleteTrial, type Direction, isComplete, lossOf, type Trial } from '../trial.js';
import { requireStudy } from '../trialCheck.js';

/** What results are read from: a study, open or read from its journal. */
export interface StudyRecord {
  readonly space: SearchSpace;
  readonly trials: readonly Trial[];
  readonly direction: Direction;
}

/**
 * The complete trials with the best values, the best first; of equal ones the older.
 *
 * ```ts
 * for (const { number, value, parameters } of topTrials(study, 5)) console.log(number, value, parameters);
 * ```
 *
 * @param count 1 or more; fewer are given when there are fewer.
 * @throws ArgumentError
 */
export function topTrials(
  study: Pick<StudyRecord, 'trials' | 'direction'>,
  count: number,
): CompleteTrial[] {
  requireStudy(study, ['trials', 'direction']);
  requireInteger(count, 'count', countRule);
  return ranked(study).slice(0, count);
}

/** All complete trials, the best first. */
export function ranked({
  trials,
  direction,
}: Pick<StudyRecord, 'trials' | 'direction'>): CompleteTrial[] {
  const loss = (trial: CompleteTrial) => lossOf(trial.value, direction);
  return trials.filter(isComplete).sort((a, b) => loss(a) - loss(b));
}
