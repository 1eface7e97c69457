import { isArray, isFloat32Array, isFloat64Array, isUint8Array, plainView } from '../builtins.js';
import {
  countRule,
  describeValue,
  isPlainObject,
  requireInteger,
  requireKnownKeys,
  requireNumber,
  requireObject,
  withDefault,
} from '../checks.js';
import { ArgumentError, DataError, ShapeError } from '../errors.js';
import { FileRows } from './fileRows.js';
import { fileSource } from './fileSource.js';
import type { RowSource } from './rowSource.js';
import { copyRows, requireEnds, requireLength, valuesPerCopy, viewsOf } from './rows.js';

/** Numbers as rows and columns, row after row: value (r, c) stands at `r * columns + c`. */
export interface Matrix<Values extends Float32Array = Float32Array<ArrayBuffer>> {
  readonly values: Values;
  readonly rows: number;
  readonly columns: number;
}

/** Arrays that hold a matrix without a copy. Bytes are kept as bytes, see `MatrixInput.scale`. */
export type MatrixValues = Float32Array | Float64Array | Uint8Array;

/** A flat array with its shape. Each value stands for `value * scale + offset`. */
export interface MatrixInput {
  /** Row after row; `rows * columns` values. */
  readonly values: MatrixValues;
  readonly rows: number;
  readonly columns: number;
  /**
   * Factor on each value, 1 / 255 for grey levels say.
   *
   * @default 1
   */
  readonly scale?: number | undefined;
  /**
   * Added to each value after the scale.
   *
   * @default 0
   */
  readonly offset?: number | undefined;
}

/** One row of numbers. */
export type Row = readonly number[] | Float32Array | Float64Array;

/**
 * Rows of numbers in any of four forms: a flat array with its shape (`matrix(...)`), a flat
 * Float32Array or Float64Array (the network knows the number of columns), an array of rows, or rows in a
 * file (`fileRows(...)`), which calls on the caller's thread (`predictSync`, a `trainer`) refuse.
 */
export type Inputs = MatrixInput | Float32Array | Float64Array | readonly Row[] | FileRows;

/**
 * A flat array with its shape, as data for `fit` and `predict`. Nothing is copied.
 *
 * ```ts
 * const pixels = new Uint8Array(60_000 * 784);
 * await model.fit({ inputs: matrix(pixels, 60_000, 784, { scale: 1 / 255 }), targets });
 * ```
 *
 * @param values Row after row, `rows * columns` values.
 * @param options.scale Factor on each value. Default 1.
 * @param options.offset Added after the scale. Default 0.
 * @throws ArgumentError, ShapeError
 */
export function matrix(
  values: MatrixValues,
  rows: number,
  columns: number,
  options: { readonly scale?: number; readonly offset?: number } = {},
): MatrixInput {
  requireObject(options, 'options');
  const input = Object.freeze({ ...options, values, rows, columns });
  requireMatrixInput(input, 'matrix');
  return input;
}

/** A slice that only points into the caller's array: the core copies it in about a millisecond. */
const bytesPerView = 2 ** 20;

/**
 * Checks the shape of inputs. The values are checked while they are copied.
 *
 * @param columns The columns that are wanted.
 * @param path Where the inputs stand, for errors.
 */
export function rowSource(inputs: unknown, columns: number, path: string): RowSource {
  if (isFloats(inputs)) {
    const rows = requireWholeRows(inputs.length, columns, path);
    return flatSource({ values: inputs, rows, columns }, path);
  }
  if (isArray(inputs)) return nestedSource(inputs, columns, path);
  if (FileRows.isFileRows(inputs)) {
    requireColumns(inputs.columns, columns, path);
    return fileSource(inputs, path);
  }
  if (isMatrixLike(inputs)) {
    // What was checked is what is read, whatever the getters of the object give.
    const input = { ...inputs };
    requireMatrixInput(input, path);
    requireColumns(input.columns, columns, path);
    return flatSource(input, path);
  }
  throw new ArgumentError({
    path,
    expected:
      'a matrix { values, rows, columns }, a Float32Array, a Float64Array, an array of rows or fileRows',
    received: describeValue(inputs),
    remedy: isUint8Array(inputs) ? 'Write matrix(bytes, rows, columns, { scale }).' : '',
  });
}

/** Whether the inputs are an object with a shape of its own. */
export function isMatrixLike(inputs: unknown): inputs is MatrixInput {
  return isPlainObject(inputs) && 'values' in inputs;
}

function requireMatrixInput(input: MatrixInput, path: string): void {
  requireKnownKeys({ ...input }, ['values', 'rows', 'columns', 'scale', 'offset'], path);
  const { values, rows, columns } = input;
  if (!(isFloats(values) || isUint8Array(values))) {
    throw new ArgumentError({
      path: `${path}.values`,
      expected: 'a Float32Array, Float64Array or Uint8Array',
      received: describeValue(values),
    });
  }
  requireInteger(columns, `${path}.columns`, countRule);
  requireRows(rows, path);
  requireNumber(withDefault(input.scale, 1), `${path}.scale`);
  requireNumber(withDefault(input.offset, 0), `${path}.offset`);
  if (values.length === rows * columns) return;
  throw new ShapeError({
    path: `${path}.values`,
    expected: `${rows} x ${columns} = ${rows * columns} values`,
    received: `${values.length}`,
  });
}

function isFloats(values: unknown): values is Float32Array | Float64Array {
  return isFloat32Array(values) || isFloat64Array(values);
}

function requireRows(rows: unknown, path: string): void {
  requireInteger(rows, `${path}.rows`, { minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
  if (rows === 0) throw emptyError(path);
}

function emptyError(path: string): DataError {
  return new DataError({ path, expected: 'at least one row', received: 'no rows' });
}

/** How many rows a flat array has. */
export function requireWholeRows(length: number, columns: number, path: string): number {
  if (length === 0) throw emptyError(path);
  if (length % columns === 0) return length / columns;
  throw new ShapeError({
    path,
    expected: `whole rows of ${columns} columns`,
    received: `${length} values, which is ${(length / columns).toFixed(2)} rows`,
  });
}

function requireColumns(received: number, expected: number, path: string): void {
  if (received === expected) return;
  throw new ShapeError({
    path: `${path}.columns`,
    expected: `${expected} columns`,
    received: `${received}`,
  });
}

function flatSource(input: MatrixInput, path: string): RowSource {
  const { rows, columns, scale = 1, offset = 0 } = input;
  const values = plainView(input.values);
  if (isUint8Array(values)) {
    return viewSource(values, { rows, columns, path, inputType: 'uint8', scale, offset });
  }
  const shape = { rows, columns, path, inputType: 'float32', scale: 1, offset: 0 } as const;
  if (scale === 1 && offset === 0) return viewSource(values, shape);
  const rowsPerSlice = rowsIn(valuesPerCopy, columns);
  const buffer = new Float64Array(Math.min(rows, rowsPerSlice) * columns);
  return {
    ...shape,
    rowsPerSlice,
    isDirect: false,
    slice(start, end) {
      requireLength(values, rows * columns, path);
      const scaled = buffer.subarray(0, (end - start) * columns);
      const first = start * columns;
      for (let i = 0; i < scaled.length; i++) {
        scaled[i] = (values[first + i] as number) * scale + offset;
      }
      return scaled;
    },
  };
}

function viewSource(
  given: MatrixValues,
  shape: Omit<RowSource, 'rowsPerSlice' | 'isDirect' | 'slice'>,
): RowSource {
  const { columns, path } = shape;
  const values = viewsOf(given, path);
  return {
    ...shape,
    rowsPerSlice: rowsIn(bytesPerView, columns * given.BYTES_PER_ELEMENT),
    isDirect: isFloat32Array(given),
    slice: (start, end) => values(start * columns, end * columns),
  };
}

function nestedSource(rows: readonly unknown[], columns: number, path: string): RowSource {
  if (rows.length === 0) throw emptyError(path);
  requireEnds(rows, columns, path);
  const rowsPerSlice = rowsIn(valuesPerCopy, columns);
  const buffer = new Float64Array(Math.min(rows.length, rowsPerSlice) * columns);
  return {
    rows: rows.length,
    columns,
    path,
    inputType: 'float32',
    scale: 1,
    offset: 0,
    rowsPerSlice,
    isDirect: false,
    slice: (start, end) => copyRows(rows, { start, end, columns, path }, buffer),
  };
}

function rowsIn(total: number, perRow: number): number {
  return Math.max(1, Math.floor(total / perRow));
}
