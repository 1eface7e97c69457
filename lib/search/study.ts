import { isObject } from '../builtins.js';
import { optionalFunction, requireKnownKeys, requireObject } from '../checks.js';
import type { JsonObject, JsonValue } from '../model/json.js';
import type { StudyEvent } from './events.js';
import { OneRun } from './oneRun.js';
import { OpenTrial } from './openTrial.js';
import type { Outcome } from './outcome.js';
import type { Pruner } from './pruner.js';
import { type Objective, runStudy } from './runner.js';
import type { RunOptions } from './runOptions.js';
import type { Sampler } from './sampler.js';
import type { SearchSpace } from './searchSpace.js';
import type { Space, Values } from './space.js';
import { StudyListener } from './studyListener.js';
import { requireIterable, type StudyOptions, studyKeys } from './studyOptions.js';
import { StudyState } from './studyState.js';
import {
  bestOf,
  type CompleteTrial,
  type Direction,
  type Parameters,
  type Trial,
} from './trial.js';

/**
 * A search, driven by its user: `ask` for parameters, try them, `tell` how good they were. Several
 * trials may be open at once.
 */
export class Study<S extends Space = Space> {
  /** @internal */
  readonly listener: StudyListener;
  readonly #state: StudyState<S>;
  readonly #abandoned = new Set<number>();
  readonly #oneRun = new OneRun('a second run of the same study');

  /**
   * @param known Left out by callers: the space, where it is that of a journal.
   * @throws ArgumentError, and StateError for events that cannot follow on each other.
   */
  constructor(options: StudyOptions<S>, known?: SearchSpace<S>) {
    requireKnownKeys(requireObject(options, 'options'), [...studyKeys, 'events'], 'options');
    this.#state = new StudyState(options, known);
    this.listener = new StudyListener(
      optionalFunction(options.onEvent, 'onEvent') as StudyOptions<S>['onEvent'],
    );
    let count = 0;
    for (const event of requireIterable(options.events ?? [], 'events')) {
      const path = `events[${count++}]`;
      if (isObject(event) && this.#state.history.isStale(event)) continue;
      this.#take(this.#state.history.admit(event, path));
    }
    for (const { number, state } of this.trials) if (state === 'running') this.abandon(number);
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

  /** What the trials are of, as `setContext` has it; null while nobody has said it. */
  get context(): JsonObject | null {
    return this.#state.context;
  }

  /**
   * Writes down what the trials are of, and what values depend on beside the parameters: the data, the
   * target, the epochs. It replaces what was written down before; to refuse another one, give the
   * option `context` to `openStudy` or `search`.
   *
   * @param context JSON.
   * @throws ArgumentError
   */
  setContext(context: JsonObject): void {
    this.#record(this.#state.descriptionOf(context));
  }

  /** In the order of their numbers: a copy of the list, whose records are those of the study. */
  get trials(): readonly Trial[] {
    return [...this.#state.history.trials];
  }

  /**
   * The numbers of the trials that nobody runs any more, though they have not ended: those that had
   * begun when their process was killed. `restart` takes them up again.
   */
  get interrupted(): readonly number[] {
    return [...this.#abandoned].sort((left, right) => left - right);
  }

  /** The complete trial with the best value (the first of several), or null while there is none. */
  get best(): CompleteTrial | null {
    return bestOf(this.#state.history.trials, this.direction);
  }

  /**
   * Begins a trial.
   *
   * @param fixed values by path that the sampler has no say in: a guess of yours, a known default.
   * @returns null when the sampler has nothing left to try.
   * @throws ArgumentError for values that are not in the space, of yours or of the sampler; what the
   * sampler throws; what `onEvent` has failed with.
   */
  ask(fixed: Parameters = {}): OpenTrial<S> | null {
    this.listener.throwFailure();
    const beginning = this.#state.beginning(fixed);
    if (beginning === null) return null;
    this.#record(beginning);
    return new OpenTrial(this, beginning.number);
  }

  /**
   * Has the next trial that nothing else is asked of try these parameters: a guess of yours, the best of another
   * study. Those that are left out, the sampler chooses. They wait in the order in which they came.
   *
   * ```ts
   * for (const { parameters } of topTrials(before, 5)) study.enqueue(parameters);
   * ```
   *
   * @param parameters values by path.
   * @throws ArgumentError for values that are not in the space.
   */
  enqueue(parameters: Parameters): void {
    this.#record(this.#state.enqueuedOf(parameters));
  }

  /**
   * Begins a trial anew whose process was killed: the same number, the same parameters.
   *
   * @throws StateError when there is none that runs with this number; what `onEvent` has failed with.
   */
  restart(number: number): OpenTrial<S> {
    this.listener.throwFailure();
    this.#record(this.#state.restartOf(number));
    this.#abandoned.delete(number);
    return new OpenTrial(this, number);
  }

  /**
   * Runs trials until the study has so many, several at a time, and those first which are
   * `interrupted`.
   *
   * ```ts
   * await study.run((trial) => trial.fit(build(trial.values), data), { trials: 50 });
   * ```
   *
   * @returns this study.
   * @throws ArgumentError; StateError when the first trials all fail, or the study runs already; what
   * `onTrial`, `onEvent` or the sampler throws; the reason of the signal. All trials have come to rest
   * by then.
   */
  async run(objective: Objective<S>, options: RunOptions): Promise<this> {
    await this.#oneRun.during(() => runStudy(this, objective, options));
    return this;
  }

  /**
   * A value on the way, usually after an epoch; NaN and infinities are allowed.
   *
   * @throws ArgumentError for what is no number; StateError when the trial has ended, or the step is not
   * above its last one.
   */
  report(number: number, step: number, value: number): void {
    this.#record(this.#state.reportOf(number, step, value));
  }

  /**
   * Keeps a value with a trial, under a name; a second one of that name replaces the first.
   *
   * @param name Any text.
   * @param value JSON; the study keeps a copy.
   * @throws ArgumentError; StateError when the trial has ended.
   */
  setAttribute(number: number, name: string, value: JsonValue): void {
    this.#record(this.#state.noteOf(number, name, value));
  }

  /**
   * Whether the pruner would stop a trial now, given its last report.
   *
   * @throws StateError when there is no such trial; ArgumentError when the pruner says neither true nor
   * false; what it throws.
   */
  shouldPrune(number: number): boolean {
    return this.#state.shouldPrune(number);
  }

  /**
   * Ends a trial.
   *
   * @throws ArgumentError for what is no outcome; StateError when it has ended already.
   */
  tell(number: number, outcome: Outcome): Trial {
    this.#record(this.#state.endOf(number, outcome));
    return this.trial(number);
  }

  /**
   * @internal Goes in the direction of what its trials are judged by, where none was given and no
   * trial has a value that was told for another.
   *
   * @throws ArgumentError when the study goes in the other one.
   */
  settleDirection(direction: Direction, monitor: string): void {
    const event = this.#state.directionTo(direction);
    if (event !== null) this.#record(event);
    this.#state.requireDirection(direction, monitor);
  }

  /** @internal Leaves a trial that has not ended to whoever restarts it. */
  abandon(number: number): void {
    this.#abandoned.add(number);
  }

  /** @throws StateError when there is none with this number. */
  trial(number: number): Trial {
    return this.#state.trial(number);
  }

  /** The values of a trial, nested as the space is. */
  valuesOf(trial: Trial): Values<S> {
    return this.#state.valuesOf(trial);
  }

  /** @internal Writes an event down, before it counts. What it throws keeps the event from happening. */
  protected write(_event: StudyEvent): void {}

  /** First what may refuse the event, then the journal, then the study; listeners see it done. */
  #record(given: StudyEvent): void {
    const event = this.#state.history.admit(given, 'event');
    this.write(event);
    this.#take(event);
    this.listener.tell(event);
  }

  #take(event: StudyEvent): void {
    this.#state.take(event);
    if (event.type === 'finished') this.#abandoned.delete(event.number);
  }
}
