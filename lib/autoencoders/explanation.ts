import type { ResolvedPrediction } from '../model/fitOptions.js';
import type { ErrorJudge, ReconstructedRows } from './errorMeasure.js';
import { type Replaced, replaceColumns } from './replacement.js';

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
  /**
   * Squared errors of its inputs, added up: all columns together make inputSize · score. (Of a detector
   * that judges columns by what is usual for them: errors by its measure.)
   */
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

/**
 * The columns that each row fails on, the worst first.
 *
 * @param errors of each column of each row, `[rows, columns]`
 */
export async function explainChunk(
  chunk: ReconstructedRows,
  errors: Float64Array,
  judge: ErrorJudge,
  options: ResolvedPrediction,
  count: number,
): Promise<readonly (readonly ColumnError[])[]> {
  const replaced = await replaceColumns(chunk, errors, judge, options);
  return Array.from({ length: chunk.rows }, (_, row) =>
    worstColumns(row, chunk, errors, replaced, judge, count),
  );
}

function worstColumns(
  row: number,
  { inputs, outputs }: ReconstructedRows,
  errors: Float64Array,
  replaced: Replaced,
  { ranges, rule: { inputSize: size } }: ErrorJudge,
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
