import { isArray, isNumberArray } from '../../builtins.js';
import { describeValue } from '../../checks.js';
import { type Inputs, type MatrixInput, matrix, rowSource } from '../../data/matrix.js';
import type { TargetColumn } from '../../data/tableSchema.js';
import { ArgumentError, DataError, ShapeError } from '../../errors.js';
import { allocateNumbers } from '../../memory.js';
import type { RowsToJudge } from './judged.js';

/** Rows that a program has in memory or in files, for a network that knows of no table. */

/** What such a network is judged by. */
export interface PlainData {
  readonly inputs: Inputs;
  /**
   * The class of each row, by its number or its name, or its number; for an autoencoder none, or whether each row is wrong.
   */
  readonly targets?: readonly (number | string | boolean)[] | ArrayLike<number> | undefined;
}

/**
 * @param target null for an autoencoder
 * @throws ArgumentError, ShapeError, DataError
 */
export async function plainRows(
  { inputs, targets }: PlainData,
  columns: number,
  target: TargetColumn | null,
): Promise<RowsToJudge> {
  const rows = await inMemory(inputs, columns);
  const own = { inputs: rows, places: null, from: 'file', file: null } as const;
  if (targets === undefined && target === null) return { ...own, targets: null, wrong: null };
  const given = readTargets(targets, rows.rows);
  if (target === null) {
    return { ...own, targets: null, wrong: { column: 'targets', rows: given.map(Boolean) } };
  }
  const numbers = given.map((value, row) => numberOf(value, target, row));
  return {
    ...own,
    targets: target.type === 'classes' ? Int32Array.from(numbers) : Float32Array.from(numbers),
    wrong: null,
  };
}

async function inMemory(inputs: Inputs, columns: number): Promise<MatrixInput> {
  const source = rowSource(inputs, columns, 'data.inputs');
  const { rows, scale, offset, rowsPerSlice } = source;
  if (rows === 0) {
    throw new DataError({ path: 'data.inputs', expected: 'at least one row', received: 'none' });
  }
  const values = allocateNumbers(Float32Array, rows * columns, 'data.inputs', `${rows} rows`);
  for (let start = 0; start < rows; start += rowsPerSlice) {
    const end = Math.min(rows, start + rowsPerSlice);
    await source.load?.(start, end);
    values.set(source.slice(start, end), start * columns);
  }
  // Bytes stay as they are, and are scaled where they are used.
  return matrix(values, rows, columns, source.inputType === 'uint8' ? { scale, offset } : {});
}

function readTargets(targets: unknown, rows: number): readonly unknown[] {
  if (!isArray(targets) && !isNumberArray(targets)) {
    throw new ArgumentError({
      path: 'data.targets',
      expected: 'one target for each row, in an array',
      received: describeValue(targets),
    });
  }
  if (targets.length !== rows) {
    throw new ShapeError({
      path: 'data.targets',
      expected: `${rows} targets, one for each row`,
      received: String(targets.length),
    });
  }
  return Array.from<unknown>(targets);
}

function numberOf(value: unknown, target: TargetColumn, row: number): number {
  const number = target.type === 'classes' ? target.classes.indexOf(String(value)) : Number(value);
  const index = target.type === 'classes' && number < 0 ? Number(value) : number;
  const isKnown =
    target.type === 'classes' ? target.classes[index] !== undefined : Number.isFinite(index);
  if (isKnown) return index;
  throw new DataError({
    path: `data.targets[${row}]`,
    expected:
      target.type === 'classes'
        ? `a class, by its number below ${target.classes.length} or its name`
        : 'a finite number',
    received: describeValue(value),
  });
}
