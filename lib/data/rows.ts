import { isArray, isFloat32Array, isFloat64Array } from '../builtins.js';
import { describeValue } from '../checks.js';
import { DataError, type LayerwiseError, ShapeError } from '../errors.js';

/** Values that JavaScript copies one by one in about a millisecond. */
export const valuesPerCopy = 2 ** 16;

interface RowRange {
  readonly start: number;
  readonly end: number;
  readonly columns: number;
  readonly path: string;
}

/** Copies rows of an array of rows into `buffer`, checking each length and each value. */
export function copyRows(
  rows: readonly unknown[],
  { start, end, columns, path }: RowRange,
  buffer: Float64Array,
): Float64Array {
  for (let index = start; index < end; index++) {
    const row = rows[index];
    // Paths are made for errors only: a text for every row would cost more than the copy.
    if (!isRow(row) || row.length !== columns) throw wrongRow(row, columns, `${path}[${index}]`);
    const first = (index - start) * columns;
    for (let column = 0; column < columns; column++) {
      const value: unknown = row[column];
      if (typeof value !== 'number') throw notANumber(value, `${path}[${index}][${column}]`);
      buffer[first + column] = value;
    }
  }
  return buffer.subarray(0, (end - start) * columns);
}

/** Copies numbers of a flat array into `buffer`, checking that they are numbers. */
function copyNumbers(
  values: ArrayLike<unknown>,
  { start, end, path }: Omit<RowRange, 'columns'>,
  buffer: Float64Array,
): Float64Array {
  for (let index = start; index < end; index++) {
    const value = values[index];
    if (typeof value !== 'number') throw notANumber(value, `${path}[${index}]`);
    buffer[index - start] = value;
  }
  return buffer.subarray(0, end - start);
}

/** Slices of a flat array, each copied, for use before the next call. */
export function copiesOfNumbers(
  values: ArrayLike<unknown>,
  path: string,
): (start: number, end: number) => Float64Array {
  const buffer = new Float64Array(Math.min(values.length, valuesPerCopy));
  return (start, end) => copyNumbers(values, { start, end, path }, buffer);
}

function isRow(row: unknown): row is readonly unknown[] | Float32Array | Float64Array {
  return isArray(row) || isFloat32Array(row) || isFloat64Array(row);
}

function wrongRow(row: unknown, columns: number, path: string): LayerwiseError {
  if (isRow(row)) {
    return new ShapeError({ path, expected: `${columns} numbers`, received: `${row.length}` });
  }
  return new DataError({
    path,
    expected: `a row of ${columns} numbers`,
    received: describeValue(row),
  });
}

function notANumber(value: unknown, path: string): DataError {
  return new DataError({ path, expected: 'a number', received: describeValue(value) });
}
