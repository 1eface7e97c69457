import { describe, expect, test } from 'vitest';
import {
  addSquaredSteps,
  matern,
  relativeMaternSlope,
  squaredDistance,
} from '../../../lib/search/models/matern.js';

describe('the Matérn 5/2 kernel', () => {
  test('is 1 at no distance, and known at others', () => {
    expect(matern(0)).toBe(1);
    // At r = 1/√5 and r = 2/√5: (1 + 1 + 1/3) / e and (1 + 2 + 4/3) / e².
    expect(matern(1 / 5)).toBeCloseTo(7 / 3 / Math.E, 14);
    expect(matern(4 / 5)).toBeCloseTo(13 / 3 / Math.E ** 2, 14);
    expect(matern(1e6)).toBe(0);
  });

  test.each([0.001, 0.1, 1, 7, 30])('falls at %f as its slope says', (squared) => {
    const step = 1e-4 * squared;
    const slope = (matern(squared + step) - matern(squared - step)) / (2 * step);
    expect(relativeMaternSlope(squared) * matern(squared)).toBeCloseTo(slope, 7);
    expect(slope).toBeLessThan(0);
  });

  test('has a slope at no distance too', () => {
    expect(relativeMaternSlope(0)).toBeCloseTo((matern(1e-9) - 1) / 1e-9, 3);
  });
});

describe('the distance of two points', () => {
  const kinds = ['number', 'options', 'number'] as const;
  const inverseSquareLengths = Float64Array.of(4, 9, 25);

  test('is measured in lengths of its axes; options are equal or not', () => {
    const [from, to] = [Float64Array.of(0.5, 0, 0.2), Float64Array.of(0, 2, 0)];
    expect(squaredDistance(kinds, from, to, inverseSquareLengths)).toBeCloseTo(1 + 9 + 1, 12);
    const same = Float64Array.of(0, 0, 0);
    expect(squaredDistance(kinds, from, same, inverseSquareLengths)).toBeCloseTo(1 + 1, 12);
  });

  test('is the sum of what its axes add', () => {
    const [from, to] = [Float64Array.of(0.5, -1, 0.2), Float64Array.of(0.1, 1, 0.9)];
    const sums = Float64Array.of(1, 1, 1);
    addSquaredSteps(sums, 2, kinds, from, to, inverseSquareLengths);
    const added = sums.reduce((sum, value) => sum + value - 1, 0);
    expect(added).toBeCloseTo(2 * squaredDistance(kinds, from, to, inverseSquareLengths), 12);
    expect(sums[1]).toBe(1 + 2 * 9);
  });
});
