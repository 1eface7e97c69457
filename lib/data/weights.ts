import { isArray, isFloat32Array, isFloat64Array } from '../builtins.js';
import { describeValue } from '../checks.js';
import { ArgumentError, ShapeError } from '../errors.js';
import { FileRows } from './fileRows.js';
import { numberFileSource } from './fileSource.js';
import { copiesOfNumbers, valuesPerCopy, viewsOf } from './rows.js';

/** How much each row counts in the loss: finite numbers of at least 0. */
export type RowWeights = readonly number[] | Float32Array | Float64Array | FileRows;

/** Weights after their shape is checked: what the copy into native memory reads from. */
export interface WeightSource {
  readonly path: string;
  readonly rowsPerSlice: number;
  slice(start: number, end: number): Float32Array | Float64Array;
  /** Has to be awaited before such a slice, where the weights lie in a file. */
  load?(start: number, end: number): Promise<void>;
}

/**
 * Checks the form of weights; the values are checked while they are copied.
 *
 * @throws ArgumentError, ShapeError
 */
export function weightSource(weights: unknown, rows: number, path: string): WeightSource {
  if (FileRows.isFileRows(weights)) {
    requireOneEach(weights.rows * weights.columns, rows, path);
    return { path, ...numberFileSource(weights, path) };
  }
  if (!isWeights(weights)) {
    throw new ArgumentError({
      path,
      expected: 'an array of numbers, one for each row',
      received: describeValue(weights),
    });
  }
  requireOneEach(weights.length, rows, path);
  const isTyped = isFloat32Array(weights) || isFloat64Array(weights);
  const slice = isTyped ? viewsOf(weights, path) : copiesOfNumbers(weights, path);
  return { path, rowsPerSlice: valuesPerCopy, slice };
}

function requireOneEach(received: number, rows: number, path: string): void {
  if (received === rows) return;
  const expected = `${rows} weights, one for each row`;
  throw new ShapeError({ path, expected, received: String(received) });
}

function isWeights(value: unknown): value is readonly unknown[] | Float32Array | Float64Array {
  return isArray(value) || isFloat32Array(value) || isFloat64Array(value);
}
