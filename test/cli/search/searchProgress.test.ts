import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SearchProgress, searchLine } from '../../../lib/cli/search/searchProgress.js';
import type { StudyEvent, Trial } from '../../../lib/search/index.js';

const state = {
  ...{ done: 8, wanted: 30, best: { number: 1, value: 0.001134 }, left: 80 },
  running: [
    { number: 8, share: 0.655 },
    { number: 9, share: 0.02 },
  ],
};

describe('searchLine', () => {
  test('shows the best trial, those that run, and the time that is left', () => {
    expect(searchLine(state, 120)).toBe(
      `8/30 trials ${'█'.repeat(6)}${'░'.repeat(18)}  best 0.001134 (trial 1)  running 8 (65 %), 9 (2 %)  1:20 left`,
    );
  });

  test('leaves out what matters least where the room is short', () => {
    expect(searchLine(state, 80)).toMatch(/trial 1\) {2}2 running {2}1:20 left$/);
    expect(searchLine(state, 60)).toMatch(/best 0\.001134 \(trial 1\) {2}1:20 left$/);
    expect(searchLine({ ...state, best: null, left: null }, 60)).toMatch(
      /░ {2}running 8 \(65 %\), 9 \(2 %\)$/,
    );
  });

  test('is never wider than the terminal', () => {
    const width = fc.integer({ min: 20, max: 200 });
    const part = fc.record({
      number: fc.nat(9999),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(width, fc.array(part, { maxLength: 20 }), (columns, running) => {
        expect(searchLine({ ...state, running }, columns).length).toBeLessThanOrEqual(columns);
      }),
    );
  });
});

describe('SearchProgress', () => {
  const at = 0;
  const started = (number: number): StudyEvent => ({ type: 'started', number, parameters: {}, at });
  const reported = (number: number): StudyEvent => ({
    ...{ type: 'reported', number, step: 1, value: 1, at },
  });
  const finished = (number: number): StudyEvent => ({
    ...{ type: 'finished', number, state: 'complete', value: 1, error: null, at },
  });
  const ended = (count: number) =>
    Array.from({ length: count }, () => ({ state: 'complete' })) as unknown as Trial[];

  test('follows the trials that run', () => {
    const progress = new SearchProgress({ wanted: 10, steps: 4, timeLimit: Infinity });
    for (const event of [started(0), started(1), reported(1), finished(0)]) progress.take(event);
    expect(progress.state(ended(1), null)).toMatchObject({
      ...{ done: 1, wanted: 10, running: [{ number: 1, share: 0.25 }] },
    });
    progress.take({ type: 'restarted', number: 1, at });
    expect(progress.state(ended(1), null).running).toEqual([{ number: 1, share: 0 }]);
  });

  test('expects the others to take as long as those of this search, within the limit', () => {
    let now = 0;
    const left = (timeLimit: number, done: number, seconds: number) => {
      now = 0;
      const progress = new SearchProgress({ wanted: 10, steps: 4, timeLimit }, () => now);
      // A study may hold trials that have cost no time here.
      for (let number = 0; number < done; number++) progress.take(finished(number));
      now = 1000 * seconds;
      return progress.state(ended(4 + done), null).left;
    };
    expect(left(Infinity, 0, 5)).toBeNull();
    expect(left(60, 0, 5)).toBe(55);
    expect(left(Infinity, 2, 6)).toBe(12);
    expect(left(10, 2, 6)).toBe(4);
    expect(left(5, 2, 6)).toBe(0);
  });
});
