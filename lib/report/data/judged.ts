import type { Matrix, MatrixInput } from '../../data/matrix.js';
import type { FeatureColumn, TargetColumn } from '../../data/tableSchema.js';
import type { Detection } from '../../model/detection.js';
import type { TablePredictions } from '../../tables/predictions.js';
import type { JudgedRows } from '../reportData.js';

/** A model, and rows to judge it by: what all kinds of models are before sections are made of them. */

export interface JudgedModel {
  /** Null for an autoencoder. */
  readonly target: TargetColumn | null;
  /** What the inputs are; empty where nothing is known of them. */
  readonly columns: readonly FeatureColumn[];
  predict(inputs: MatrixInput): Promise<TablePredictions>;
  /** What a detector says of rows, all of them explained; null without one. */
  readonly explain: ((inputs: MatrixInput) => Promise<readonly Detection[]>) | null;
}

export interface RowsToJudge {
  readonly inputs: MatrixInput;
  /** Class indices, or numbers as the network learns them; null where there is nothing to learn. */
  readonly targets: Int32Array | Float32Array | null;
  /** The lines of the file, or undefined where nobody knows them; null for the numbers of the rows. */
  readonly places: readonly (number | null)[] | null;
  /** Which rows are wrong, for an autoencoder, and the column that says so; null where nothing says it. */
  readonly wrong: { readonly column: string; readonly rows: readonly boolean[] } | null;
  readonly from: JudgedRows['from'];
  readonly file: string | null;
}

export function judgedRows({ inputs, from, file }: RowsToJudge): JudgedRows {
  return { rows: inputs.rows, from, file };
}

/** Rows with certain numbers, one below the other. */
export function pickedRows(
  { values, columns, scale = 1, offset = 0 }: MatrixInput,
  rows: readonly number[],
): Matrix<Float32Array> {
  const picked = new Float32Array(rows.length * columns);
  for (const [at, row] of rows.entries()) {
    for (let column = 0; column < columns; column++) {
      picked[at * columns + column] = (values[row * columns + column] ?? 0) * scale + offset;
    }
  }
  return { values: picked, rows: rows.length, columns };
}
