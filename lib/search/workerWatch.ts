import type { Beat } from './storage/storage.js';

/** Milliseconds that only go forward. */
export type Clock = () => number;

interface Seen {
  readonly text: string;
  /** By the clock of whoever looks. */
  readonly since: number;
}

/**
 * Finds out which workers are gone: those whose process was seen to have ended, those that have left, and those
 * that have given no sign of life for a whole term. Time is that of the observer alone: clocks of machines differ.
 */
export class WorkerWatch {
  #seen = new Map<string, Seen>();
  #beats: ReadonlyMap<string, Beat> = new Map();
  #now: number;
  readonly #term: number;
  readonly #clock: Clock;

  constructor(term: number, clock: Clock = () => performance.now()) {
    this.#term = term;
    this.#clock = clock;
    this.#now = clock();
  }

  /** Takes what the storage has of all workers now. */
  look(beats: ReadonlyMap<string, Beat>): void {
    const now = this.#clock();
    const seen = new Map<string, Seen>();
    for (const [worker, { text }] of beats) {
      const before = this.#seen.get(worker);
      seen.set(worker, before?.text === text ? before : { text, since: now });
    }
    this.#seen = seen;
    this.#beats = beats;
    this.#now = now;
  }

  /** As of the last look. */
  isGone(worker: string): boolean {
    const beat = this.#beats.get(worker);
    const seen = this.#seen.get(worker);
    if (beat === undefined || seen === undefined || beat.isGone) return true;
    return this.#now - seen.since >= this.#term;
  }
}
