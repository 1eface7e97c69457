import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { commonBandwidth, neighbourBandwidths } from '../../../lib/search/models/bandwidths.js';

const widthsOf = (...units: number[]) => [...neighbourBandwidths(Float64Array.from(units), 1)];

describe('the bandwidths of neighbours', () => {
  test('are the distances to the farther one, in whatever order the points come', () => {
    const expected = [0.3, 0.3, 0.2];
    const near = (widths: number[]) => widths.map((width) => expect.closeTo(width, 12));
    expect(widthsOf(0.2, 0.5, 0.7)).toEqual(near(expected));
    expect(widthsOf(0.7, 0.2, 0.5)).toEqual(near([0.2, 0.3, 0.3]));
  });

  test('reach the farther end from a single point', () => {
    expect(widthsOf(0.2)).toEqual([0.8]);
    expect(widthsOf(0.9)).toEqual([0.9]);
    expect(widthsOf()).toEqual([]);
  });

  test('do not vanish where points agree: less the more of them there are, and never below 0.05', () => {
    expect(widthsOf(0.5, 0.5)).toEqual([3 ** -1.5, 3 ** -1.5]);
    expect(widthsOf(...new Array<number>(30).fill(0.5))[7]).toBe(0.05);
  });
});

test.each([
  ['common', commonBandwidth],
  ['of neighbours', neighbourBandwidths],
])('%s are within the range, one for each point', (_, bandwidths) => {
  const units = fc.array(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }));
  fc.assert(
    fc.property(units, fc.integer({ min: 1, max: 50 }), (points, dimensions) => {
      const widths = bandwidths(Float64Array.from(points), dimensions);
      expect(widths).toHaveLength(points.length);
      expect(widths.every((width) => width >= 0.01 && width <= 1)).toBe(true);
    }),
  );
});
