import { immediate, isInstance, messageOf } from '../builtins.js';
import {
  describeValue,
  joinPath,
  notA,
  optionalFunction,
  requireInteger,
  requireKnownKeys,
  requireNumber,
  requireObject,
  seedRule,
  withDefault,
} from '../checks.js';
import { ArgumentError, StateError } from '../errors.js';
import { type JsonObject, type JsonValue, jsonCopy } from '../model/json.js';
import { RandomStream } from '../random.js';
import type { StudyEvent } from './events.js';
import { TrialHistory } from './history.js';
import { OpenTrial } from './openTrial.js';
import { type Outcome, requireOutcome } from './outcome.js';
import type { Pruner } from './pruner.js';
import { noPruner } from './pruners/none.js';
import { type Objective, runStudy } from './runner.js';
import type { RunOptions } from './runOptions.js';
import type { Sampler } from './sampler.js';
import { randomSampler } from './samplers/random.js';
import { SearchSpace } from './searchSpace.js';
import type { Space, Values } from './space.js';
import { requirePruner, requireSampler, suggestionOf, verdictOf } from './strategies.js';
import { StudyListener } from './studyListener.js';
import {
  optionalDirection,
  requireIterable,
  type StudyOptions,
  studyKeys,
} from './studyOptions.js';
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
  readonly space: SearchSpace<S>;
  readonly sampler: Sampler;
  readonly pruner: Pruner;
  readonly seed: number;
  /** @internal */
  readonly listener: StudyListener;
  readonly #history: TrialHistory;
  readonly #abandoned = new Set<number>();
  readonly #now: () => unknown;
  #direction: Direction | undefined;
  #context: JsonObject | null = null;
  #isRunning = false;

  /**
   * @param known Left out by callers: the space, where it is that of a journal.
   * @throws ArgumentError, and StateError for events that cannot follow on each other.
   */
  constructor(options: StudyOptions<S>, known?: SearchSpace<S>) {
    requireKnownKeys(requireObject(options, 'options'), [...studyKeys, 'events'], 'options');
    this.space = isInstance(known, SearchSpace) ? known : new SearchSpace(options.space);
    this.#history = new TrialHistory(this.space);
    this.#direction = optionalDirection(options.direction);
    this.sampler = requireSampler(withDefault(options.sampler, randomSampler()), 'sampler');
    this.pruner = requirePruner(withDefault(options.pruner, noPruner()), 'pruner');
    this.seed = requireInteger(withDefault(options.seed, 0), 'seed', seedRule);
    this.listener = new StudyListener(
      optionalFunction(options.onEvent, 'onEvent') as StudyOptions<S>['onEvent'],
    );
    this.#now = (optionalFunction(options.now, 'now') as StudyOptions<S>['now']) ?? Date.now;
    let count = 0;
    for (const event of requireIterable(options.events ?? [], 'events')) {
      this.#take(this.#history.admit(event, `events[${count++}]`));
    }
    for (const { number, state } of this.trials) if (state === 'running') this.abandon(number);
  }

  /** Which values are good. Until that is settled, `'minimize'`. */
  get direction(): Direction {
    return this.#direction ?? 'minimize';
  }

  /** What the trials are of, as `setContext` has it; null while nobody has said it. */
  get context(): JsonObject | null {
    return this.#context;
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
    // First, so that the error is one of the argument.
    jsonCopy(requireObject(context, 'context'), 'context');
    this.#record({ type: 'described', context, at: this.#time() });
  }

  /** In the order of their numbers: a copy of the list, whose records are those of the study. */
  get trials(): readonly Trial[] {
    return [...this.#history.trials];
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
    return bestOf(this.#history.trials, this.direction);
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
    const settled = this.space.check(fixed, 'fixed');
    const { space, direction, seed } = this;
    const { view: trials } = this.#history;
    const number = trials.length;
    const random = new RandomStream(seed, number);
    const context = { space, trials, direction, number, fixed: settled, random, seed };
    const suggestion = suggestionOf(this.sampler, context);
    if (suggestion === null) return null;
    const parameters = space.complete({ ...suggestion, ...settled }, random);
    this.#record({ type: 'started', number, parameters, at: this.#time() });
    return new OpenTrial(this, number);
  }

  /**
   * Begins a trial anew whose process was killed: the same number, the same parameters.
   *
   * @throws StateError when there is none that runs with this number; what `onEvent` has failed with.
   */
  restart(number: number): OpenTrial<S> {
    this.listener.throwFailure();
    this.#record({ type: 'restarted', number: this.trial(number).number, at: this.#time() });
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
    if (this.#isRunning) {
      throw new StateError({
        path: 'run',
        expected: 'a study that does not run',
        received: 'a second run of the same study',
        remedy: 'Await the first run, or have it run more trials at the same time (`parallel`).',
      });
    }
    this.#isRunning = true;
    try {
      await runStudy(this, objective, options);
    } finally {
      this.#isRunning = false;
    }
    return this;
  }

  /**
   * A value on the way, usually after an epoch; NaN and infinities are allowed.
   *
   * @throws ArgumentError for what is no number; StateError when the trial has ended, or the step is not
   * above its last one.
   */
  report(number: number, step: number, value: number): void {
    requireTrialNumber(number);
    requireInteger(step, 'step', { minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
    if (typeof value !== 'number') throw notA('a number', value, 'value');
    const kept = Number.isFinite(value) ? value : null;
    this.#record({ type: 'reported', number, step, value: kept, at: this.#time() });
  }

  /**
   * Keeps a value with a trial, under a name; a second one of that name replaces the first.
   *
   * @param name Any text.
   * @param value JSON; the study keeps a copy.
   * @throws ArgumentError; StateError when the trial has ended.
   */
  setAttribute(number: number, name: string, value: JsonValue): void {
    requireTrialNumber(number);
    if (typeof name !== 'string') throw notA('a text', name, 'name');
    const kept = jsonCopy(value, joinPath('attributes', name));
    this.#record({ type: 'noted', number, attribute: name, value: kept, at: this.#time() });
  }

  /**
   * Whether the pruner would stop a trial now, given its last report.
   *
   * @throws StateError when there is no such trial; ArgumentError when the pruner says neither true nor
   * false; what it throws.
   */
  shouldPrune(number: number): boolean {
    const trial = this.trial(number);
    if (trial.state !== 'running' || trial.reports.length === 0) return false;
    const { view: trials } = this.#history;
    return verdictOf(this.pruner, { trial, trials, direction: this.direction });
  }

  /**
   * Ends a trial.
   *
   * @throws ArgumentError for what is no outcome; StateError when it has ended already.
   */
  tell(number: number, outcome: Outcome): Trial {
    requireTrialNumber(number);
    const told = requireOutcome(outcome);
    const end = { type: 'finished', number, at: this.#time() } as const;
    if (told.state === 'failed') {
      this.#record({ ...end, state: 'failed', value: null, error: messageOf(told.error) });
    } else if (told.state === 'pruned') {
      this.#record({ ...end, state: 'pruned', value: null, error: null });
    } else if (Number.isFinite(told.value)) {
      this.#record({ ...end, state: 'complete', value: told.value, error: null });
    } else {
      const error = `the value was ${describeValue(told.value)}`;
      this.#record({ ...end, state: 'failed', value: null, error });
    }
    return this.trial(number);
  }

  /**
   * @internal Goes in the direction of what its trials are judged by, where none was given and no
   * trial has a value that was told for another.
   *
   * @throws ArgumentError when the study goes in the other one.
   */
  settleDirection(direction: Direction, monitor: string): void {
    if (this.#direction === undefined) {
      if (direction === 'minimize' || this.#history.trials.some(hasValues)) {
        this.#direction = 'minimize';
      } else {
        this.#record({ type: 'directed', direction, at: this.#time() });
      }
    }
    if (this.direction === direction) return;
    const best = direction === 'maximize' ? 'more' : 'less';
    throw new ArgumentError({
      path: 'direction',
      expected: `'${direction}', as ${best} is better of '${monitor}', which is monitored`,
      received: `'${this.direction}'`,
      remedy: 'Leave direction out, or let monitor be a function of the results of an epoch.',
    });
  }

  /** @internal Leaves a trial that has not ended to whoever restarts it. */
  abandon(number: number): void {
    this.#abandoned.add(number);
  }

  /** @throws StateError when there is none with this number. */
  trial(number: number): Trial {
    const { trials } = this.#history;
    const trial = trials[requireTrialNumber(number)];
    if (trial) return trial;
    throw new StateError({
      path: `trials[${number}]`,
      expected: 'a trial that has been asked for',
      received: `one of ${trials.length} trials`,
    });
  }

  /** The values of a trial, nested as the space is. */
  valuesOf(trial: Trial): Values<S> {
    return this.space.valuesOf(requireObject(trial, 'trial').parameters as Parameters);
  }

  /** @internal Writes an event down, before it counts. What it throws keeps the event from happening. */
  protected write(_event: StudyEvent): void {}

  /** First what may refuse the event, then the journal, then the study; listeners see it done. */
  #record(given: StudyEvent): void {
    const event = this.#history.admit(given, 'event');
    this.write(event);
    this.#take(event);
    this.listener.tell(event);
  }

  #take(event: StudyEvent): void {
    this.#history.append(event);
    if (event.type === 'directed') this.#direction = event.direction;
    if (event.type === 'described') this.#context = event.context;
    if (event.type === 'finished') this.#abandoned.delete(event.number);
  }

  #time(): number {
    return requireNumber(immediate(this.#now()), 'now()');
  }
}

function requireTrialNumber(value: unknown): number {
  return requireInteger(value, 'number', { minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
}

/** Whether it holds numbers, which were good or bad by the direction of the study. */
function hasValues({ value, reports }: Trial): boolean {
  return value !== null || reports.length > 0;
}
