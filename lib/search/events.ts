import type { JsonObject, JsonValue } from '../model/json.js';
import type { Direction, Parameters } from './trial.js';

/** All that can happen to a study. What it knows is what follows from its events, in their order. */
export type StudyEvent = TrialEvent | DirectedEvent | DescribedEvent | EnqueuedEvent;

/** What happens to one of its trials. */
export type TrialEvent = StartedEvent | RestartedEvent | ReportedEvent | NotedEvent | FinishedEvent;

/** A study that was given no direction has got that of what its trials are judged by. */
export interface DirectedEvent {
  readonly type: 'directed';
  readonly direction: Direction;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** What the trials are of has been written down, or is another from here on. */
export interface DescribedEvent {
  readonly type: 'described';
  readonly context: JsonObject;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Parameters that the next trial which nobody else has an idea for begins with. */
export interface EnqueuedEvent {
  readonly type: 'enqueued';
  readonly parameters: Parameters;
  /** Milliseconds since 1970. */
  readonly at: number;
}

interface AnyEvent {
  /** The number of the trial. */
  readonly number: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Who did it, in a study that several processes share: what somebody does who does not run the trial any more, counts for nothing. */
  readonly worker?: string;
}

export interface StartedEvent extends AnyEvent {
  readonly type: 'started';
  readonly parameters: Parameters;
  /** True where they are the first of those that were enqueued. */
  readonly queued?: true;
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
