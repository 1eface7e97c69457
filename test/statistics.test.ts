import { expect, test } from 'vitest';
import { momentsOf, quantileOf } from '../lib/statistics.js';

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
