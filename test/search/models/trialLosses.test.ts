import { describe, expect, test } from 'vitest';
import { float, Study, type Trial } from '../../../lib/search/index.js';
import { lossesOf, mostInformative, standardised } from '../../../lib/search/models/trialLosses.js';

/** Trials that are complete with these values. */
function trialsWith(values: readonly number[]): readonly Trial[] {
  const study = new Study({ space: { x: float(0, 1) } });
  for (const value of values) study.ask()?.complete(value);
  return study.trials;
}

describe('the losses of trials', () => {
  test('are their values, or minus them where those are to be large', () => {
    const trials = trialsWith([3, 1]);
    expect(lossesOf(trials, 'minimize').map(({ loss }) => loss)).toEqual([3, 1]);
    expect(lossesOf(trials, 'maximize').map(({ loss }) => loss)).toEqual([-3, -1]);
  });

  test.each<[string, number[], number]>([
    ['between median and worst as reported', [9, 6], 6],
    ['no better than the median', [1], 3],
    ['no worse than the worst', [50], 8],
    ['the worst without a report', [], 8],
    ['the worst with a report that is no number', [2, NaN], 8],
  ])('of pruned ones: %s', (_, reports, loss) => {
    const study = new Study({ space: { x: float(0, 1) } });
    for (const value of [1, 3, 8]) study.ask()?.complete(value);
    const pruned = study.ask();
    reports.forEach((value, step) => {
      pruned?.report(step, value);
    });
    pruned?.prune();
    expect(lossesOf(study.trials, 'minimize')[3]?.loss).toBe(loss);
  });

  test('of failed ones are the worst; running ones have none', () => {
    const study = new Study({ space: { x: float(0, 1) }, direction: 'maximize' });
    for (const value of [1, 3, 8]) study.ask()?.complete(value);
    study.ask();
    study.ask()?.fail('out of memory');
    expect(
      lossesOf(study.trials, 'maximize').map(({ trial, loss }) => [trial.number, loss]),
    ).toEqual([
      [0, -1],
      [1, -3],
      [2, -8],
      [4, -1],
    ]);
  });

  test('that are kept are those of the best half and of the newest trials', () => {
    const losses = lossesOf(trialsWith([5, 1, 9, 2, 8, 7, 6, 10]), 'minimize');
    const kept = mostInformative(losses, 4).map(({ trial }) => trial.number);
    expect(kept).toEqual([1, 3, 6, 7]);
    expect(mostInformative(losses, 8)).toEqual(losses);
  });
});

describe('standardised losses', () => {
  test('have mean 0 and variance 1', () => {
    const values = standardised([4, 1, 7, 3, 5]);
    expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 12);
    expect(values.reduce((sum, value) => sum + value * value, 0) / 5).toBeCloseTo(1, 12);
    expect(values[0]).toBeCloseTo(0, 12);
    expect([...values].sort((a, b) => a - b)[0]).toBe(values[1]);
  });

  test('leave differences between good ones when others are terrible', () => {
    const values = standardised([1, 2, 3, 1e9, 4]);
    expect((values[1] ?? NaN) - (values[0] ?? NaN)).toBeGreaterThan(0.2);
    expect(values[3]).toBe(Math.max(...values));
  });

  test.each([[[2, 2, 2]], [[0]], [[0, 1e308, -1e308, 1e308]]])('of %o are finite', (losses) => {
    for (const value of standardised(losses)) expect(Number.isFinite(value)).toBe(true);
  });
});
