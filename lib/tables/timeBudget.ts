import type { History } from '../model/events.js';

/** A limit of time for several trainings, one after the other. */
export interface TimeBudget {
  /** What a training may take in seconds of what is left; undefined without a limit. @param share of it, up to 1 */
  shareOf(share: number): number | undefined;
  /** What a training has taken. */
  spend(seconds: number): void;
  /** Whether a training that has ended so has ended all. */
  isOverWith(history: Pick<History, 'stopReason'>): boolean;
}

/** A limit has to be above 0; with next to nothing left, a training ends after its first batch. */
const least = Number.EPSILON;

/** Each has its share, and what it leaves is the others': all get to an end within the limit. */
export function sharedTime(timeLimit: number | undefined): TimeBudget {
  let left = timeLimit;
  return {
    shareOf: (share) => (left === undefined ? undefined : Math.max(left * share, least)),
    spend(seconds) {
      if (left !== undefined) left -= seconds;
    },
    isOverWith: ({ stopReason }) => stopReason === 'stopped',
  };
}

/**
 * Of trainings that another process goes on with: whichever runs when the time is over ends there, as do those behind it.
 * With a share of the time, it would be over before its end in every process.
 */
export function timeUntilResumed(timeLimit: number | undefined): TimeBudget {
  const end = timeLimit === undefined ? undefined : performance.now() + 1000 * timeLimit;
  return {
    shareOf: () =>
      end === undefined ? undefined : Math.max((end - performance.now()) / 1000, least),
    spend: () => {},
    isOverWith: ({ stopReason }) => stopReason === 'stopped' || stopReason === 'timeLimit',
  };
}
