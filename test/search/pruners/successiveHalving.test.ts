import { describe, expect, test } from 'vitest';
import { successiveHalvingPruner } from '../../../lib/search/index.js';
import { stops, trialOf } from './simulation.js';

describe('successive halving', () => {
  const pruner = successiveHalvingPruner({ minSteps: 2, reductionFactor: 3 });

  test('judges at its rungs only', () => {
    const good = trialOf(0, Array(30).fill(0), 'complete');
    const judged = Array.from({ length: 30 }, (_, index) => index + 1).filter((step) =>
      stops(pruner, [good, trialOf(1, Array(step).fill(1))]),
    );
    expect(judged).toEqual([2, 6, 18]);
  });

  test('lets the best third go on, of all that came to a rung', () => {
    // At step 2: 1, 2, 3, 4, 5, whatever has become of them.
    const others = (['complete', 'running', 'pruned', 'failed', 'running'] as const).map(
      (state, number) => trialOf(number, [0, number + 1], state),
    );
    const early = trialOf(5, [0]);
    const judge = (value: number) => stops(pruner, [...others, early, trialOf(6, [0, value])]);
    expect([0, 1.5, 2, 2.5].map(judge)).toEqual([false, false, false, true]);
  });

  test('lets only the best go on while there are few', () => {
    expect(stops(pruner, [trialOf(0, [9, 9])])).toBe(false);
    expect(stops(pruner, [trialOf(0, [9, 9]), trialOf(1, [9, 8])])).toBe(false);
    expect(stops(pruner, [trialOf(0, [9, 9]), trialOf(1, [9, 9])])).toBe(false);
    expect(stops(pruner, [trialOf(0, [9, 8]), trialOf(1, [9, 9])])).toBe(true);
    const patient = successiveHalvingPruner({ minSteps: 2, startupTrials: 2 });
    expect(stops(patient, [trialOf(0, [9, 8]), trialOf(1, [9, 9])])).toBe(false);
  });

  test('takes the first report at or behind a rung, and NaN for the worst', () => {
    const sparse = (number: number, value: number | null) => ({
      ...trialOf(number, []),
      reports: [
        { step: 1, value: 0 },
        { step: 4, value },
        { step: 5, value: 0 },
      ],
    });
    expect(stops(pruner, [sparse(0, 1), trialOf(1, [9, 2])])).toBe(true);
    expect(stops(pruner, [sparse(0, 3), trialOf(1, [9, 2])])).toBe(false);
    expect(stops(pruner, [sparse(0, null), trialOf(1, [9, 2])])).toBe(false);
  });

  test('judges at every rung that a report jumps over', () => {
    const jump = { ...trialOf(2, []), reports: [{ step: 20, value: 5 }] };
    // Alone at step 18, but worse than another one at step 2.
    expect(stops(pruner, [trialOf(0, [9, 4], 'pruned'), trialOf(1, [1]), jump])).toBe(true);
  });

  test('stops nothing at its end', () => {
    const whole = successiveHalvingPruner({ minSteps: 2, reductionFactor: 3, maxSteps: 6 });
    const trials = [trialOf(0, Array(6).fill(0), 'complete'), trialOf(1, Array(6).fill(1))];
    expect(stops(pruner, trials)).toBe(true);
    expect(stops(whole, trials)).toBe(false);
  });

  test('refuses what makes no sense', () => {
    expect(() => successiveHalvingPruner({ reductionFactor: 1 })).toThrow(
      'reductionFactor: expected an integer, 2 to 1000, received 1.',
    );
    expect(() => successiveHalvingPruner({ minSteps: 5, maxSteps: 4 })).toThrow(
      'maxSteps: expected an integer, 5 or more, received 4.',
    );
  });
});
