import {
  isArray,
  isFloat32Array,
  isFloat64Array,
  type NumberArray,
  plainView,
} from '../builtins.js';
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

/** Before memory is taken for all: a list may have the length of four billion rows and none of them. */
export function requireEnds(rows: readonly unknown[], columns: number, path: string): void {
  for (const index of [0, rows.length - 1]) {
    const row = rows[index];
    if (!isRow(row) || row.length !== columns) throw wrongRow(row, columns, `${path}[${index}]`);
  }
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

/** All of a list of numbers, checked. */
export function numbersOf(values: ArrayLike<unknown>, path: string): Float64Array {
  const { length } = values;
  return copyNumbers(values, { start: 0, end: length, path }, new Float64Array(length));
}

/** The values from `start` to before `end`, for use before the next call. */
type Slice<Values> = (start: number, end: number) => Values;

/** Slices of a list of numbers, each copied. */
export function copiesOfNumbers(values: ArrayLike<unknown>, path: string): Slice<Float64Array> {
  const buffer = new Float64Array(Math.min(values.length, valuesPerCopy));
  return (start, end) => copyNumbers(values, { start, end, path }, buffer);
}

/** Slices of a list of booleans as 0 and 1, each copied. */
export function copiesOfBooleans(values: ArrayLike<unknown>, path: string): Slice<Float64Array> {
  const buffer = new Float64Array(Math.min(values.length, valuesPerCopy));
  return (start, end) => {
    for (let index = start; index < end; index++) {
      const value = values[index];
      if (typeof value !== 'boolean') throw notABoolean(value, `${path}[${index}]`);
      buffer[index - start] = Number(value);
    }
    return buffer.subarray(0, end - start);
  };
}

/**
 * Slices of a typed array where the caller has them.
 *
 * @throws ShapeError when the array has another length than at the beginning: its memory was transferred or
 * resized while it was copied.
 */
export function viewsOf<Values extends NumberArray>(given: Values, path: string): Slice<Values> {
  const values = plainView(given);
  const { length } = values;
  return (start, end) => {
    requireLength(values, length, path);
    return values.subarray(start, end) as Values;
  };
}

/** @throws ShapeError when the memory of an array was transferred or resized in the meantime. */
export function requireLength(values: NumberArray, length: number, path: string): void {
  if (values.length === length) return;
  throw new ShapeError({
    path,
    expected: `${length} values, as in the beginning`,
    received: String(values.length),
    remedy: 'Transfer and resize arrays only when the call is done with them.',
  });
}

export function isRow(row: unknown): row is readonly unknown[] | Float32Array | Float64Array {
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
    remedy: typeof row === 'number' ? 'A single row is one in an array, too: [[1, 2], say].' : '',
  });
}

function notANumber(value: unknown, path: string): DataError {
  const remedy = remediesOfTypes[typeof value] ?? '';
  return new DataError({ path, expected: 'a number', received: describeValue(value), remedy });
}

const remediesOfTypes: Readonly<Partial<Record<string, string>>> = {
  bigint: 'Convert BigInts with Number().',
  boolean: 'Write 0 and 1.',
};

function notABoolean(value: unknown, path: string): DataError {
  return new DataError({
    path,
    expected: 'true or false, as the first one',
    received: describeValue(value),
    remedy: 'Write 0 and 1 for all of them, or booleans.',
  });
}
