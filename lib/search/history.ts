import { setOwnValue } from '../checks.js';
import { StateError } from '../errors.js';
import type { JsonValue } from '../model/json.js';
import { requireEvent } from './eventCheck.js';
import type { StartedEvent, StudyEvent, TrialEvent } from './events.js';
import type { SearchSpace } from './searchSpace.js';
import type { Parameters, Report, Trial } from './trial.js';

/** A trial whose reports and attributes may still grow. */
interface GrowingTrial extends Trial {
  readonly reports: Report[];
  readonly attributes: Record<string, JsonValue>;
}

/**
 * The trials of a study: what follows from what happens to them. While a trial runs, its record grows in place,
 * as copies of its reports would take a time that grows with their square; once it has ended, its
 * record is another one, which never changes.
 */
export class TrialHistory {
  readonly #trials: GrowingTrial[] = [];
  /** Who runs each trial, by its number; undefined in a study that nobody shares. */
  readonly #workers: (string | undefined)[] = [];
  readonly #queue: Parameters[] = [];
  #view: readonly Trial[] | null = null;

  readonly #space: SearchSpace;

  constructor(space: SearchSpace) {
    this.#space = space;
  }

  /** In the order of their numbers. */
  get trials(): readonly Trial[] {
    return this.#trials;
  }

  /**
   * A copy of the list for samplers and pruners, who are anybody's: the same one until a trial begins,
   * ends or begins anew.
   */
  get view(): readonly Trial[] {
    this.#view ??= [...this.#trials];
    return this.#view;
  }

  /** Who began a trial last; undefined in a study that nobody shares. */
  workerOf(number: number): string | undefined {
    return this.#workers[number];
  }

  /** The parameters that the next trial is to have; undefined where there are none. */
  get queued(): Parameters | undefined {
    return this.#queue[0];
  }

  /**
   * Whether an event of a shared log counts for nothing: somebody was held up for so long that another one
   * has taken up the trial, and has gone on writing all the same.
   */
  isStale(event: {
    readonly type?: unknown;
    readonly number?: unknown;
    readonly worker?: unknown;
  }) {
    const { type, number, worker } = event;
    if (worker === undefined || type === 'started' || type === 'restarted') return false;
    return worker !== this.#workers[Number(number)];
  }

  /**
   * An event that can follow, as it is kept: the one check of what is written to a journal, and of what
   * is read from it.
   *
   * @param path where it stands, for errors.
   * @throws ArgumentError for what is no event, or has values that are not in the space; StateError when
   * it cannot follow on what has happened.
   */
  admit(given: unknown, path: string): StudyEvent {
    const event = requireEvent(given, path);
    if (event.type === 'enqueued') this.#space.check(event.parameters, 'parameters');
    if (!isOfTrial(event)) return event;
    if (event.type === 'started') {
      this.#space.check(event.parameters, `trials[${event.number}].parameters`);
    }
    this.#requireNext(event);
    return event;
  }

  #requireNext(event: TrialEvent): void {
    const { number } = event;
    if (event.type === 'started') {
      const next = this.#trials.length;
      if (number !== next) throw outOfOrder(number, `the number ${next}`, `number ${number}`);
      return;
    }
    const trial = this.#trials[number];
    if (trial?.state !== 'running') {
      throw outOfOrder(number, 'a trial that runs', trial && `one that is ${trial.state}`);
    }
    const last = trial.reports.at(-1);
    if (event.type === 'reported' && last && event.step <= last.step) {
      throw outOfOrder(number, `a step above ${last.step}`, `step ${event.step}`);
    }
  }

  /** Takes an event that can follow. */
  append(event: StudyEvent): void {
    if (event.type === 'enqueued') this.#queue.push(event.parameters);
    if (!isOfTrial(event)) return;
    const { number } = event;
    if (event.type !== 'reported' && event.type !== 'noted') this.#view = null;
    if (event.type === 'started') {
      this.#trials.push(startedTrial(event));
      this.#workers[number] = event.worker;
      if (event.queued === true) this.#queue.shift();
      return;
    }
    const trial = this.#trials[number];
    if (trial === undefined) return;
    if (event.type === 'reported') {
      trial.reports.push(Object.freeze({ step: event.step, value: event.value }));
    } else if (event.type === 'noted') {
      setOwnValue(trial.attributes, event.attribute, event.value);
    } else if (event.type === 'restarted') {
      this.#workers[number] = event.worker;
      this.#trials[number] = { ...trial, reports: [], attributes: {}, startedAt: event.at };
    } else {
      const { state, value, error, at } = event;
      this.#trials[number] = { ...trial, state, value, error, finishedAt: at };
    }
  }
}

/** Others are of the study as a whole. */
function isOfTrial(event: StudyEvent): event is TrialEvent {
  return 'number' in event;
}

function startedTrial({ number, parameters, at }: StartedEvent): GrowingTrial {
  return {
    number,
    state: 'running',
    parameters,
    value: null,
    reports: [],
    attributes: {},
    error: null,
    startedAt: at,
    finishedAt: null,
  };
}

function outOfOrder(number: number, expected: string, received = 'one that has not started') {
  return new StateError({ path: `trials[${number}]`, expected, received });
}
