import { countRule, requireInteger, withDefault } from '../../checks.js';
import type { PrunerContext } from '../pruner.js';
import { isComplete, type Trial } from '../trial.js';

/** When a pruner may stop a trial. What has become NaN or infinite is stopped at any time. */
export interface PrunerTiming {
  /**
   * Trials that have to be complete before any is stopped.
   *
   * @default 5; 0 of `patientPruner`
   */
  readonly startupTrials?: number | undefined;
  /**
   * No trial is stopped at a step below this one.
   *
   * @default 0
   */
  readonly warmupSteps?: number | undefined;
  /**
   * From `warmupSteps` on, a trial is judged once in so many steps.
   *
   * @default 1
   */
  readonly intervalSteps?: number | undefined;
}

export type ResolvedTiming = {
  readonly [Key in keyof PrunerTiming]-?: number;
};

export const timingKeys = ['startupTrials', 'warmupSteps', 'intervalSteps'];

/** From 0, for what may also be left out. */
export const naturalRule = { minimum: 0, maximum: Number.MAX_SAFE_INTEGER } as const;

/** @throws ArgumentError */
export function resolveTiming(options: PrunerTiming, startupTrials: number): ResolvedTiming {
  const integer = (name: keyof PrunerTiming, fallback: number, rule: typeof naturalRule) =>
    requireInteger(withDefault(options[name], fallback), name, rule);
  return {
    startupTrials: integer('startupTrials', startupTrials, naturalRule),
    warmupSteps: integer('warmupSteps', 0, naturalRule),
    intervalSteps: requireInteger(
      withDefault(options.intervalSteps, 1),
      'intervalSteps',
      countRule,
    ),
  };
}

function hasComplete(trials: readonly Trial[], count: number): boolean {
  let complete = 0;
  for (const trial of trials) {
    if (complete >= count) break;
    if (isComplete(trial)) complete++;
  }
  return complete >= count;
}

/** Whether a trial may be stopped for its last report. */
export function isDue({ trial, trials }: PrunerContext, timing: ResolvedTiming): boolean {
  const { startupTrials, warmupSteps, intervalSteps } = timing;
  const intervalOf = (step: number) => Math.floor((step - warmupSteps) / intervalSteps);
  const step = trial.reports.at(-1)?.step ?? -1;
  const before = trial.reports.at(-2)?.step ?? -1;
  if (step < warmupSteps) return false;
  // The first report in each interval, as a trial may report every other step only.
  if (before >= warmupSteps && intervalOf(before) === intervalOf(step)) return false;
  return hasComplete(trials, startupTrials);
}
