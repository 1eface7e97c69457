import { messageOf } from '../builtins.js';
import {
  describeValue,
  joinPath,
  requireInteger,
  requireKnownKeys,
  requireObject,
  seedRule,
  withDefault,
} from '../checks.js';
import { ArgumentError, StateError } from '../errors.js';
import { type JsonValue, requireJson } from '../model/json.js';
import { RandomStream } from '../random.js';
import { type StudyEvent, trialAfter } from './events.js';
import type { Pruner } from './pruner.js';
import { noPruner } from './pruners/none.js';
import { type Objective, runStudy } from './runner.js';
import type { RunOptions } from './runOptions.js';
import type { Sampler } from './sampler.js';
import { randomSampler } from './samplers/random.js';
import { SearchSpace } from './searchSpace.js';
import type { Space, Values } from './space.js';
import {
  bestOf,
  type CompleteTrial,
  type Direction,
  type Parameters,
  type Trial,
} from './trial.js';

export interface StudyOptions<S extends Space> {
  readonly space: S;
  /**
   * Which values are good. Default: that of what the trials monitor, 'maximize' where they go by an
   * accuracy; 'minimize' where they monitor nothing.
   */
  readonly direction?: Direction | undefined;
  /** Default: random. */
  readonly sampler?: Sampler | undefined;
  /** Default: none; every trial runs to its end. */
  readonly pruner?: Pruner | undefined;
  /** The same seed and the same history give the same suggestion. Default: 0. */
  readonly seed?: number | undefined;
  /** The history of a study that goes on. */
  readonly events?: Iterable<StudyEvent> | undefined;
  /** Told of everything that happens, before it counts: what a journal writes down. */
  readonly onEvent?: ((event: StudyEvent) => void) | undefined;
  /** Milliseconds since 1970. Default: the clock of the machine. */
  readonly now?: (() => number) | undefined;
}

/** How a trial ended. A value that is not finite makes it a failed one. */
export type Outcome =
  | { readonly state: 'complete'; readonly value: number }
  | { readonly state: 'pruned' }
  | { readonly state: 'failed'; readonly error: unknown };

const keys = ['space', 'direction', 'sampler', 'pruner', 'seed', 'events', 'onEvent', 'now'];

/**
 * A search, driven by its user: `ask` for parameters, try them, `tell` how good they were. Several
 * trials may be open at once.
 */
export class Study<S extends Space = Space> {
  readonly space: SearchSpace<S>;
  readonly sampler: Sampler;
  readonly pruner: Pruner;
  readonly seed: number;
  private settledDirection: Direction | undefined;
  private readonly records: Trial[] = [];
  private readonly abandoned = new Set<number>();
  private readonly onEvent: (event: StudyEvent) => void;
  private readonly now: () => number;

  /** @throws ArgumentError, and StateError for events that cannot follow on each other. */
  constructor(options: StudyOptions<S>) {
    requireKnownKeys(requireObject(options, 'options'), keys, 'options');
    this.space = new SearchSpace(options.space);
    this.settledDirection = optionalDirection(options.direction);
    this.sampler = options.sampler ?? randomSampler();
    this.pruner = options.pruner ?? noPruner();
    this.seed = requireInteger(withDefault(options.seed, 0), 'seed', seedRule);
    this.onEvent = options.onEvent ?? (() => {});
    this.now = options.now ?? Date.now;
    for (const event of options.events ?? []) this.replay(event);
    for (const { number, state } of this.records) if (state === 'running') this.abandon(number);
  }

  /** Which values are good. Until that is settled, `'minimize'`. */
  get direction(): Direction {
    return this.settledDirection ?? 'minimize';
  }

  /** In the order of their numbers. */
  get trials(): readonly Trial[] {
    return this.records;
  }

  /**
   * The numbers of the trials that nobody runs any more, though they have not ended: those that had
   * begun when their process was killed. `restart` takes them up again.
   */
  get interrupted(): readonly number[] {
    return [...this.abandoned].sort((left, right) => left - right);
  }

  /** The complete trial with the best value (the first of several), or null while there is none. */
  get best(): CompleteTrial | null {
    return bestOf(this.records, this.direction);
  }

  /**
   * Begins a trial.
   *
   * @param fixed values by path that the sampler has no say in: a guess of yours, a known default.
   * @returns null when the sampler has nothing left to try.
   * @throws ArgumentError for values that are not in the space.
   */
  ask(fixed: Parameters = {}): OpenTrial<S> | null {
    this.space.check(fixed, 'fixed');
    const number = this.records.length;
    const random = new RandomStream(this.seed, number);
    const { space, trials, direction, seed } = this;
    const context = { space, trials, direction, number, fixed, random, seed };
    const suggestion = this.sampler.suggest(context);
    if (suggestion === null) return null;
    const parameters = this.space.complete({ ...suggestion, ...fixed }, random);
    this.emit({ type: 'started', number, parameters, at: this.now() });
    return new OpenTrial(this, number);
  }

  /** Begins a trial anew whose process was killed: the same number, the same parameters. */
  restart(number: number): OpenTrial<S> {
    this.emit({ type: 'restarted', number, at: this.now() });
    this.abandoned.delete(number);
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
   * @throws ArgumentError; StateError when the first trials all fail; what `onTrial` or the sampler
   * throws; the reason of the signal. All trials have come to rest by then.
   */
  async run(objective: Objective<S>, options: RunOptions): Promise<this> {
    await runStudy(this, objective, options);
    return this;
  }

  /**
   * A value on the way, usually after an epoch; NaN and infinities are allowed.
   *
   * @throws StateError when the trial has ended, or the step is not above its last one.
   */
  report(number: number, step: number, value: number): void {
    requireInteger(step, 'step', { minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
    const kept = Number.isFinite(value) ? value : null;
    this.emit({ type: 'reported', number, step, value: kept, at: this.now() });
  }

  /**
   * Keeps a value with a trial, under a name; a second one of that name replaces the first.
   *
   * @param value JSON.
   * @throws ArgumentError; StateError when the trial has ended.
   */
  setAttribute(number: number, name: string, value: JsonValue): void {
    requireJson(value, joinPath('attributes', name));
    this.emit({ type: 'noted', number, attribute: name, value, at: this.now() });
  }

  /** Whether the pruner would stop a trial now, given its last report. */
  shouldPrune(number: number): boolean {
    const trial = this.trial(number);
    if (trial.state !== 'running' || trial.reports.length === 0) return false;
    return this.pruner.shouldPrune({ trial, trials: this.records, direction: this.direction });
  }

  /** Ends a trial. @throws StateError when it has ended already. */
  tell(number: number, outcome: Outcome): Trial {
    const at = this.now();
    const end = { type: 'finished', number, at } as const;
    if (outcome.state === 'complete' && Number.isFinite(outcome.value)) {
      this.emit({ ...end, state: 'complete', value: outcome.value, error: null });
    } else if (outcome.state === 'pruned') {
      this.emit({ ...end, state: 'pruned', value: null, error: null });
    } else {
      this.emit({ ...end, state: 'failed', value: null, error: failureOf(outcome) });
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
    if (this.settledDirection === undefined) {
      if (direction === 'minimize' || this.records.some(hasValues)) {
        this.settledDirection = 'minimize';
      } else {
        this.emit({ type: 'directed', direction, at: this.now() });
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
    this.abandoned.add(number);
  }

  /** @throws StateError when there is none with this number. */
  trial(number: number): Trial {
    const trial = this.records[number];
    if (trial) return trial;
    throw new StateError({
      path: `trials[${number}]`,
      expected: 'a trial that has been asked for',
      received: `one of ${this.records.length} trials`,
    });
  }

  /** The values of a trial, nested as the space is. */
  valuesOf(trial: Trial): Values<S> {
    return this.space.valuesOf(trial.parameters);
  }

  private emit(event: StudyEvent): void {
    if (event.type === 'directed') {
      this.onEvent(event);
      this.settledDirection = event.direction;
      return;
    }
    // First what follows from it: an event that cannot follow must not reach the journal.
    const trial = trialAfter(this.records, event);
    this.onEvent(event);
    this.records[event.number] = trial;
    if (trial.state !== 'running') this.abandoned.delete(trial.number);
  }

  private replay(event: StudyEvent): void {
    if (event.type === 'directed') {
      this.settledDirection = event.direction;
      return;
    }
    if (event.type === 'started') {
      this.space.check(event.parameters, `trials[${event.number}].parameters`);
    }
    this.records[event.number] = trialAfter(this.records, event);
  }
}

/** A trial that runs, in the hands of whoever asked for it. */
export class OpenTrial<S extends Space = Space> {
  constructor(
    private readonly study: Study<S>,
    readonly number: number,
  ) {}

  /** Its values, nested as the space is. */
  get values(): Values<S> {
    return this.study.valuesOf(this.record);
  }

  get parameters(): Parameters {
    return this.record.parameters;
  }

  get record(): Trial {
    return this.study.trial(this.number);
  }

  /** @returns whether the pruner would stop it. */
  report(step: number, value: number): boolean {
    this.study.report(this.number, step, value);
    return this.study.shouldPrune(this.number);
  }

  /** Keeps a value with the trial: see `Study.setAttribute`. */
  setAttribute(name: string, value: JsonValue): void {
    this.study.setAttribute(this.number, name, value);
  }

  get direction(): Direction {
    return this.study.direction;
  }

  /** @internal See `Study.settleDirection`. */
  settleDirection(direction: Direction, monitor: string): void {
    this.study.settleDirection(direction, monitor);
  }

  /** Whether the pruner would stop it, given its last report. */
  shouldPrune(): boolean {
    return this.study.shouldPrune(this.number);
  }

  complete(value: number): Trial {
    return this.study.tell(this.number, { state: 'complete', value });
  }

  prune(): Trial {
    return this.study.tell(this.number, { state: 'pruned' });
  }

  fail(error: unknown): Trial {
    return this.study.tell(this.number, { state: 'failed', error });
  }
}

function failureOf(outcome: Exclude<Outcome, { state: 'pruned' }>): string {
  if (outcome.state === 'complete') return `the value was ${describeValue(outcome.value)}`;
  return messageOf(outcome.error);
}

/** Whether it holds numbers, which were good or bad by the direction of the study. */
function hasValues({ value, reports }: Trial): boolean {
  return value !== null || reports.length > 0;
}

function optionalDirection(value: unknown): Direction | undefined {
  if (value === 'minimize' || value === 'maximize' || value === undefined) return value;
  throw new ArgumentError({
    path: 'direction',
    expected: "'minimize' or 'maximize'",
    received: describeValue(value),
  });
}
