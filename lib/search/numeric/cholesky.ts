/**
 * Symmetric positive definite matrices: Float64Array of size² numbers, row by row. A factor holds
 * its lower triangle; what stands above it is zero.
 */

/** L with L · Lᵀ = matrix, or null when the matrix is not positive definite. */
export function cholesky(matrix: Float64Array, size: number): Float64Array | null {
  const factor = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      const product = dotOf(factor, row * size, factor, column * size, column);
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
    const rest = at(right, row) - dotOf(factor, row * size, solution, 0, row);
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
  const transposed = transposedInverse(factor, size);
  const inverse = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      // Both rows are zero before the later of their diagonals.
      const [left, right] = [row * size + row, column * size + row];
      const value = dotOf(transposed, left, transposed, right, size - row);
      inverse[row * size + column] = value;
      inverse[column * size + row] = value;
    }
  }
  return inverse;
}

/** (L^-1)ᵀ: row k of it solves L · x = the unit vector k. */
function transposedInverse(factor: Float64Array, size: number): Float64Array {
  const transposed = new Float64Array(size * size);
  for (let unit = 0; unit < size; unit++) {
    const start = unit * size;
    transposed[start + unit] = 1 / at(factor, start + unit);
    for (let row = unit + 1; row < size; row++) {
      const sum = dotOf(factor, row * size + unit, transposed, start + unit, row - unit);
      transposed[start + row] = -sum / at(factor, row * size + row);
    }
  }
  return transposed;
}

/** The logarithm of the determinant of L · Lᵀ. */
export function logDeterminant(factor: Float64Array, size: number): number {
  let sum = 0;
  for (let row = 0; row < size; row++) sum += Math.log(at(factor, row * size + row));
  return 2 * sum;
}

/** Of `length` elements from two indices on; four sums, as each addition waits for the one before. */
function dotOf(
  left: Float64Array,
  leftStart: number,
  right: Float64Array,
  rightStart: number,
  length: number,
): number {
  let first = 0;
  let second = 0;
  let third = 0;
  let fourth = 0;
  let index = 0;
  for (; index + 3 < length; index += 4) {
    const i = leftStart + index;
    const j = rightStart + index;
    first += at(left, i) * at(right, j);
    second += at(left, i + 1) * at(right, j + 1);
    third += at(left, i + 2) * at(right, j + 2);
    fourth += at(left, i + 3) * at(right, j + 3);
  }
  for (; index < length; index++)
    first += at(left, leftStart + index) * at(right, rightStart + index);
  return first + second + (third + fourth);
}

/** The element, which is there. */
export function at(values: Float64Array, index: number): number {
  return values[index] as number;
}
