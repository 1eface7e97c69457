/**
 * Symmetric positive definite matrices: Float64Array of size² numbers, row by row. A factor holds
 * its lower triangle; what stands above it is zero.
 */

/** L with L · Lᵀ = matrix, or null when the matrix is not positive definite. */
export function cholesky(matrix: Float64Array, size: number): Float64Array | null {
  const factor = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      const product = dotOfRows(factor, row * size, column * size, column);
      const rest = at(matrix, row * size + column) - product;
      if (row > column) factor[row * size + column] = rest / at(factor, column * size + column);
      else if (rest > 0) factor[row * size + row] = Math.sqrt(rest);
      else return null;
    }
  }
  return factor;
}

/** x with L · x = right. */
export function solveLower(factor: Float64Array, right: Float64Array): Float64Array {
  const size = right.length;
  const solution = new Float64Array(size);
  for (let row = 0; row < size; row++) {
    let rest = at(right, row);
    for (let column = 0; column < row; column++) {
      rest -= at(factor, row * size + column) * at(solution, column);
    }
    solution[row] = rest / at(factor, row * size + row);
  }
  return solution;
}

/** x with Lᵀ · x = right. */
export function solveUpper(factor: Float64Array, right: Float64Array): Float64Array {
  const size = right.length;
  const solution = Float64Array.from(right);
  for (let row = size - 1; row >= 0; row--) {
    const value = at(solution, row) / at(factor, row * size + row);
    solution[row] = value;
    for (let column = 0; column < row; column++) {
      solution[column] = at(solution, column) - at(factor, row * size + column) * value;
    }
  }
  return solution;
}

/** The inverse of L · Lᵀ. */
export function inverseOf(factor: Float64Array, size: number): Float64Array {
  const inverse = new Float64Array(size * size);
  for (let column = 0; column < size; column++) {
    const unit = new Float64Array(size);
    unit[column] = 1;
    inverse.set(solveUpper(factor, solveLower(factor, unit)), column * size);
  }
  return inverse;
}

/** The logarithm of the determinant of L · Lᵀ. */
export function logDeterminant(factor: Float64Array, size: number): number {
  let sum = 0;
  for (let row = 0; row < size; row++) sum += Math.log(at(factor, row * size + row));
  return 2 * sum;
}

function dotOfRows(values: Float64Array, left: number, right: number, length: number): number {
  let sum = 0;
  for (let index = 0; index < length; index++) {
    sum += at(values, left + index) * at(values, right + index);
  }
  return sum;
}

/** The element, which is there. */
export function at(values: Float64Array, index: number): number {
  return values[index] as number;
}
