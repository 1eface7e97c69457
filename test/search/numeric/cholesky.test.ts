import { describe, expect, test } from 'vitest';
import { RandomStream } from '../../../lib/random.js';
import {
  cholesky,
  inverseOf,
  logDeterminant,
  solveLower,
  solveUpper,
} from '../../../lib/search/numeric/cholesky.js';
import { distance, identity, product, randomCovariance, transposed } from './matrices.js';

describe('the Cholesky factor', () => {
  test.each([1, 2, 5, 12])('of a matrix of size %i', (size) => {
    const random = new RandomStream(size);
    const matrix = randomCovariance(size, random);
    const factor = cholesky(matrix, size) ?? new Float64Array();
    const scale = Math.max(...matrix);
    expect(distance(product(factor, transposed(factor, size), size), matrix) / scale).toBeLessThan(
      1e-14,
    );
    expect(distance(product(matrix, inverseOf(factor, size), size), identity(size))).toBeLessThan(
      1e-8,
    );

    const right = Float64Array.from({ length: size }, () => random.normal());
    const solution = solveUpper(factor, solveLower(factor, right));
    for (let row = 0; row < size; row++) {
      const sum = solution.reduce((total, x, k) => total + x * (matrix[row * size + k] ?? NaN), 0);
      expect(sum).toBeCloseTo(right[row] ?? NaN, 8);
    }
  });

  test('has half of the logarithm of the determinant on its diagonal', () => {
    const factor = cholesky(Float64Array.of(4, 2, 2, 3), 2) ?? new Float64Array();
    expect(logDeterminant(factor, 2)).toBeCloseTo(Math.log(8), 14);
  });

  test('is null where there is none', () => {
    expect(cholesky(Float64Array.of(1, 2, 2, 1), 2)).toBeNull();
    expect(cholesky(Float64Array.of(1, 1, 1, 1), 2)).toBeNull();
    expect(cholesky(Float64Array.of(NaN), 1)).toBeNull();
  });
});
