import type { JsonObject } from '../model/json.js';
import type { RandomStream } from '../random.js';
import type { SearchSpace } from './searchSpace.js';
import type { Direction, Parameters, Trial } from './trial.js';

/** What a strategy may look at. */
export interface SamplerContext {
  readonly space: SearchSpace;
  /** All so far, in the order of their numbers: running, complete, pruned and failed. */
  readonly trials: readonly Trial[];
  readonly direction: Direction;
  /** Of the trial that is asked for. */
  readonly number: number;
  /** Values by path that are settled already, and replace what is suggested for them. */
  readonly fixed: Parameters;
  /** Depends on the seed of the study and the number of the trial alone. */
  readonly random: RandomStream;
  /** That of the study, for what all trials share. */
  readonly seed: number;
}

/**
 * A strategy: a function from what is known to the parameters to try next. It keeps nothing between
 * calls, so that a study that was read from disk goes on as if it had never stopped.
 */
export interface Sampler {
  readonly name: string;
  /** As given, with defaults: what a study on disk says of it. */
  readonly options: JsonObject;
  /**
   * Values by path. What it leaves out is drawn at random; values of parameters that are inactive
   * are dropped. Null when there is nothing left to try.
   */
  suggest(context: SamplerContext): Parameters | null;
}
