import { immediate, isInstance, messageOf } from '../builtins.js';
import {
  describeValue,
  joinPath,
  notA,
  optionalFunction,
  requireInteger,
  requireNumber,
  requireObject,
  seedRule,
  withDefault,
} from '../checks.js';
import { ArgumentError, StateError } from '../errors.js';
import { type JsonObject, type JsonValue, jsonCopy } from '../model/json.js';
import { RandomStream } from '../random.js';
import type {
  DescribedEvent,
  DirectedEvent,
  EnqueuedEvent,
  FinishedEvent,
  NotedEvent,
  ReportedEvent,
  RestartedEvent,
  StartedEvent,
  StudyEvent,
} from './events.js';
import { TrialHistory } from './history.js';
import { type Outcome, requireOutcome } from './outcome.js';
import type { Pruner } from './pruner.js';
import { noPruner } from './pruners/none.js';
import type { Sampler, SamplerContext } from './sampler.js';
import { randomSampler } from './samplers/random.js';
import { SearchSpace } from './searchSpace.js';
import type { Space, Values } from './space.js';
import { requirePruner, requireSampler, suggestionOf, verdictOf } from './strategies.js';
import { optionalDirection, type StudyOptions } from './studyOptions.js';
import type { Direction, Parameters, Trial } from './trial.js';

/**
 * What a study is, wherever its log lies: what follows from the operations in their order, and which
 * operation would come next. Everything that is asked of it becomes an event first; whoever keeps the log decides
 * when that counts, and has it taken.
 */
export class StudyState<S extends Space = Space> {
  readonly space: SearchSpace<S>;
  readonly sampler: Sampler;
  readonly pruner: Pruner;
  readonly seed: number;
  readonly history: TrialHistory;
  readonly #now: () => unknown;
  #direction: Direction | undefined;
  #context: JsonObject | null = null;

  /**
   * @param known the space, where it has been read already.
   * @throws ArgumentError
   */
  constructor(options: StudyOptions<S>, known?: SearchSpace<S>) {
    this.space = isInstance(known, SearchSpace) ? known : new SearchSpace(options.space);
    this.history = new TrialHistory(this.space);
    this.#direction = optionalDirection(options.direction);
    this.sampler = requireSampler(withDefault(options.sampler, randomSampler()), 'sampler');
    this.pruner = requirePruner(withDefault(options.pruner, noPruner()), 'pruner');
    this.seed = requireInteger(withDefault(options.seed, 0), 'seed', seedRule);
    this.#now = (optionalFunction(options.now, 'now') as StudyOptions<S>['now']) ?? Date.now;
  }

  get direction(): Direction {
    return this.#direction ?? 'minimize';
  }

  get context(): JsonObject | null {
    return this.#context;
  }

  /** Takes an event that the history has admitted. */
  take(event: StudyEvent): void {
    this.history.append(event);
    if (event.type === 'directed') this.#direction = event.direction;
    if (event.type === 'described') this.#context = event.context;
  }

  /** @throws StateError when there is none with this number. */
  trial(number: number): Trial {
    const { trials } = this.history;
    const trial = trials[requireTrialNumber(number)];
    if (trial) return trial;
    throw new StateError({
      path: `trials[${number}]`,
      expected: 'a trial that has been asked for',
      received: `one of ${trials.length} trials`,
    });
  }

  valuesOf(trial: Trial): Values<S> {
    return this.space.valuesOf(requireObject(trial, 'trial').parameters as Parameters);
  }

  /** What the sampler of the next trial is told. */
  contextOf(settled: Parameters): SamplerContext {
    const { space, direction, seed } = this;
    const { view: trials } = this.history;
    const number = trials.length;
    const random = new RandomStream(seed, number);
    return { space, trials, direction, number, fixed: settled, random, seed };
  }

  /**
   * The beginning of the next trial, or null when the sampler has nothing left to try.
   *
   * @throws ArgumentError for values that are not in the space; what the sampler throws.
   */
  beginning(fixed: Parameters): StartedEvent | null {
    const context = this.contextOf(this.settledOf(fixed));
    return this.begun(context, suggestionOf(this.sampler, context));
  }

  /** What was enqueued comes before what a sampler would suggest, but not before what is asked for. */
  settledOf(fixed: Parameters): Parameters {
    const settled = this.space.check(fixed, 'fixed');
    const isFree = Object.keys(settled).length === 0;
    return isFree ? (this.history.queued ?? settled) : settled;
  }

  /** The beginning of a trial with what was suggested for it. */
  begun(context: SamplerContext, suggestion: Parameters | null): StartedEvent | null {
    const { number, fixed, random } = context;
    const isQueued = fixed === this.history.queued;
    if (suggestion === null && !isQueued) return null;
    const parameters = this.space.complete({ ...suggestion, ...fixed }, random);
    const started = { type: 'started', number, parameters, at: this.time() } as const;
    return isQueued ? { ...started, queued: true } : started;
  }

  /** @throws ArgumentError for values that are not in the space. */
  enqueuedOf(parameters: Parameters): EnqueuedEvent {
    const checked = this.space.check(parameters, 'parameters');
    return { type: 'enqueued', parameters: checked, at: this.time() };
  }

  /** @throws StateError when there is no such trial. */
  restartOf(number: number): RestartedEvent {
    return { type: 'restarted', number: this.trial(number).number, at: this.time() };
  }

  /** @throws ArgumentError */
  reportOf(number: number, step: number, value: number): ReportedEvent {
    requireTrialNumber(number);
    requireInteger(step, 'step', { minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
    if (typeof value !== 'number') throw notA('a number', value, 'value');
    const kept = Number.isFinite(value) ? value : null;
    return { type: 'reported', number, step, value: kept, at: this.time() };
  }

  /** @throws ArgumentError */
  noteOf(number: number, name: string, value: JsonValue): NotedEvent {
    requireTrialNumber(number);
    if (typeof name !== 'string') throw notA('a text', name, 'name');
    const kept = jsonCopy(value, joinPath('attributes', name));
    return { type: 'noted', number, attribute: name, value: kept, at: this.time() };
  }

  /** @throws ArgumentError */
  descriptionOf(context: JsonObject): DescribedEvent {
    // First, so that the error is one of the argument.
    jsonCopy(requireObject(context, 'context'), 'context');
    return { type: 'described', context, at: this.time() };
  }

  /** @throws ArgumentError for what is no outcome. */
  endOf(number: number, outcome: Outcome): FinishedEvent {
    requireTrialNumber(number);
    const told = requireOutcome(outcome);
    const end = { type: 'finished', number, at: this.time() } as const;
    if (told.state === 'failed') {
      return { ...end, state: 'failed', value: null, error: messageOf(told.error) };
    }
    if (told.state === 'pruned') return { ...end, state: 'pruned', value: null, error: null };
    if (Number.isFinite(told.value)) {
      return { ...end, state: 'complete', value: told.value, error: null };
    }
    const error = `the value was ${describeValue(told.value)}`;
    return { ...end, state: 'failed', value: null, error };
  }

  /** @throws StateError when there is no such trial; as `verdictOf`. */
  shouldPrune(number: number): boolean {
    const trial = this.trial(number);
    if (trial.state !== 'running' || trial.reports.length === 0) return false;
    const { view: trials } = this.history;
    return verdictOf(this.pruner, { trial, trials, direction: this.direction });
  }

  /** What has to be recorded so that the study goes in a direction, where it has none; null for nothing. */
  directionTo(direction: Direction): DirectedEvent | null {
    if (this.#direction !== undefined) return null;
    if (direction === 'minimize' || this.history.trials.some(hasValues)) {
      this.#direction = 'minimize';
      return null;
    }
    return { type: 'directed', direction, at: this.time() };
  }

  /** @throws ArgumentError when the study goes in the other direction than what its trials are judged by. */
  requireDirection(direction: Direction, monitor: string): void {
    if (this.direction === direction) return;
    const best = direction === 'maximize' ? 'more' : 'less';
    throw new ArgumentError({
      path: 'direction',
      expected: `'${direction}', as ${best} is better of '${monitor}', which is monitored`,
      received: `'${this.direction}'`,
      remedy: 'Leave direction out, or let monitor be a function of the results of an epoch.',
    });
  }

  time(): number {
    return requireNumber(immediate(this.#now()), 'now()');
  }
}

export function requireTrialNumber(value: unknown): number {
  return requireInteger(value, 'number', { minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
}

/** Whether it holds numbers, which were good or bad by the direction of the study. */
function hasValues({ value, reports }: Trial): boolean {
  return value !== null || reports.length > 0;
}
