import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { isObject } from '../builtins.js';
import { optionalFunction } from '../checks.js';
import { StateError } from '../errors.js';
import type { JsonObject, JsonValue } from '../model/json.js';
import type { StudyEvent, TrialEvent } from './events.js';
import { type JournalReader, strategyLine } from './journalFormat.js';
import { OneRun } from './oneRun.js';
import { OpenTrial } from './openTrial.js';
import type { Outcome } from './outcome.js';
import type { Pruner } from './pruner.js';
import { placed } from './replay.js';
import { type Objective, runStudy, type WantedTrials } from './runner.js';
import type { RunOptions } from './runOptions.js';
import type { Sampler } from './sampler.js';
import type { SearchSpace } from './searchSpace.js';
import type { Space, Values } from './space.js';
import type { StudyStorage } from './storage/storage.js';
import { StudyLog } from './storage/studyLog.js';
import { StudyListener } from './studyListener.js';
import type { StudyOptions } from './studyOptions.js';
import { StudyState } from './studyState.js';
import {
  bestOf,
  type CompleteTrial,
  type Direction,
  type Parameters,
  type Trial,
} from './trial.js';
import { WorkerWatch } from './workerWatch.js';

/** A trial of a study that several processes share: what ends it is a promise. */
export type SharedTrial<S extends Space = Space> = OpenTrial<S, Promise<Trial>>;

/** How a worker and those who watch it deal with time, in milliseconds. */
export interface SharedTiming {
  /** After so long without a sign of life, a worker is gone. */
  readonly term: number;
  /** How often whoever has nothing to do looks for what others have left. */
  readonly poll: number;
  /** For so long a server that does not answer is tried again. */
  readonly patience: number;
}

export const usualTiming: SharedTiming = { term: 10_000, poll: 1000, patience: 60_000 };

/** What a shared study stands on; made by `openStudy`. */
export interface SharedParts<S extends Space> {
  readonly storage: StudyStorage;
  readonly reader: JournalReader;
  readonly space: SearchSpace<S>;
  readonly checkpoints: string | undefined;
  readonly timing: SharedTiming;
}

/**
 * A study that any number of processes and machines work on at the same time. Its log lies in a database or in a
 * file that all of them append to; each of them replays it in the same order, so that a number is given once
 * and all know the same trials.
 *
 * What goes over the network is asynchronous: `ask`, `restart`, `enqueue`, `tell`, `setContext`, and what ends a
 * trial. `report` and `setAttribute` count at once in this process and are written behind its back, in their
 * order and before the end of their trial. What others do is seen with the next `ask`, `tell` or `refresh`.
 */
export class SharedStudy<S extends Space = Space> {
  /** @internal */
  readonly listener: StudyListener;
  /** @internal Where the trainings of its trials keep their checkpoints. */
  readonly checkpoints: string | undefined;
  readonly #worker = randomBytes(8).toString('hex');
  readonly #state: StudyState<S>;
  readonly #storage: StudyStorage;
  readonly #reader: JournalReader;
  readonly #log: StudyLog;
  readonly #watch: WorkerWatch;
  readonly #timing: SharedTiming;
  readonly #abandoned = new Set<number>();
  /** Lines that count here already, and that are still to be read in the log. */
  readonly #ahead = new Set<string>();
  #pending: string[] = [];
  #isToldOfEvents = false;
  readonly #oneRun = new OneRun('a second run of the same study in one process');
  #isClosed = false;
  #heart: NodeJS.Timeout | undefined;
  #lookedAt = Number.NEGATIVE_INFINITY;

  /** @internal Made by `openStudy`. */
  constructor(options: StudyOptions<S>, parts: SharedParts<S>) {
    if (!isObject(parts)) {
      throw new StateError({
        path: 'storage',
        expected: 'a storage that is open',
        received: 'none',
        remedy: 'Use `openStudy(address, options)`.',
      });
    }
    this.#state = new StudyState(options, parts.space);
    this.listener = new StudyListener(
      optionalFunction(options.onEvent, 'onEvent') as StudyOptions<S>['onEvent'],
    );
    this.checkpoints = parts.checkpoints;
    this.#storage = parts.storage;
    this.#reader = parts.reader;
    this.#timing = parts.timing;
    this.#watch = new WorkerWatch(parts.timing.term);
    this.#log = new StudyLog(parts.storage, (line) => this.#read(line), parts.timing.patience);
  }

  /** @internal Reads the log, and begins to give signs of life. */
  async begin(): Promise<void> {
    await this.#log.exclusive(async () => {
      await this.#log.refresh();
      const strategy = strategyLine(this.#state).trimEnd();
      if (`${strategy}\n` !== this.#reader.contents().strategy) await this.#log.append([strategy]);
      await this.#storage.beat(this.#worker);
      await this.#look();
    });
    this.#isToldOfEvents = true;
    const beat = () => void this.#storage.beat(this.#worker).catch(() => {});
    this.#heart = setInterval(beat, this.#timing.term / 5).unref();
  }

  /** What is searched. */
  get space(): SearchSpace<S> {
    return this.#state.space;
  }

  /** Who suggests the parameters of trials. */
  get sampler(): Sampler {
    return this.#state.sampler;
  }

  /** Who says which trials are not worth their further epochs. */
  get pruner(): Pruner {
    return this.#state.pruner;
  }

  /** What every random choice follows from. */
  get seed(): number {
    return this.#state.seed;
  }

  /** Which values are good. Until that is settled, `'minimize'`. */
  get direction(): Direction {
    return this.#state.direction;
  }

  /** What the trials are of; null while nobody has said it. */
  get context(): JsonObject | null {
    return this.#state.context;
  }

  /** Where it lies, without passwords. */
  get path(): string {
    return this.#storage.shown;
  }

  /** All that are known here, in the order of their numbers. */
  get trials(): readonly Trial[] {
    return [...this.#state.history.trials];
  }

  /** The complete trial with the best value (the first of several), or null while there is none. */
  get best(): CompleteTrial | null {
    return bestOf(this.#state.history.trials, this.direction);
  }

  /** The numbers of the trials whose process has ended, or was given up: as of the last `refresh` or `ask`. */
  get interrupted(): readonly number[] {
    const { history } = this.#state;
    return history.trials
      .filter(({ number, state }) => state === 'running' && this.#isFree(number))
      .map(({ number }) => number);
  }

  /** Reads what others have done, and who of them is alive. */
  async refresh(): Promise<void> {
    await this.#inOrder(() => this.#look());
  }

  /**
   * Begins a trial, with a number that nobody else has. Where another process was faster, the sampler is asked
   * again, with what that one tries.
   *
   * @param fixed values by path that the sampler has no say in.
   * @returns null when the sampler has nothing left to try.
   * @throws ArgumentError for values that are not in the space; what the sampler or `onEvent` throws; errors of the
   * connection, where the server cannot be reached for a minute.
   */
  async ask(fixed: Parameters = {}): Promise<SharedTrial<S> | null> {
    this.listener.throwFailure();
    return await this.#ask(fixed, Number.POSITIVE_INFINITY);
  }

  /**
   * Begins a trial anew that nobody runs any more: the same number, the same parameters.
   *
   * @returns null when somebody else was faster.
   * @throws StateError when there is none with this number.
   */
  async restart(number: number): Promise<SharedTrial<S> | null> {
    this.listener.throwFailure();
    this.#state.trial(number);
    return await this.#inOrder(async () => {
      const { history } = this.#state;
      while (history.trials[number]?.state === 'running' && this.#isFree(number)) {
        const before = history.workerOf(number);
        const event = { ...this.#state.restartOf(number), worker: this.#worker };
        if (!(await this.#log.appendNext([JSON.stringify(event)]))) continue;
        this.#abandoned.delete(number);
        await this.#forget(before);
        return new OpenTrial<S, Promise<Trial>>(this, number);
      }
      return null;
    });
  }

  /** See `Study.enqueue`. */
  async enqueue(parameters: Parameters): Promise<void> {
    const event = this.#state.enqueuedOf(parameters);
    await this.#inOrder(() => this.#log.append([JSON.stringify(event)]));
  }

  /** See `Study.setContext`. */
  async setContext(context: JsonObject): Promise<void> {
    const event = this.#state.history.admit(this.#state.descriptionOf(context), 'event');
    await this.#inOrder(() => this.#log.append([JSON.stringify(event)]));
  }

  /**
   * Runs trials until the study has so many, those of all processes counted, and those first that were
   * interrupted. It ends when all trials have: as long as others run, one of them may be left to this process.
   *
   * @returns this study.
   * @throws as `Study.run`; errors of the connection.
   */
  async run(objective: Objective<S>, options: RunOptions): Promise<this> {
    await this.#oneRun.during(() => runStudy(this, objective, options));
    return this;
  }

  /** See `Study.report`. It counts at once, and is written soon. */
  report(number: number, step: number, value: number): void {
    this.#ofOwn(this.#state.reportOf(number, step, value));
  }

  /** See `Study.setAttribute`. It counts at once, and is written soon. */
  setAttribute(number: number, name: string, value: JsonValue): void {
    this.#ofOwn(this.#state.noteOf(number, name, value));
  }

  /** See `Study.shouldPrune`: by what is known here. */
  shouldPrune(number: number): boolean {
    return this.#state.shouldPrune(number);
  }

  /**
   * Ends a trial of this process.
   *
   * @throws ArgumentError for what is no outcome; StateError when it has ended already, or when another process
   * has taken it up meanwhile.
   */
  async tell(number: number, outcome: Outcome): Promise<Trial> {
    const end = { ...this.#state.endOf(number, outcome), worker: this.#worker };
    return await this.#inOrder(async () => {
      this.#requireOwn(number);
      const event = this.#state.history.admit(end, 'event');
      await this.#log.append([JSON.stringify(event)]);
      this.#requireOwn(number);
      return this.#state.trial(number);
    });
  }

  /** @internal See `Study.settleDirection`. */
  settleDirection(direction: Direction, monitor: string): void {
    const event = this.#state.directionTo(direction);
    if (event !== null) this.#takeAhead(event);
    this.#state.requireDirection(direction, monitor);
  }

  /** @internal Leaves a trial that has not ended to whoever restarts it. */
  abandon(number: number): void {
    this.#abandoned.add(number);
  }

  /** @internal */
  hasLost(number: number): boolean {
    return this.#state.history.workerOf(number) !== this.#worker;
  }

  /** @throws StateError when there is none with this number. */
  trial(number: number): Trial {
    return this.#state.trial(number);
  }

  /** The values of a trial, nested as the space is. */
  valuesOf(trial: Trial): Values<S> {
    return this.#state.valuesOf(trial);
  }

  /** @internal The next trial that a run takes: see `runStudy`. */
  async next({ trials, deadline, signal }: WantedTrials): Promise<SharedTrial<S> | null> {
    for (;;) {
      if (signal.aborted || performance.now() >= deadline) return null;
      const trial = (await this.#takeUp()) ?? (await this.#ask({}, trials));
      if (trial !== null) return trial;
      if (!this.#isRunElsewhere()) return null;
      const wait = Math.min(this.#timing.poll, Math.max(0, deadline - performance.now()));
      await delay(wait, undefined, { signal }).catch(() => {});
      await this.refresh();
    }
  }

  /** Writes what is still to be written, and gives no more signs of life. Trials that run are left to others. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearInterval(this.#heart);
    try {
      await this.#log.exclusive(() => this.#flush());
      await this.#storage.leave(this.#worker);
    } finally {
      await this.#storage.close();
      this.listener.warnOfFailure();
    }
  }

  #ask(fixed: Parameters, limit: number): Promise<SharedTrial<S> | null> {
    return this.#inOrder(async () => {
      const { trials } = this.#state.history;
      for (let lost = 0; trials.length < limit; lost++) {
        const beginning = this.#state.beginning(fixed);
        if (beginning === null) return null;
        const { number } = beginning;
        const event = this.#state.history.admit({ ...beginning, worker: this.#worker }, 'event');
        while (trials.length === number) {
          // Reports of others do not change what is tried.
          if (!(await this.#log.appendNext([JSON.stringify(event)]))) continue;
          return new OpenTrial<S, Promise<Trial>>(this, number);
        }
        // Those who ask at the same time let each other go first.
        await delay(Math.random() * Math.min(2 ** lost, 64));
        await this.#log.refresh();
      }
      return null;
    });
  }

  /** The first trial that somebody else has left, if any. */
  async #takeUp(): Promise<SharedTrial<S> | null> {
    if (performance.now() - this.#lookedAt >= this.#timing.poll) await this.refresh();
    for (const number of this.interrupted) {
      const trial = await this.restart(number);
      if (trial !== null) return trial;
    }
    return null;
  }

  #isRunElsewhere(): boolean {
    const { history } = this.#state;
    return history.trials.some(
      ({ number, state }) => state === 'running' && history.workerOf(number) !== this.#worker,
    );
  }

  /** Whether nobody runs a trial that has not ended. */
  #isFree(number: number): boolean {
    const worker = this.#state.history.workerOf(number);
    if (worker === this.#worker) return this.#abandoned.has(number);
    return worker === undefined || this.#watch.isGone(worker);
  }

  /** Does something with what is written and read up to now, and alone. */
  #inOrder<Result>(action: () => Promise<Result>): Promise<Result> {
    return this.#log.exclusive(async () => {
      this.#requireOpen();
      await this.#flush();
      await this.#log.refresh();
      return await action();
    });
  }

  async #look(): Promise<void> {
    this.#watch.look(await this.#log.patiently(() => this.#storage.beats()));
    this.#lookedAt = performance.now();
  }

  /** A worker that is gone, once nothing is left of it. */
  async #forget(worker: string | undefined): Promise<void> {
    if (worker === undefined || worker === this.#worker) return;
    const { history } = this.#state;
    const hasMore = history.trials.some(
      ({ number, state }) => state === 'running' && history.workerOf(number) === worker,
    );
    // It only takes room.
    if (!hasMore) await this.#storage.leave(worker).catch(() => {});
  }

  /** What happens to a trial of this process on its way: nobody else can come in between. */
  #ofOwn(given: TrialEvent): void {
    this.#requireOpen();
    this.#requireOwn(given.number);
    this.#takeAhead(this.#state.history.admit({ ...given, worker: this.#worker }, 'event'));
  }

  #takeAhead(event: StudyEvent): void {
    const line = JSON.stringify(event);
    this.#ahead.add(line);
    this.#pending.push(line);
    this.#state.take(event);
    this.listener.tell(event);
    // When it fails, the next call that waits tries again, and fails with that.
    if (this.#pending.length === 1) this.#log.exclusive(() => this.#flush()).catch(() => {});
  }

  async #flush(): Promise<void> {
    if (this.#pending.length === 0) return;
    const lines = this.#pending;
    this.#pending = [];
    try {
      await this.#log.append(lines);
    } catch (error) {
      this.#pending = [...lines, ...this.#pending];
      throw error;
    }
  }

  #read(line: string): void {
    this.#reader.take(Buffer.from(line));
    const located = this.#reader.drain();
    // What has happened here has happened already.
    if (this.#ahead.delete(line)) return;
    for (const { event: given, ...source } of located) {
      if (this.#state.history.isStale(given)) continue;
      let event: StudyEvent;
      try {
        event = this.#state.history.admit(given, 'event');
      } catch (error) {
        throw placed(error, source);
      }
      this.#state.take(event);
      if (event.type === 'finished') this.#abandoned.delete(event.number);
      if (this.#isToldOfEvents) this.listener.tell(event);
    }
  }

  #requireOwn(number: number): void {
    this.#state.trial(number);
    if (!this.hasLost(number)) return;
    throw new StateError({
      path: `trials[${number}]`,
      expected: 'a trial that this process runs',
      received: 'one that another process has taken up',
      remedy: `A process that gives no sign of life for ${this.#timing.term / 1000} s is taken for dead. What it has found out about the trial does not count any more.`,
    });
  }

  #requireOpen(): void {
    if (!this.#isClosed) return;
    throw new StateError({
      path: this.path,
      expected: 'an open study',
      received: 'one that is closed',
      remedy: 'Close the study when its last trial has ended.',
    });
  }
}
