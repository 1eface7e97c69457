/** The median and the percentile rule, by hand. */

import { describe, expect, test } from 'vitest';
import { medianPruner, percentilePruner } from '../../../lib/search/index.js';
import { stops, trialOf } from './simulation.js';

/** Averages after two steps: 5, 6, 7, 8, 9; values: 1, 2, 3, 4, 5. */
const complete = [
  trialOf(0, [9, 1, 0], 'complete'),
  trialOf(1, [10, 2, 0], 'complete'),
  trialOf(2, [11, 3, 0], 'complete'),
  trialOf(3, [12, 4, 0], 'complete'),
  trialOf(4, [13, 5, 0], 'complete'),
];

describe('the median rule', () => {
  test('compares the best value so far with the averages up to the same step', () => {
    const pruner = medianPruner();
    expect(stops(pruner, [...complete, trialOf(5, [20, 7.5])])).toBe(true);
    expect(stops(pruner, [...complete, trialOf(5, [20, 7])])).toBe(false);
    expect(stops(pruner, [...complete, trialOf(5, [6, 20])])).toBe(false);
  });

  test('compares with the values at that step, if asked to', () => {
    const pruner = medianPruner({ compareWith: 'value' });
    expect(stops(pruner, [...complete, trialOf(5, [20, 3.5])])).toBe(true);
    expect(stops(pruner, [...complete, trialOf(5, [20, 3])])).toBe(false);
    expect(stops(pruner, [...complete, trialOf(5, [20, 3.5])], 'maximize')).toBe(false);
  });

  test('counts complete trials only, one that ended early with what it had', () => {
    const pruner = medianPruner({ startupTrials: 1, compareWith: 'value' });
    const bad = trialOf(2, [4, 4, 4]);
    expect(stops(pruner, [trialOf(0, [1, 1, 1], 'pruned'), trialOf(1, [1, 1, 1]), bad])).toBe(
      false,
    );
    expect(stops(pruner, [trialOf(0, [1, 1, 1], 'failed'), trialOf(1, [1], 'complete'), bad])).toBe(
      true,
    );
  });
});

describe('the percentile rule', () => {
  test('interpolates between trials', () => {
    // The quartile of 5, 6, 7, 8, 9 is 6; the eighth lies half-way between 5 and 6.
    for (const [percentile, limit] of [
      [0, 5],
      [12.5, 5.5],
      [25, 6],
      [100, 9],
    ] as const) {
      const pruner = percentilePruner({ percentile });
      expect(stops(pruner, [...complete, trialOf(5, [20, limit])])).toBe(false);
      expect(stops(pruner, [...complete, trialOf(5, [20, limit + 0.01])])).toBe(true);
    }
  });

  test('judges the first report of each interval after the warm-up', () => {
    const pruner = percentilePruner({ startupTrials: 1, warmupSteps: 4, intervalSteps: 3 });
    const good = trialOf(0, Array(12).fill(0), 'complete');
    const judged = Array.from({ length: 12 }, (_, index) => index + 1).filter((step) =>
      stops(pruner, [good, trialOf(1, Array(step).fill(1))]),
    );
    expect(judged).toEqual([4, 7, 10]);
    const everyOther = {
      ...trialOf(1, []),
      reports: [2, 6, 8].map((step) => ({ step, value: 1 })),
    };
    expect(stops(pruner, [good, everyOther])).toBe(true);
  });

  test('refuses what makes no sense', () => {
    expect(() => percentilePruner({ percentile: 101 })).toThrow(
      'percentile: expected a finite number >= 0 and <= 100, received 101.',
    );
    expect(() => percentilePruner({ intervalSteps: 0 })).toThrow('intervalSteps: expected');
    expect(() => medianPruner({ compareWith: 'mean' as 'value' })).toThrow(
      "compareWith: expected 'average' or 'value', received \"mean\".",
    );
    const misspelt = { startupTrials: 1, warmUpSteps: 3 };
    expect(() => medianPruner(misspelt)).toThrow("Did you mean 'warmupSteps'?");
  });
});
