import { isArray, isFloat32Array, isFloat64Array } from '../builtins.js';
import { describeValue } from '../checks.js';
import { type Row, rowSource } from '../data/matrix.js';
import { ArgumentError, rebaseError } from '../errors.js';
import type { ResolvedPrediction } from '../model/fitOptions.js';
import { type ForwardRule, forwardChunks } from '../model/forward.js';
import { type ColumnRange, type InputColumn, rangesOf } from '../model/inputColumns.js';
import { type ReconstructedRows, type Replaced, replaceColumns } from './replacement.js';

/** How much one column of a row is to blame for its score. */
export interface ColumnError {
  /** Name of the column. */
  readonly column: string;
  /** Its place among the columns, from 0. */
  readonly index: number;
  /**
   * The score that the row would have with the column replaced by what the network gives for it: the
   * mean squared error over the inputs. The least of all columns for the one that is to blame.
   */
  readonly remaining: number;
  /** Squared errors of its inputs, added up: all columns together make inputSize · score. */
  readonly error: number;
  /** Its part of the error of the whole row, 0 to 1. */
  readonly share: number;
  /** What the network was given for the column: one value, or one for each category. */
  readonly inputs: Float32Array;
  /** What it gave back. */
  readonly reconstruction: Float32Array;
  /** What fits the other columns: the values that leave the score `remaining`. */
  readonly replacement: Float32Array;
}

/** The columns that one row fails on. */
export async function explainRow(
  row: Row,
  rule: ForwardRule,
  options: ResolvedPrediction,
  columns: readonly InputColumn[],
  count: number,
): Promise<readonly ColumnError[]> {
  requireRow(row, rule.path);
  try {
    const [explained = []] = await explainRows([row], rule, options, columns, count);
    return explained;
  } catch (error) {
    // The row is the only one of its matrix.
    throw rebaseError(error, (path) => path.replace(`${rule.path}[0]`, rule.path));
  }
}

function requireRow(row: unknown, path: string): void {
  if (isFloat32Array(row) || isFloat64Array(row)) return;
  if (isArray(row) && !isArray(row[0]) && !ArrayBuffer.isView(row[0])) return;
  throw new ArgumentError({
    path,
    expected: 'one row: an array of numbers, a Float32Array or a Float64Array',
    received: isArray(row) ? 'rows' : describeValue(row),
    remedy: isArray(row) ? 'Pass one of the rows, or all of them to explainRows.' : undefined,
  });
}

/** The columns that each row fails on, the worst first. */
export async function explainRows(
  inputs: unknown,
  rule: ForwardRule,
  options: ResolvedPrediction,
  columns: readonly InputColumn[],
  count: number,
): Promise<readonly (readonly ColumnError[])[]> {
  const source = rowSource(inputs, rule.inputSize, rule.path);
  const ranges = [...rangesOf(columns)];
  const explained: (readonly ColumnError[])[] = [];
  for await (const chunk of forwardChunks(source, rule, options)) {
    const errors = columnErrors(chunk, ranges, rule.inputSize);
    const replaced = await replaceColumns(chunk, errors, ranges, rule, options);
    for (let row = 0; row < chunk.rows; row++) {
      explained.push(worstColumns(row, chunk, errors, replaced, ranges, rule.inputSize, count));
    }
  }
  return explained;
}

/** The squared errors of each row, added up for each column: `[rows, columns]`. */
function columnErrors(
  { rows, inputs, outputs }: ReconstructedRows,
  ranges: readonly ColumnRange[],
  size: number,
): Float64Array {
  const errors = new Float64Array(rows * ranges.length);
  for (let row = 0, at = 0; row < rows; row++) {
    const first = row * size;
    for (const { start, end } of ranges) {
      let sum = 0;
      for (let input = first + start; input < first + end; input++) {
        sum += Math.fround((outputs[input] as number) - (inputs[input] as number)) ** 2;
      }
      errors[at++] = sum;
    }
  }
  return errors;
}

function worstColumns(
  row: number,
  { inputs, outputs }: ReconstructedRows,
  errors: Float64Array,
  replaced: Replaced,
  ranges: readonly ColumnRange[],
  size: number,
  count: number,
): readonly ColumnError[] {
  const ofRow = errors.subarray(row * ranges.length, (row + 1) * ranges.length);
  const total = ofRow.reduce((sum, error) => sum + error, 0);
  const judged = ranges.map((range) => {
    const error = ofRow[range.index] as number;
    const tried = replaced.remaining[row * ranges.length + range.index] as number;
    const isTried = !Number.isNaN(tried);
    // A column that was not tried takes at least its own error with it.
    return { range, error, isTried, remaining: isTried ? tried : (total - error) / size };
  });
  judged.sort(
    (a, b) =>
      Number(b.isTried) - Number(a.isTried) || a.remaining - b.remaining || b.error - a.error,
  );
  return judged.slice(0, count).map(({ range, error, remaining }) => {
    const { column, index } = range;
    const [start, end] = [row * size + range.start, row * size + range.end];
    return {
      ...{ column: column.name, index, remaining, error, share: total > 0 ? error / total : 0 },
      inputs: inputs.slice(start, end),
      reconstruction: outputs.slice(start, end),
      replacement: replaced.values.slice(start, end),
    };
  });
}
