import { bar, fitting, type Segment } from '../../progress/progressText.js';
import { formatCount } from '../../quantities.js';
import type { StudyEvent, Trial } from '../../search/index.js';
import { formatDuration, formatNumber } from '../../terminal/style.js';

/** How far a search is, as text. */

export interface SearchState {
  /** Trials that have ended, of all that are wanted. */
  readonly done: number;
  readonly wanted: number;
  readonly best: { readonly number: number; readonly value: number } | null;
  readonly running: readonly RunningPart[];
  /** Seconds that are left; null while nobody can know. */
  readonly left: number | null;
}

/** A trial that runs, and the share of it that is done. */
export interface RunningPart {
  readonly number: number;
  readonly share: number;
}

const shortestBar = 6;
const longestBar = 24;

/**
 * One line, at most `width` characters wide: what matters least is left out first.
 *
 *     8/30 trials ██████░░░░░░░░░░░░  best 0.001134 (trial 1)  running 8 (65 %), 9 (2 %)  1:20 left
 */
export function searchLine(state: SearchState, width: number): string {
  const { done, wanted, best, running, left } = state;
  const head = `${formatCount(done)}/${formatCount(wanted)} trials`;
  const parts = running.map(({ number, share }) => `${number} (${Math.floor(100 * share)} %)`);
  const named = `running ${parts.join(', ')}`;
  const counted = `${running.length} running`;
  const segmentsWith = (text: string): readonly Segment[] => [
    [0, best ? `best ${formatNumber(best.value)} (trial ${best.number})` : ''],
    [2, running.length > 0 ? text : ''],
    [1, left === null ? '' : `${formatDuration(left)} left`],
  ];
  const room = width - head.length - shortestBar - 1;
  const whole = fitting(segmentsWith(named), room);
  const shown = whole.includes(named) ? whole : fitting(segmentsWith(counted), room);
  const tail = shown.map((text) => `  ${text}`).join('');
  const size = Math.min(longestBar, width - head.length - tail.length - 1);
  return size < shortestBar
    ? `${head}${tail}`
    : `${head} ${bar(Math.min(1, done / wanted), size)}${tail}`;
}

/** Follows the trials of one search, to tell how far it is. */
export class SearchProgress {
  readonly #wanted: number;
  /** Epochs of a trial, or its folds. */
  readonly #steps: number;
  readonly #timeLimit: number;
  readonly #now: () => number;
  readonly #started: number;
  readonly #running = new Map<number, number>();
  #endedHere = 0;

  /** @param now Milliseconds. */
  constructor(
    { wanted, steps, timeLimit }: { wanted: number; steps: number; timeLimit: number },
    now: () => number = () => performance.now(),
  ) {
    this.#wanted = wanted;
    this.#steps = steps;
    this.#timeLimit = timeLimit;
    this.#now = now;
    this.#started = now();
  }

  take(event: StudyEvent): void {
    if (event.type === 'started' || event.type === 'restarted') this.#running.set(event.number, 0);
    if (event.type === 'reported') {
      this.#running.set(event.number, (this.#running.get(event.number) ?? 0) + 1);
    }
    if (event.type !== 'finished') return;
    this.#running.delete(event.number);
    this.#endedHere++;
  }

  /** @param trials all of the study, those before this search included. */
  state(trials: readonly Trial[], best: SearchState['best']): SearchState {
    const done = trials.filter(({ state }) => state !== 'running').length;
    const running = [...this.#running].map(([number, reports]) => ({
      number,
      share: Math.min(1, reports / this.#steps),
    }));
    return { done, wanted: this.#wanted, best, running, left: this.#secondsLeft(done, running) };
  }

  /** As fast as so far, and no longer than the time limit. */
  #secondsLeft(done: number, running: readonly RunningPart[]): number | null {
    const elapsed = (this.#now() - this.#started) / 1000;
    const begun = running.reduce((sum, { share }) => sum + share, 0);
    const rest = this.#wanted - done - begun;
    const expected = this.#endedHere === 0 ? null : (elapsed / (this.#endedHere + begun)) * rest;
    const limit = this.#timeLimit - elapsed;
    if (expected === null) return Number.isFinite(limit) ? Math.max(0, limit) : null;
    return Math.max(0, Math.min(expected, limit));
  }
}
