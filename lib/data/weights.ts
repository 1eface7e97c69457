import { isArray, isFloat32Array, isFloat64Array } from '../builtins.js';
import { describeValue } from '../checks.js';
import { ArgumentError, ShapeError } from '../errors.js';
import { copiesOfNumbers, valuesPerCopy, viewsOf } from './rows.js';

/** How much each row counts in the loss: finite numbers of at least 0. */
export type RowWeights = readonly number[] | Float32Array | Float64Array;

/** Weights after their shape is checked: what the copy into native memory reads from. */
export interface WeightSource {
  readonly path: string;
  readonly rowsPerSlice: number;
  slice(start: number, end: number): Float32Array | Float64Array;
}

/**
 * Checks the form of weights; the values are checked while they are copied.
 *
 * @throws ArgumentError, ShapeError
 */
export function weightSource(weights: unknown, rows: number, path: string): WeightSource {
  if (!isWeights(weights)) {
    throw new ArgumentError({
      path,
      expected: 'an array of numbers, one for each row',
      received: describeValue(weights),
    });
  }
  if (weights.length !== rows) {
    throw new ShapeError({
      path,
      expected: `${rows} weights, one for each row`,
      received: String(weights.length),
    });
  }
  const isTyped = isFloat32Array(weights) || isFloat64Array(weights);
  const slice = isTyped ? viewsOf(weights, path) : copiesOfNumbers(weights, path);
  return { path, rowsPerSlice: valuesPerCopy, slice };
}

function isWeights(value: unknown): value is readonly unknown[] | Float32Array | Float64Array {
  return isArray(value) || isFloat32Array(value) || isFloat64Array(value);
}
