import { isObject } from '../builtins.js';
import { notA } from '../checks.js';
import type { StudyEvent } from './events.js';
import type { Pruner } from './pruner.js';
import type { Sampler } from './sampler.js';
import type { Space } from './space.js';
import type { Direction } from './trial.js';

/** What a study is told when it begins, and how that is checked. */

export interface StudyOptions<S extends Space> {
  readonly space: S;
  /**
   * Which values are good.
   *
   * @default that of what the trials monitor, 'maximize' where they go by an accuracy; 'minimize' where
   * they monitor nothing
   */
  readonly direction?: Direction | undefined;
  /**
   * Suggests the parameters of the next trial.
   *
   * @default random
   */
  readonly sampler?: Sampler | undefined;
  /**
   * Says which trials are not worth their further epochs.
   *
   * @default none: every trial runs to its end
   */
  readonly pruner?: Pruner | undefined;
  /**
   * The same seed and the same history give the same suggestion.
   *
   * @default 0
   */
  readonly seed?: number | undefined;
  /**
   * The history of a study that goes on.
   *
   * @default none
   */
  readonly events?: Iterable<StudyEvent> | undefined;
  /**
   * Told of everything that happens, as soon as it is in the study and in its journal. It may be
   * asynchronous. What it throws, or rejects with, undoes nothing: it ends the run that goes on, which
   * rejects with it; without a run, the next `ask` or `restart` throws it.
   *
   * @default none
   */
  readonly onEvent?: ((event: StudyEvent) => void) | undefined;
  /**
   * Milliseconds since 1970.
   *
   * @default the clock of the machine
   */
  readonly now?: (() => number) | undefined;
}

/** Those of a study that begins, or that a journal holds. */
export const studyKeys = [
  'space',
  'direction',
  'sampler',
  'pruner',
  'seed',
  'onEvent',
  'now',
] as const;

/** Some have the method of another kind of object, and fail once it is called. */
export function requireIterable(value: unknown, path: string): Iterable<unknown> {
  try {
    const iterator: unknown = isObject(value) && (value as Iterable<unknown>)[Symbol.iterator]();
    if (isObject(iterator) && 'next' in iterator && typeof iterator.next === 'function') {
      return { [Symbol.iterator]: () => iterator as Iterator<unknown> };
    }
  } catch {
    // A method that is none, or that is not for this object.
  }
  throw notA('an iterable of events', value, path);
}

export function optionalDirection(value: unknown): Direction | undefined {
  if (value === 'minimize' || value === 'maximize' || value === undefined) return value;
  throw notA("'minimize' or 'maximize'", value, 'direction');
}
