import { describe, expect, test } from 'vitest';
import { RandomStream } from '../../../lib/random.js';
import { eigenOf } from '../../../lib/search/numeric/eigen.js';
import { distance, identity, product, randomCovariance, transposed } from './matrices.js';

describe('eigenvalues and eigenvectors', () => {
  test.each([1, 2, 3, 10])('give back a matrix of size %i', (size) => {
    const matrix = randomCovariance(size, new RandomStream(size));
    const { values, vectors } = eigenOf(matrix, size);
    const inverse = transposed(vectors, size);
    expect(distance(product(vectors, inverse, size), identity(size))).toBeLessThan(1e-14);
    const diagonal = identity(size).map((one, index) => one * (values[index % size] ?? NaN));
    const again = product(product(vectors, diagonal, size), inverse, size);
    expect(distance(again, matrix) / Math.max(...matrix)).toBeLessThan(1e-14);
  });

  test('are exact for a matrix that is known', () => {
    const { values } = eigenOf(Float64Array.of(2, 1, 1, 2), 2);
    expect([...values].sort()).toEqual([1, 3].map((value) => expect.closeTo(value, 14)));
  });

  test('leave a diagonal matrix alone', () => {
    const { values, vectors } = eigenOf(Float64Array.of(3, 0, 0, -1), 2);
    expect([...values]).toEqual([3, -1]);
    expect([...vectors]).toEqual([1, 0, 0, 1]);
  });
});
