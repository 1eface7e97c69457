import type { RandomStream } from '../../../lib/random.js';

/** Symmetric positive definite, [size, size]: A · Aᵀ of normal numbers. */
export function randomCovariance(size: number, random: RandomStream): Float64Array {
  const root = Float64Array.from({ length: size * size }, () => random.normal());
  return product(root, transposed(root, size), size);
}

/** The product of square matrices, by its definition. */
export function product(left: Float64Array, right: Float64Array, size: number): Float64Array {
  return Float64Array.from({ length: size * size }, (_, index) => {
    const [row, column] = [Math.floor(index / size), index % size];
    let sum = 0;
    for (let k = 0; k < size; k++) {
      sum += (left[row * size + k] ?? NaN) * (right[k * size + column] ?? NaN);
    }
    return sum;
  });
}

export function transposed(matrix: Float64Array, size: number): Float64Array {
  return Float64Array.from(matrix, (_, index) => {
    return matrix[(index % size) * size + Math.floor(index / size)] ?? NaN;
  });
}

export function identity(size: number): Float64Array {
  return Float64Array.from({ length: size * size }, (_, i) => (i % (size + 1) === 0 ? 1 : 0));
}

/** The largest difference of two elements. */
export function distance(left: Float64Array, right: Float64Array): number {
  return left.reduce((most, value, index) => {
    return Math.max(most, Math.abs(value - (right[index] ?? NaN)));
  }, 0);
}
