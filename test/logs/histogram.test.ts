import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Histogram, histogramOf } from '../../lib/logs/histogram.js';

/** To the end, with the number of pauses. */
function counted(values: Float32Array): { histogram: Histogram | null; pauses: number } {
  const steps = histogramOf(values);
  for (let pauses = 0; ; pauses++) {
    const { done, value } = steps.next();
    if (done === true) return { histogram: value, pauses };
  }
}

describe('histogramOf', () => {
  test('counts every finite number once, between the smallest and the largest', () => {
    const numbers = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 });
    fc.assert(
      fc.property(numbers, (given) => {
        const values = Float32Array.from([...given, Number.NaN, Number.NEGATIVE_INFINITY]);
        const { histogram } = counted(values);
        expect(histogram).toMatchObject({
          minimum: Math.min(...given),
          maximum: Math.max(...given),
          count: given.length,
        });
        const { limits, counts } = histogram as NonNullable<typeof histogram>;
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(given.length);
        expect(limits).toHaveLength(counts.length);
        expect(limits.at(-1)).toBe(Math.max(...given));
      }),
    );
  });

  test('has parts of the same width', () => {
    const values = Float32Array.from({ length: 61 }, (_, index) => index);
    const { histogram } = counted(values);
    expect(histogram).toMatchObject({ sum: 1830, sumOfSquares: 73810 });
    expect([...(histogram?.limits ?? [])]).toEqual(
      Array.from({ length: 30 }, (_, part) => 2 * part + 2),
    );
    // The largest lies in the last part.
    expect([...(histogram?.counts ?? [])]).toEqual([...new Array(29).fill(2), 3]);
  });

  test('has one part for numbers that are all the same, and is null for none', () => {
    const { histogram: same } = counted(Float32Array.of(0.5, 0.5));
    expect([...(same?.limits ?? []), ...(same?.counts ?? [])]).toEqual([0.5, 2]);
    expect(counted(Float32Array.of(Number.NaN)).histogram).toBeNull();
  });

  test('pauses in large arrays, and counts all of them', () => {
    const values = Float32Array.from({ length: 600_000 }, (_, index) => index % 31);
    const { histogram, pauses } = counted(values);
    expect(pauses).toBeGreaterThan(3);
    expect(histogram?.count).toBe(600_000);
    expect(histogram?.counts.reduce((sum, count) => sum + count, 0)).toBe(600_000);
    expect(counted(values.subarray(0, 1000)).pauses).toBe(0);
  });
});
