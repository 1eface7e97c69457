import { keyOf } from './combinations.js';
import type { SearchSpace } from './searchSpace.js';
import type { Parameters, Trial } from './trial.js';

interface Tried {
  readonly keys: Set<string>;
  /** How many trials it knows, and the parameters of the last of them. */
  count: number;
  last: Parameters | undefined;
}

const known = new WeakMap<SearchSpace, Tried>();

/**
 * The keys of the parameters of all trials. They are made once for each trial, as a study only adds to
 * them: while it goes on, the set is the same one.
 */
export function triedKeys(space: SearchSpace, trials: readonly Trial[]): ReadonlySet<string> {
  const before = known.get(space);
  const goesOn = before !== undefined && trials[before.count - 1]?.parameters === before.last;
  const tried = goesOn ? before : { keys: new Set<string>(), count: 0, last: undefined };
  for (; tried.count < trials.length; tried.count++) {
    tried.last = trials[tried.count]?.parameters ?? {};
    tried.keys.add(keyOf(space, tried.last));
  }
  known.set(space, tried);
  return tried.keys;
}
