import { isInstance } from '../builtins.js';
import { notA, requireObject } from '../checks.js';
import type { JsonObject } from '../model/json.js';
import { RandomStream } from '../random.js';
import { SearchSpace } from './searchSpace.js';
import type { Direction, Parameters, Trial } from './trial.js';
import { requireTrials } from './trialCheck.js';

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

/** A sampler of ours, which answers what is no context as every function answers wrong arguments. */
export function defineSampler(
  name: string,
  options: JsonObject,
  suggest: (context: SamplerContext) => Parameters | null,
): Sampler {
  return {
    name,
    options: Object.freeze(options),
    suggest(context) {
      requireContext(context);
      return suggest(context);
    },
  };
}

function requireContext(input: unknown): void {
  const { space, trials, random, fixed } = requireObject(input, 'context');
  if (!isInstance(space, SearchSpace)) throw notA('the space of a study', space, 'context.space');
  if (!isInstance(random, RandomStream)) throw notA('a random stream', random, 'context.random');
  requireObject(fixed, 'context.fixed');
  requireTrials(trials, 'context.trials');
}

/** How many candidates, values or combinations a sampler may be told to look at: more never ends. */
export const manyRule = { minimum: 1, maximum: 2 ** 20 } as const;
