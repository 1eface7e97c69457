import { StateError } from '../errors.js';
import type { JsonValue } from '../model/json.js';
import type { Direction, Parameters, Trial } from './trial.js';

/** All that can happen to a study. What it knows is what follows from its events, in their order. */
export type StudyEvent = TrialEvent | DirectedEvent;

/** What happens to one of its trials. */
export type TrialEvent = StartedEvent | RestartedEvent | ReportedEvent | NotedEvent | FinishedEvent;

/** A study that was given no direction has got that of what its trials are judged by. */
export interface DirectedEvent {
  readonly type: 'directed';
  readonly direction: Direction;
  /** Milliseconds since 1970. */
  readonly at: number;
}

interface AnyEvent {
  /** The number of the trial. */
  readonly number: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export interface StartedEvent extends AnyEvent {
  readonly type: 'started';
  readonly parameters: Parameters;
}

/** Whoever ran it was killed; it begins anew, and its reports and attributes are forgotten. */
export interface RestartedEvent extends AnyEvent {
  readonly type: 'restarted';
}

export interface ReportedEvent extends AnyEvent {
  readonly type: 'reported';
  readonly step: number;
  readonly value: number | null;
}

/** An attribute of the trial has a new value. */
export interface NotedEvent extends AnyEvent {
  readonly type: 'noted';
  readonly attribute: string;
  readonly value: JsonValue;
}

export interface FinishedEvent extends AnyEvent {
  readonly type: 'finished';
  readonly state: 'complete' | 'pruned' | 'failed';
  readonly value: number | null;
  readonly error: string | null;
}

/**
 * The record of the trial of an event, after it.
 *
 * @throws StateError when the event cannot follow on what has happened.
 */
export function trialAfter(trials: readonly Trial[], event: TrialEvent): Trial {
  const { number } = event;
  if (event.type === 'started') {
    if (number === trials.length) return startedTrial(event);
    throw outOfOrder(number, `the number ${trials.length}`, `number ${number}`);
  }
  const trial = trials[number];
  if (trial?.state === 'running') return changed(trial, event);
  throw outOfOrder(number, 'a trial that runs', trial && `one that is ${trial.state}`);
}

function startedTrial({ number, parameters, at }: StartedEvent): Trial {
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

function changed(trial: Trial, event: Exclude<TrialEvent, StartedEvent>): Trial {
  if (event.type === 'restarted') {
    return { ...trial, reports: [], attributes: {}, startedAt: event.at };
  }
  if (event.type === 'noted') {
    return { ...trial, attributes: { ...trial.attributes, [event.attribute]: event.value } };
  }
  if (event.type === 'finished') {
    const { state, value, error, at } = event;
    return { ...trial, state, value, error, finishedAt: at };
  }
  const { step, value } = event;
  const last = trial.reports.at(-1);
  if (last && step <= last.step) {
    throw outOfOrder(trial.number, `a step above ${last.step}`, `step ${step}`);
  }
  return { ...trial, reports: [...trial.reports, { step, value }] };
}

function outOfOrder(number: number, expected: string, received = 'one that has not started') {
  return new StateError({ path: `trials[${number}]`, expected, received });
}
