import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ArgumentError } from '../../lib/index.js';
import { normaliseThresholdRule, thresholdOf } from '../../lib/model/thresholdRule.js';

const thresholdBy = (scores: readonly number[], rule: object) =>
  thresholdOf(Float32Array.from(scores), normaliseThresholdRule(rule, ''));

describe('a threshold rule', () => {
  test.each<[rule: object, threshold: number]>([
    // Of 5, 1, 2, 3, 4: ranks 0 to 4, population deviation √2.
    [{ method: 'quantile', quantile: 0 }, 1],
    [{ method: 'quantile', quantile: 0.5 }, 3],
    [{ method: 'quantile', quantile: 0.9 }, 4.6],
    [{ method: 'quantile', quantile: 1 }, 5],
    [{ method: 'quantile' }, 4.96],
    [{ method: 'contamination', contamination: 0.25 }, 4],
    [{ method: 'contamination' }, 4.96],
    [{ method: 'sigma', sigmas: 2 }, 3 + 2 * Math.SQRT2],
    [{ method: 'sigma' }, 3 + 3 * Math.SQRT2],
    [{ method: 'maximum' }, 5],
    [{ method: 'maximum', factor: 1.5 }, 7.5],
  ])('%o is computed from the scores', (rule, threshold) => {
    const scores = [5, 1, 2, 3, 4];
    expect(thresholdBy(scores, rule)).toBeCloseTo(threshold, 6);
    expect(scores).toEqual([5, 1, 2, 3, 4]);
  });

  test.each([
    { method: 'contamination' },
    { method: 'quantile' },
    { method: 'maximum' },
    { method: 'sigma', sigmas: 0 },
  ])('%o of a single score is that score', (rule) => {
    expect(thresholdBy([0.5], rule)).toBe(0.5);
  });

  test('leaves the contamination above the threshold', () => {
    const scores = fc.uniqueArray(fc.double({ min: 0, max: 1e6, noNaN: true }), {
      minLength: 1,
      maxLength: 300,
      selector: Math.fround,
    });
    const shares = fc.double({ min: 0.001, max: 0.5, noNaN: true });
    fc.assert(
      fc.property(scores, shares, (values, contamination) => {
        const threshold = thresholdBy(values, { method: 'contamination', contamination });
        const above = values.map(Math.fround).filter((score) => score > threshold).length;
        expect(Math.abs(above - values.length * contamination)).toBeLessThanOrEqual(1);
      }),
    );
  });

  test.each([
    [{}, 'method'],
    [{ method: 'quantil' }, 'method'],
    [{ method: 'contamination', contamination: 0 }, 'contamination'],
    [{ method: 'contamination', contamination: 0.6 }, 'contamination'],
    [{ method: 'quantile', quantile: 1.1 }, 'quantile'],
    [{ method: 'quantile', quantile: Number.NaN }, 'quantile'],
    [{ method: 'sigma', sigmas: -1 }, 'sigmas'],
    [{ method: 'maximum', factor: 0 }, 'factor'],
    [{ method: 'maximum', sigmas: 3 }, 'sigmas'],
  ])('%o is refused', (rule, path) => {
    const attempt = () => normaliseThresholdRule(rule, '');
    expect(attempt).toThrow(ArgumentError);
    expect(attempt).toThrow(expect.objectContaining({ path }));
  });
});
