import { countRule, isPlainObject, requireInteger } from '../../checks.js';
import type { Pruner } from '../pruner.js';
import type { Trial } from '../trial.js';
import { definePruner } from './definition.js';
import { falls, resolveHalving } from './successiveHalving.js';

export interface HyperbandOptions {
  /** Steps of a trial that runs to its end: the epochs. */
  readonly maxSteps: number;
  /**
   * The step of the first rung of the most eager bracket, 1 or more.
   *
   * @default 1
   */
  readonly minSteps?: number | undefined;
  /**
   * η, as of `successiveHalvingPruner`.
   *
   * @default 3
   */
  readonly reductionFactor?: number | undefined;
  /**
   * Trials of its bracket that have to have come to a rung before any is stopped there.
   *
   * @default 0
   */
  readonly startupTrials?: number | undefined;
}

/** Trials that are judged among themselves. */
export interface Bracket {
  /** The step of its first rung. */
  readonly minSteps: number;
  /** The share of all trials that it gets. */
  readonly share: number;
}

/**
 * Several successive halvings side by side, as nobody knows how early a curve tells how it ends: from
 * a bracket of many trials that begins to stop them at `minSteps`, to one of few that stops none. The
 * number of a trial decides on its bracket; trials are compared within their bracket only.
 *
 * Source: Li et al., Hyperband: A Novel Bandit-Based Approach to Hyperparameter Optimization (2017),
 * with asynchronous brackets as in `successiveHalvingPruner`.
 *
 * ```ts
 * const study = new Study({ space, pruner: hyperbandPruner({ maxSteps: 81 }) });
 * ```
 *
 * @throws ArgumentError
 */
export function hyperbandPruner(options: HyperbandOptions): Pruner {
  const maxSteps = requireInteger(
    isPlainObject(options) && options.maxSteps,
    'maxSteps',
    countRule,
  );
  const rule = resolveHalving(options, 3);
  const brackets = bracketsOf(rule.minSteps, maxSteps, rule.reductionFactor);
  return definePruner('hyperband', { ...rule }, (context) => {
    const bracket = bracketOfTrial(context.trial.number, brackets);
    const isRival = ({ number }: Trial) => bracketOfTrial(number, brackets) === bracket;
    return falls(context, { ...rule, minSteps: bracket.minSteps }, isRival);
  });
}

/** The most eager first. Shares are as the numbers of trials in the algorithm 1 of the paper. */
export function bracketsOf(minSteps: number, maxSteps: number, factor: number): Bracket[] {
  const firstRungs = [];
  for (let step = minSteps; step <= maxSteps; step *= factor) firstRungs.push(step);
  const counts = firstRungs.map((_, index) => {
    const halvings = firstRungs.length - 1 - index;
    return Math.ceil((firstRungs.length * factor ** halvings) / (halvings + 1));
  });
  const total = counts.reduce((sum, count) => sum + count, 0);
  return firstRungs.map((step, index) => ({ minSteps: step, share: (counts[index] ?? 0) / total }));
}

/** Multiples of the golden ratio, modulo 1: any run of trials spreads over the brackets evenly. */
export function bracketOfTrial(number: number, brackets: readonly Bracket[]): Bracket {
  let rest = (number * goldenRatio) % 1;
  for (const bracket of brackets) {
    if (rest < bracket.share) return bracket;
    rest -= bracket.share;
  }
  return brackets[brackets.length - 1] as Bracket;
}

const goldenRatio = (1 + Math.sqrt(5)) / 2;
