import { isArray, isBigIntArray, isNumberArray, isUint8Array } from '../builtins.js';
import { describeValue } from '../checks.js';
import { type Inputs, isMatrixLike, type MatrixInput, rowSource } from '../data/matrix.js';
import type { RowSource } from '../data/rowSource.js';
import { isRow } from '../data/rows.js';
import { ArgumentError, DataError, ShapeError } from '../errors.js';

/** How the metrics read what they are given. */

/** Numbers in a row: an array or a typed array. */
export type Numbers = ArrayLike<number>;

/** Classes of rows: integers from 0 on, or false and true; also as a matrix of one column. */
export type Labels = Numbers | readonly boolean[] | MatrixInput;

export interface Rows {
  readonly rows: number;
  readonly columns: number;
  at(row: number, column: number): number;
}

/** Finite numbers, one or more: a list, or a matrix of one column. */
export function requireNumbers(values: unknown, path: string): Numbers {
  if (isMatrix(values)) return requireColumn(values, path);
  const isList = isArray(values) || isNumberArray(values) || isBigIntArray(values);
  if (!isList || values.length === 0) {
    throw new ArgumentError({
      path,
      expected: 'an array of numbers, not empty',
      received: describeValue(values),
    });
  }
  const numbers = values as Numbers;
  for (let i = 0; i < numbers.length; i++) {
    if (Number.isFinite(numbers[i])) continue;
    throw new DataError({
      path: `${path}[${i}]`,
      expected: 'a finite number',
      received: describeValue(numbers[i]),
    });
  }
  return numbers;
}

function requireColumn(matrix: unknown, path: string): Numbers {
  const { rows, columns, at } = readRows(matrix as Inputs, path);
  if (columns === 1) return Float64Array.from({ length: rows }, (_, row) => at(row, 0));
  throw new ArgumentError({
    path,
    expected: 'one number for each row',
    received: `rows of ${columns} columns`,
    remedy: 'Where they are outputs, or one-hot rows, of classes: metrics.classesOf(rows).',
  });
}

/** Classes: integers from 0 on, below `classes` where that is known; false and true are 0 and 1. */
export function requireClasses(
  values: unknown,
  path: string,
  classes = Number.MAX_SAFE_INTEGER,
): Numbers {
  const isOfBooleans = isArray(values) && typeof values[0] === 'boolean';
  const numbers = isOfBooleans ? numbersOfBooleans(values, path) : requireNumbers(values, path);
  for (let i = 0; i < numbers.length; i++) {
    const value = valueAt(numbers, i);
    if (Number.isInteger(value) && value >= 0 && value < classes) continue;
    const limit = classes === Number.MAX_SAFE_INTEGER ? '' : ` to ${classes - 1}`;
    throw new DataError({
      path: `${path}[${i}]`,
      expected: `a class, an integer from 0${limit}`,
      received: String(value),
    });
  }
  return numbers;
}

function numbersOfBooleans(values: readonly unknown[], path: string): Numbers {
  const numbers: number[] = [];
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (typeof value !== 'boolean') {
      const expected = 'true or false, as the first one';
      throw new DataError({ path: `${path}[${i}]`, expected, received: describeValue(value) });
    }
    numbers.push(Number(value));
  }
  return numbers;
}

/** A matrix, as `predict` returns it, or rows of numbers. */
export function isMatrix(values: unknown): values is Inputs {
  return isMatrixLike(values) || (isArray(values) && isRow(values[0]));
}

export function requireSameLength(received: number, expected: number, path: string): void {
  if (received === expected) return;
  throw new ShapeError({
    path,
    expected: `${expected} values, one for each row`,
    received: String(received),
  });
}

/** A matrix, as `predict` returns it, or rows of numbers. A list of numbers is one column. */
export function readRows(values: Inputs | Numbers, path: string): Rows {
  if (!isMatrix(values)) {
    const numbers = requireNumbers(values, path);
    return { rows: numbers.length, columns: 1, at: (row) => valueAt(numbers, row) };
  }
  const given: Inputs = values;
  const columns = isMatrixLike(given) ? given.columns : (given as readonly Numbers[])[0]?.length;
  const source = rowSource(given, columns ?? 0, path);
  const flat = allValues(source);
  const { rows, scale, offset } = source;
  const isBytes = isUint8Array(flat);
  const at = (row: number, column: number): number => {
    const value = valueAt(flat, row * source.columns + column);
    return isBytes ? value * scale + offset : value;
  };
  requireNumbers(flat, path);
  return { rows, columns: source.columns, at };
}

/** Bytes as they are: only they are scaled when they are read. Others may come in slices. */
function allValues(source: RowSource): Float32Array | Float64Array | Uint8Array {
  const { rows, columns, rowsPerSlice } = source;
  if (rows <= rowsPerSlice || source.inputType === 'uint8') return source.slice(0, rows);
  const all = new Float64Array(rows * columns);
  for (let start = 0; start < rows; start += rowsPerSlice) {
    all.set(source.slice(start, Math.min(start + rowsPerSlice, rows)), start * columns);
  }
  return all;
}

/** An element that is known to be there. */
export function valueAt(values: Numbers, index: number): number {
  return values[index] as number;
}
