import { isArray, isNumberArray, type NumberArray, plainView, zerosLike } from '../builtins.js';
import { describeValue, isPlainObject, joinPath } from '../checks.js';
import { ArgumentError, ShapeError } from '../errors.js';
import { FileRows } from './fileRows.js';
import { type Inputs, isMatrixLike, rowSource } from './matrix.js';
import type { Targets } from './targets.js';
import type { RowWeights } from './weights.js';

/**
 * Some rows of the data of a training, copied. What has no meaning as data is left as it is: the
 * training says what is wrong with it.
 */

/** Rows with what belongs to them. A matrix, the other object that may come, has values. */
export interface RowParts {
  readonly inputs: Inputs;
  readonly targets?: Targets | undefined;
  readonly weights?: RowWeights | undefined;
}

/** Rows, alone or with targets and weights. */
export type RowData = Inputs | RowParts;

export function hasInputs(data: unknown): data is RowParts {
  return isPlainObject(data) && 'inputs' in data;
}

/**
 * @param columns of a row of the inputs.
 * @throws ArgumentError, ShapeError, DataError
 */
export function rowCountOf(data: RowData, columns: number): number {
  const [inputs, path] = hasInputs(data) ? [data.inputs, 'data.inputs'] : [data, 'data'];
  return rowSource(inputs, columns, path).rows;
}

/** @throws ShapeError when targets or weights are not as many as the rows of the inputs. */
export function takeRows<Data extends RowData>(
  data: Data,
  rows: Uint32Array,
  columns: number,
): Data {
  const count = rowCountOf(data, columns);
  if (!hasInputs(data)) return taken(data as Inputs, rows, columns) as Data;
  const part = (name: 'targets' | 'weights') => {
    const values = data[name];
    if (values === undefined) return {};
    requireCount(values, count, name);
    return { [name]: taken(values, rows, 1) };
  };
  const inputs = taken(data.inputs, rows, columns);
  return { ...data, inputs, ...part('targets'), ...part('weights') };
}

function requireCount(values: Targets | RowWeights, rows: number, name: string): void {
  const received = lengthOf(values);
  if (received === rows) return;
  throw new ShapeError({
    path: joinPath('data', name),
    expected: `${rows}, one for each row of the inputs`,
    received: received === undefined ? describeValue(values) : String(received),
  });
}

function inFile(): ArgumentError {
  return new ArgumentError({
    path: 'data',
    expected: 'rows in memory, of which some are taken',
    received: 'rows in a file',
    remedy: 'Give a matrix, or set rows aside with the option `validation`.',
  });
}

function lengthOf(values: unknown): number | undefined {
  if (FileRows.isFileRows(values) || isMatrixLike(values)) return values.rows;
  return isArray(values) || isNumberArray(values) ? values.length : undefined;
}

function taken<Values extends Inputs | Targets | RowWeights>(
  values: Values,
  rows: Uint32Array,
  columns: number,
): Values {
  if (FileRows.isFileRows(values)) throw inFile();
  if (isMatrixLike(values)) {
    const flat = gathered(values.values, rows, values.columns);
    return { ...values, rows: rows.length, values: flat };
  }
  if (isNumberArray(values)) return gathered(values, rows, columns) as Values;
  const list: readonly unknown[] = values as readonly unknown[];
  return Array.from(rows, (row) => list[row]) as unknown as Values;
}

function gathered<Values extends NumberArray>(
  given: Values,
  rows: Uint32Array,
  columns: number,
): Values {
  const values = plainView(given);
  const copy = zerosLike(values, rows.length * columns);
  rows.forEach((row, index) => {
    copy.set(values.subarray(row * columns, (row + 1) * columns), index * columns);
  });
  return copy;
}
