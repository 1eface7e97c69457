import {
  countRule,
  optionalFunction,
  optionalSignal,
  requireInteger,
  requireKnownKeys,
  requireNumber,
  requireObject,
  withDefault,
} from '../checks.js';
import { info } from '../native.js';
import { threadsRule } from '../network/threads.js';
import type { Trial } from './trial.js';

/** Options of `run`. */
export interface RunOptions {
  /**
   * Trials that the study has in the end, those of earlier runs included. `Infinity`: until the
   * sampler has nothing left, the time is over, or the signal ends it.
   */
  readonly trials: number;
  /**
   * Trials that run at the same time. With more than one, a sampler that learns from earlier trials
   * suggests what follows from those that have ended by then, so that another run may try other values;
   * with 1, the seed decides everything.
   *
   * @default as many as there are threads, at most 8
   */
  readonly parallel?: number | undefined;
  /**
   * Threads of all trials together; each has its share.
   *
   * @default the cores available
   */
  readonly threads?: number | undefined;
  /**
   * No trial begins after so many seconds.
   *
   * @default no limit
   */
  readonly timeLimit?: number | undefined;
  /**
   * The search ends with an error when its first so many trials have all failed, other than by a
   * training that diverged.
   *
   * @default 3
   */
  readonly failureLimit?: number | undefined;
  /**
   * Aborts the trials that run, which are run again when the study goes on; the search then rejects
   * with the reason of the signal.
   *
   * @default none
   */
  readonly signal?: AbortSignal | undefined;
  /**
   * Called with each trial that has ended. It may be asynchronous. What it throws, or rejects with,
   * ends the search, which rejects with it.
   *
   * @default none
   */
  readonly onTrial?: ((trial: Trial) => void) | undefined;
}

export const runKeys = [
  'trials',
  'parallel',
  'threads',
  'timeLimit',
  'failureLimit',
  'signal',
  'onTrial',
] as const;

export interface ResolvedRun {
  readonly trials: number;
  readonly parallel: number;
  readonly threads: number;
  readonly timeLimit: number;
  readonly failureLimit: number;
  readonly signal: AbortSignal | undefined;
  readonly onTrial: ((trial: Trial) => void) | undefined;
}

/** Each trial has its own copy of the data, and a sampler learns only from trials that have ended. */
const mostParallel = 8;

/** More trials than this at the same time is a mistake, not a search. */
export const parallelRule = { minimum: 1, maximum: 1024 } as const;

/** @throws ArgumentError */
export function resolveRun(input: RunOptions): ResolvedRun {
  const options = requireObject(input, 'options');
  requireKnownKeys(options, runKeys, 'options');
  const threads =
    options.threads === undefined
      ? info().threads
      : requireInteger(options.threads, 'threads', threadsRule);
  const parallel = withDefault(options.parallel, Math.min(threads, mostParallel));
  const isEndless = options.trials === Number.POSITIVE_INFINITY;
  return {
    trials: isEndless ? Infinity : requireInteger(options.trials, 'trials', countRule),
    parallel: requireInteger(parallel, 'parallel', parallelRule),
    threads,
    timeLimit:
      options.timeLimit === undefined
        ? Infinity
        : requireNumber(options.timeLimit, 'timeLimit', { minimum: 0 }),
    failureLimit: requireInteger(withDefault(options.failureLimit, 3), 'failureLimit', countRule),
    signal: optionalSignal(options.signal, 'signal'),
    onTrial: optionalFunction(options.onTrial, 'onTrial') as ResolvedRun['onTrial'],
  };
}
