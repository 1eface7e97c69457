import type { JsonObject } from '../model/json.js';
import type { Direction, Trial } from './trial.js';

export interface PrunerContext {
  /** It runs, and the last of its reports is new. */
  readonly trial: Trial;
  /** All, this one included, in the order of their numbers. */
  readonly trials: readonly Trial[];
  readonly direction: Direction;
}

/** Says after each report whether a trial is worth its further epochs. Keeps nothing between calls. */
export interface Pruner {
  readonly name: string;
  readonly options: JsonObject;
  /** Whether the trial should be stopped after its last report. */
  shouldPrune(context: PrunerContext): boolean;
}
