import { expect, test } from 'vitest';
import { momentsOf, normOf, quantileOf } from '../lib/statistics.js';

test('a quantile lies between the two nearest ranks', () => {
  const values = [1, 2, 4, 8];
  expect([0, 1 / 3, 0.5, 5 / 6, 1].map((share) => quantileOf(values, share))).toEqual([
    1, 2, 3, 6, 8,
  ]);
  expect(quantileOf(Float32Array.of(7), 0.3)).toBe(7);
});

test('mean and deviation are those of the values themselves', () => {
  expect(momentsOf([2, 4, 4, 4, 5, 5, 7, 9])).toEqual({ mean: 5, deviation: 2 });
  expect(momentsOf([3])).toEqual({ mean: 3, deviation: 0 });
});

test('a norm is to the bit that of Math.hypot, of any number of values', () => {
  const values = Array.from({ length: 1000 }, (_, i) => Math.sin(i) * 10 ** (i % 40));
  for (let count = 0; count < values.length; count += 7) {
    expect(normOf(values.slice(0, count))).toBe(Math.hypot(...values.slice(0, count)));
  }
  expect(normOf(new Array(1_000_000).fill(3))).toBe(3000);
  expect(normOf([1e300, 1e300])).toBe(Math.hypot(1e300, 1e300));
});
