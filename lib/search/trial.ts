import { isObject } from '../builtins.js';
import type { JsonObject, JsonValue } from '../model/json.js';

/**
 * Records of trials: plain JSON. That of a trial that runs grows with its reports and attributes; that of
 * one that has ended never changes.
 */

/** Which values are good. */
export type Direction = 'minimize' | 'maximize';

export type TrialState = 'running' | 'complete' | 'pruned' | 'failed';

/** Values by the path of their parameter (`optimizer.adam.beta1`), of active parameters alone. */
export interface Parameters {
  readonly [name: string]: JsonValue;
}

/** A value on the way, usually after an epoch. */
export interface Report {
  readonly step: number;
  /** null stands for NaN and the infinities, which JSON has no words for. */
  readonly value: number | null;
}

export interface Trial {
  /** 0 for the first, and so on without gaps. */
  readonly number: number;
  readonly state: TrialState;
  readonly parameters: Parameters;
  /** A finite number when complete, else null. */
  readonly value: number | null;
  /** With rising steps. */
  readonly reports: readonly Report[];
  /** What else its objective has noted, by name. */
  readonly attributes: JsonObject;
  /** Why it failed; null otherwise. */
  readonly error: string | null;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly finishedAt: number | null;
}

export type CompleteTrial = Trial & { readonly state: 'complete'; readonly value: number };

/**
 * Whether a trial has ended with a value.
 *
 * ```ts
 * const values = study.trials.filter(isComplete).map(({ value }) => value);
 * ```
 */
export function isComplete(trial: Trial): trial is CompleteTrial {
  return isObject(trial) && trial.state === 'complete' && trial.value !== null;
}

/** The complete trial with the best value (the first of several), or null while there is none. */
export function bestOf(trials: readonly Trial[], direction: Direction): CompleteTrial | null {
  const loss = ({ value }: CompleteTrial) => lossOf(value, direction);
  let best: CompleteTrial | null = null;
  for (const trial of trials) {
    if (isComplete(trial) && (best === null || loss(trial) < loss(best))) best = trial;
  }
  return best;
}

/** A number that is the better the smaller it is. */
export function lossOf(value: number, direction: Direction): number {
  return direction === 'minimize' ? value : -value;
}
