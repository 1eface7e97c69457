import { setImmediate as nextTurn } from 'node:timers/promises';
import { isInstance, messageOf } from '../builtins.js';
import { describeValue } from '../checks.js';
import { ArgumentError, DivergenceError, StateError } from '../errors.js';
import { Listener } from '../listener.js';
import { anySignal } from '../signals.js';
import type { OpenTrial } from './openTrial.js';
import { RunningTrial } from './runningTrial.js';
import { type ResolvedRun, type RunOptions, resolveRun } from './runOptions.js';
import type { Space } from './space.js';
import type { StudyListener } from './studyListener.js';
import type { Trial } from './trial.js';
import { TrialPruned } from './trialFit.js';
import { removeTrialFolder, trialFolder } from './trialStore.js';

/** What an objective gives: the number that is made small, or large. */
export type ObjectiveResult = number | { readonly value: number };

/**
 * Tries the values of a trial. An error that it throws makes the trial a failed one, `TrialPruned` a
 * pruned one; neither ends the search.
 */
export type Objective<S extends Space = Space> = (
  trial: RunningTrial<S>,
) => ObjectiveResult | Promise<ObjectiveResult>;

/** What a run asks of the study whose trials it runs. */
interface RunnableStudy<S extends Space> {
  readonly listener: StudyListener;
  readonly trials: readonly Trial[];
  /** Numbers of the trials that somebody else has begun and not ended. */
  readonly interrupted: readonly number[];
  /** Where checkpoints of trials are kept; undefined without a journal. */
  readonly checkpoints?: string | undefined;
  ask(): OpenTrial<S> | null;
  restart(number: number): OpenTrial<S>;
  abandon(number: number): void;
}

/** How many trials a study is to have, and when nobody waits for them any more. */
export interface WantedTrials {
  readonly trials: number;
  /** By `performance.now()`. */
  readonly deadline: number;
  readonly signal: AbortSignal;
}

/** A trial in the hands of a run: what ends it may take the time that a network does. */
type HeldTrial<S extends Space> = OpenTrial<S, Trial | Promise<Trial>>;

/** A study whose trials other processes run too: it says itself which one comes next. */
interface SharedRunnableStudy<S extends Space>
  extends Omit<RunnableStudy<S>, 'ask' | 'restart' | 'interrupted'> {
  /** Waits for what others run, as it may be left to this process; null when nothing more is to come. */
  next(wanted: WantedTrials): Promise<HeldTrial<S> | null>;
  /** Whether somebody else has taken up a trial that this process ran. */
  hasLost(number: number): boolean;
}

/** See `Study.run`. */
export async function runStudy<S extends Space>(
  study: RunnableStudy<S> | SharedRunnableStudy<S>,
  objective: Objective<S>,
  options: RunOptions,
): Promise<void> {
  if (typeof objective !== 'function') {
    throw new ArgumentError({
      path: 'objective',
      expected: 'a function that takes a trial',
      received: describeValue(objective),
    });
  }
  await new Runner(study, objective, resolveRun(options)).run();
}

/** One call of `run`: some workers that take trials until there are none left. */
class Runner<S extends Space> {
  /** Ends the trials that run, when one worker has met an error that ends the search. */
  readonly #controller = new AbortController();
  readonly #signal: AbortSignal;
  readonly #waiting: number[];
  readonly #deadline: number;
  readonly #onTrial: Listener<Trial>;
  #fatal: { readonly error: unknown } | null = null;
  #hasSucceeded = false;
  #failures = 0;

  readonly #study: RunnableStudy<S> | SharedRunnableStudy<S>;
  readonly #objective: Objective<S>;
  readonly #options: ResolvedRun;

  constructor(
    study: RunnableStudy<S> | SharedRunnableStudy<S>,
    objective: Objective<S>,
    options: ResolvedRun,
  ) {
    this.#study = study;
    this.#objective = objective;
    this.#options = options;

    const { signal, timeLimit } = options;
    const { signal: ended } = this.#controller;
    this.#signal = signal ? anySignal(signal, ended) : ended;
    this.#waiting = 'next' in study ? [] : [...study.interrupted];
    this.#deadline = performance.now() + 1000 * timeLimit;
    this.#onTrial = new Listener(options.onTrial, (error) => this.#end(error));
  }

  async run(): Promise<void> {
    this.#options.signal?.throwIfAborted();
    const { listener } = this.#study;
    // What it failed with before is nobody's fault here, and yet nobody has heard of it.
    listener.throwFailure();
    listener.endRunBy((error) => this.#end(error));
    try {
      await Promise.all(this.#shares().map((threads) => this.#work(threads)));
      if (!this.#signal.aborted) await this.#settled();
    } finally {
      listener.endRunBy(null);
    }
    if (this.#fatal) throw this.#fatal.error;
    this.#options.signal?.throwIfAborted();
  }

  /** Waits for listeners that are asynchronous, unless the signal ends that too. */
  async #settled(): Promise<void> {
    const listeners = Promise.all([this.#study.listener.settled(), this.#onTrial.settled()]);
    let stopWaiting = (): void => {};
    const aborted = new Promise<void>((resolve) => {
      stopWaiting = resolve;
    });
    this.#signal.addEventListener('abort', stopWaiting, { once: true });
    try {
      await Promise.race([listeners, aborted]);
    } finally {
      // A signal that somebody listens to is never collected, nor what listens: here, the study.
      this.#signal.removeEventListener('abort', stopWaiting);
    }
  }

  /** The first error that ends the search counts; the trials that run are aborted. */
  #end(error: unknown): void {
    this.#fatal ??= { error };
    this.#controller.abort(error);
  }

  /** The threads of each worker. No more workers than there are trials to run. */
  #shares(): number[] {
    const { parallel, threads, trials } = this.#options;
    const wanted = this.#waiting.length + Math.max(0, trials - this.#study.trials.length);
    const workers = Math.min(parallel, wanted);
    return Array.from({ length: workers }, (_, worker) => {
      const share = Math.floor(threads / workers) + (worker < threads % workers ? 1 : 0);
      return Math.max(1, share);
    });
  }

  async #work(threads: number): Promise<void> {
    try {
      for (;;) {
        // An objective that never waits must not keep signals and timers from being heard.
        await nextTurn();
        const trial = await this.#next();
        if (trial === null) return;
        // A listener may have ended the search when it was told of the beginning.
        if (this.#signal.aborted) return this.#study.abandon(trial.number);
        await this.#runTrial(trial, threads);
      }
    } catch (error) {
      this.#end(error);
    }
  }

  #next(): HeldTrial<S> | null | Promise<HeldTrial<S> | null> {
    if (this.#signal.aborted || performance.now() >= this.#deadline) return null;
    const study = this.#study;
    if ('next' in study) {
      const { trials } = this.#options;
      return study.next({ trials, deadline: this.#deadline, signal: this.#signal });
    }
    const number = this.#waiting.shift();
    if (number !== undefined) return study.restart(number);
    return study.trials.length < this.#options.trials ? study.ask() : null;
  }

  async #runTrial(trial: HeldTrial<S>, threads: number): Promise<void> {
    try {
      await this.#tryTrial(trial, threads);
    } catch (error) {
      // Whoever has taken it up ends it.
      if (!this.#hasLost(trial)) throw error;
    }
  }

  async #tryTrial(trial: HeldTrial<S>, threads: number): Promise<void> {
    const folder = trialFolder(this.#study.checkpoints, trial.number);
    let value: number;
    try {
      const end = (error: unknown) => this.#end(error);
      const running = new RunningTrial(trial, threads, this.#signal, end, folder);
      value = numberOf(await this.#objective(running));
    } catch (error) {
      await this.#endWithError(trial, error);
      if (trial.record.state !== 'running') await removeTrialFolder(folder);
      return;
    }
    this.#onTrial.tell(await trial.complete(value));
    this.#hasSucceeded = true;
    await removeTrialFolder(folder);
  }

  #hasLost({ number }: HeldTrial<S>): boolean {
    return 'hasLost' in this.#study && this.#study.hasLost(number);
  }

  async #endWithError(trial: HeldTrial<S>, error: unknown): Promise<void> {
    if (this.#hasLost(trial)) return;
    if (isInstance(error, TrialPruned)) {
      this.#onTrial.tell(await trial.prune());
      this.#hasSucceeded = true;
    } else if (this.#signal.aborted) {
      // It did not fail by itself: whoever goes on with the study runs it again.
      this.#study.abandon(trial.number);
    } else {
      this.#onTrial.tell(await trial.fail(error));
      this.#countFailure(error);
    }
  }

  /** When all fail from the first one on, it is not the parameters that are wrong. */
  #countFailure(error: unknown): void {
    // A training that diverges says something about its parameters.
    if (isInstance(error, DivergenceError)) this.#hasSucceeded = true;
    this.#failures++;
    const { failureLimit } = this.#options;
    if (this.#hasSucceeded || this.#failures < failureLimit) return;
    throw new StateError(
      {
        path: 'objective',
        expected: `one of the first ${failureLimit} trials to succeed`,
        received: `only failures, the last of them: ${messageOf(error)}`,
        remedy: 'Correct the objective, or raise failureLimit.',
      },
      { cause: error },
    );
  }
}

/** @throws ArgumentError for what is no result. */
function numberOf(result: unknown): number {
  const isObject = typeof result === 'object' && result !== null;
  const value: unknown = isObject && 'value' in result ? result.value : result;
  if (typeof value === 'number') return value;
  throw new ArgumentError({
    path: 'objective',
    expected: 'a number, or an object with the number as value',
    received: describeValue(result),
  });
}
