import { isFloat32Array, isFloat64Array } from '../builtins.js';
import { describeValue } from '../checks.js';
import type { Row } from '../data/matrix.js';
import { ArgumentError, rebaseError } from '../errors.js';
import type { ResolvedPrediction } from '../model/fitOptions.js';
import { type ForwardRule, forward } from '../model/forward.js';
import { type InputColumn, rangesOf } from '../model/inputColumns.js';

/** How badly one column of a row was reconstructed. */
export interface ColumnError {
  /** Name of the column. */
  readonly column: string;
  /** Its place among the columns, from 0. */
  readonly index: number;
  /** Squared errors of its inputs, added up: all columns together make inputSize · score. */
  readonly error: number;
  /** Its part of the error of the whole row, 0 to 1. */
  readonly share: number;
  /** What the network was given for the column: one value, or one for each category. */
  readonly inputs: Float32Array;
  /** What it gave back. */
  readonly reconstruction: Float32Array;
}

/** Reconstructs a row and names the columns that fail most. */
export async function explainRow(
  row: Row,
  rule: ForwardRule,
  options: ResolvedPrediction,
  columns: readonly InputColumn[],
  count: number,
): Promise<readonly ColumnError[]> {
  requireRow(row, rule.path);
  try {
    const { values } = await forward([row], rule, options);
    return worstColumns(Float32Array.from(row), values, columns, count);
  } catch (error) {
    // The row is the only one of its matrix.
    throw rebaseError(error, (path) => path.replace(`${rule.path}[0]`, rule.path));
  }
}

function requireRow(row: unknown, path: string): void {
  if (isFloat32Array(row) || isFloat64Array(row)) return;
  if (Array.isArray(row) && !Array.isArray(row[0]) && !ArrayBuffer.isView(row[0])) return;
  throw new ArgumentError({
    path,
    expected: 'one row: an array of numbers, a Float32Array or a Float64Array',
    received: Array.isArray(row) ? 'rows' : describeValue(row),
    ...(Array.isArray(row) && { remedy: 'Pass one of the rows.' }),
  });
}

/**
 * The columns of a row that were reconstructed worst, the worst first. The errors of a column are
 * added and not averaged: a wrong category among a hundred weighs as much as one among two.
 */
function worstColumns(
  inputs: Float32Array,
  reconstruction: Float32Array,
  columns: readonly InputColumn[],
  count: number,
): readonly ColumnError[] {
  const squares = inputs.map((value, index) => ((reconstruction[index] as number) - value) ** 2);
  const errors = columnErrors(squares, columns);
  const total = errors.reduce((sum, error) => sum + error, 0);
  const found = Array.from(rangesOf(columns), ({ column, index, start, end }) => {
    const error = errors[index] as number;
    return {
      column: column.name,
      index,
      error,
      share: total > 0 ? error / total : 0,
      inputs: inputs.slice(start, end),
      reconstruction: reconstruction.slice(start, end),
    };
  });
  return found.sort((a, b) => b.error - a.error || a.index - b.index).slice(0, count);
}

/** The squared errors of a row, added up for each column. */
export function columnErrors(
  squares: Float32Array,
  columns: readonly InputColumn[],
): Float64Array<ArrayBuffer> {
  const sums = new Float64Array(columns.length);
  for (const { index, start, end } of rangesOf(columns)) {
    let sum = 0;
    for (let input = start; input < end; input++) sum += squares[input] as number;
    sums[index] = sum;
  }
  return sums;
}
