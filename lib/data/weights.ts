import { describeValue } from '../checks.js';
import { ArgumentError, ShapeError } from '../errors.js';
import { copyNumbers } from './rows.js';

/** How much each row counts in the loss: finite numbers of at least 0. */
export type RowWeights = readonly number[] | Float32Array | Float64Array;

/** Weights after their shape is checked: what the copy into native memory reads from. */
export interface WeightSource {
  readonly path: string;
  readonly rowsPerSlice: number;
  slice(start: number, end: number): Float32Array | Float64Array;
}

/** Values that JavaScript looks at in about a millisecond. */
const valuesPerSlice = 2 ** 16;

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
  if (!Array.isArray(weights)) {
    const values = weights as Float32Array | Float64Array;
    return {
      path,
      rowsPerSlice: valuesPerSlice,
      slice: (start, end) => values.subarray(start, end),
    };
  }
  const buffer = new Float64Array(Math.min(rows, valuesPerSlice));
  const slice = (start: number, end: number) => copyNumbers(weights, { start, end, path }, buffer);
  return { path, rowsPerSlice: valuesPerSlice, slice };
}

function isWeights(value: unknown): value is readonly unknown[] | Float32Array | Float64Array {
  return Array.isArray(value) || value instanceof Float32Array || value instanceof Float64Array;
}
