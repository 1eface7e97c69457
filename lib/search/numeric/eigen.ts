import { at } from './cholesky.js';

export interface Eigen {
  readonly values: Float64Array;
  /** [size, size]: the eigenvectors are its columns. */
  readonly vectors: Float64Array;
}

const sweeps = 50;

/**
 * Eigenvalues and orthonormal eigenvectors of a symmetric matrix [size, size], by Jacobi's rotations
 * (Golub and Van Loan, "Matrix computations", 8.5): slow for hundreds of rows, exact and short.
 */
export function eigenOf(symmetric: Float64Array, size: number): Eigen {
  const matrix = Float64Array.from(symmetric);
  const vectors = new Float64Array(size * size);
  for (let index = 0; index < size; index++) vectors[index * size + index] = 1;
  for (let sweep = 0; sweep < sweeps && !isDiagonal(matrix, size); sweep++) {
    for (let p = 0; p < size; p++) {
      for (let q = p + 1; q < size; q++) rotate(matrix, vectors, size, p, q);
    }
  }
  const values = Float64Array.from({ length: size }, (_, index) =>
    at(matrix, index * size + index),
  );
  return { values, vectors };
}

function isDiagonal(matrix: Float64Array, size: number): boolean {
  let diagonal = 0;
  let rest = 0;
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const square = at(matrix, row * size + column) ** 2;
      if (row === column) diagonal += square;
      else rest += square;
    }
  }
  return rest <= 1e-30 * diagonal;
}

/** Turns the plane of p and q so that the element at (p, q) becomes zero. */
function rotate(
  matrix: Float64Array,
  vectors: Float64Array,
  size: number,
  p: number,
  q: number,
): void {
  const offDiagonal = at(matrix, p * size + q);
  if (offDiagonal === 0) return;
  const slope = (at(matrix, q * size + q) - at(matrix, p * size + p)) / (2 * offDiagonal);
  const sign = slope < 0 ? -1 : 1;
  const tangent = sign / (Math.abs(slope) + Math.hypot(slope, 1));
  const cosine = 1 / Math.hypot(tangent, 1);
  const sine = tangent * cosine;
  for (let k = 0; k < size; k++) turn(matrix, k * size + p, k * size + q, cosine, sine);
  for (let k = 0; k < size; k++) turn(matrix, p * size + k, q * size + k, cosine, sine);
  for (let k = 0; k < size; k++) turn(vectors, k * size + p, k * size + q, cosine, sine);
}

function turn(values: Float64Array, p: number, q: number, cosine: number, sine: number): void {
  const [first, second] = [at(values, p), at(values, q)];
  values[p] = cosine * first - sine * second;
  values[q] = sine * first + cosine * second;
}
