import {
  countRule,
  requireInteger,
  requireKnownKeys,
  requireObject,
  withDefault,
} from '../../checks.js';
import type { Pruner, PrunerContext } from '../pruner.js';
import { type Direction, lossOf, type Report, type Trial } from '../trial.js';
import { firstReportFrom } from './curve.js';
import { definePruner } from './definition.js';
import { naturalRule } from './timing.js';

export interface SuccessiveHalvingOptions {
  /**
   * The step of the first rung: no trial is stopped before. 1 or more.
   *
   * @default 1
   */
  readonly minSteps?: number | undefined;
  /**
   * η: of the trials that have come to a rung the best 1 / η go on, to a rung η times as far. An
   * integer, 2 or more.
   *
   * @default 4
   */
  readonly reductionFactor?: number | undefined;
  /**
   * Steps of a trial that runs to its end, where none is stopped any more.
   *
   * @default unknown
   */
  readonly maxSteps?: number | undefined;
  /**
   * Trials that have to have come to a rung before any is stopped there.
   *
   * @default 0
   */
  readonly startupTrials?: number | undefined;
}

export interface ResolvedHalving {
  readonly minSteps: number;
  readonly reductionFactor: number;
  readonly maxSteps?: number;
  readonly startupTrials: number;
}

/**
 * Asynchronous successive halving (ASHA), in the form that stops: a trial is judged when it comes to a
 * rung (the steps minSteps · η^k), against the value that all others had at that rung, whatever has
 * become of them. The best 1 / η go on; while fewer than η have come there, only the best one. Nobody
 * waits for anybody, so it suits trials that run in parallel.
 *
 * Source: Li et al., A System for Massively Parallel Hyperparameter Tuning (2018); there a trial that
 * is not yet good enough is paused, here it is stopped.
 *
 * ```ts
 * const study = new Study({ space, pruner: successiveHalvingPruner({ minSteps: 2 }) });
 * ```
 *
 * @throws ArgumentError
 */
export function successiveHalvingPruner(options: SuccessiveHalvingOptions = {}): Pruner {
  const rule = resolveHalving(options, 4);
  return definePruner('successiveHalving', { ...rule }, (context) => falls(context, rule));
}

/** @throws ArgumentError */
export function resolveHalving(
  options: SuccessiveHalvingOptions,
  defaultFactor: number,
): ResolvedHalving {
  const known = ['minSteps', 'reductionFactor', 'maxSteps', 'startupTrials'];
  requireKnownKeys(requireObject(options, 'options'), known, '');
  const minSteps = requireInteger(withDefault(options.minSteps, 1), 'minSteps', countRule);
  const factor = withDefault(options.reductionFactor, defaultFactor);
  const longest = { minimum: minSteps, maximum: Number.MAX_SAFE_INTEGER };
  return {
    minSteps,
    reductionFactor: requireInteger(factor, 'reductionFactor', factorRule),
    ...(options.maxSteps !== undefined && {
      maxSteps: requireInteger(options.maxSteps, 'maxSteps', longest),
    }),
    startupTrials: requireInteger(
      withDefault(options.startupTrials, 0),
      'startupTrials',
      naturalRule,
    ),
  };
}

const factorRule = { minimum: 2, maximum: 1000 } as const;

/**
 * Whether a trial is not among the best at one of the rungs that its last report came to, itself and its
 * rivals. Default: all others.
 */
export function falls(
  context: PrunerContext,
  rule: ResolvedHalving,
  isRival: (trial: Trial) => boolean = () => true,
): boolean {
  const rungs = rungsOfLastReport(context.trial, rule);
  if (rungs.length === 0) return false;
  const { number } = context.trial;
  const rivals = context.trials.filter((trial) => trial.number !== number && isRival(trial));
  return rungs.some((rung) => fallsAt(rung, { ...context, trials: rivals }, rule));
}

function rungsOfLastReport({ reports }: Trial, rule: ResolvedHalving): number[] {
  const { minSteps, reductionFactor, maxSteps = Infinity } = rule;
  const step = reports.at(-1)?.step ?? -1;
  const before = reports.at(-2)?.step ?? -1;
  if (step >= maxSteps) return [];
  const rungs = [];
  for (let rung = minSteps; rung <= step; rung *= reductionFactor) {
    if (rung > before) rungs.push(rung);
  }
  return rungs;
}

function fallsAt(
  rung: number,
  { trial, trials, direction }: PrunerContext,
  { reductionFactor, startupTrials }: ResolvedHalving,
): boolean {
  const others = trials.flatMap(({ reports }) => {
    const report = firstReportFrom(reports, rung);
    return report ? [lossOfReport(report, direction)] : [];
  });
  if (others.length < startupTrials) return false;
  const own = lossOfReport(trial.reports.at(-1), direction);
  const better = others.filter((loss) => loss < own).length;
  return better >= Math.max(1, Math.floor((others.length + 1) / reductionFactor));
}

/** What is NaN or infinite is worse than anything. */
function lossOfReport(report: Report | undefined, direction: Direction): number {
  return report === undefined || report.value === null ? Infinity : lossOf(report.value, direction);
}
