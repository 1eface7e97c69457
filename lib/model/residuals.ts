import type { DetectedColumn } from './detection.js';
import { type DetectorRecord, requireThreshold } from './detectorRecord.js';
import {
  finiteScore,
  leftOut,
  rootMeanSquare,
  smallestPart,
  usualError,
} from './detectorScores.js';
import { type ThresholdRuleSpec, takenForAnomalies, thresholdOf } from './thresholdRule.js';

/** How unusual rows are by how far what stands in them is from what a regressor says. */

/** Rows with what is known of each output, and what the network gives for it: `[rows, columns]`, row after row. */
export interface JudgedRows {
  readonly rows: number;
  readonly columns: number;
  /** NaN where it is not known, of which nothing can be said. */
  readonly actual: Float64Array;
  readonly predicted: Float32Array;
}

/** Finds what squared errors usually are, and where anomalies begin. */
export function residualRecord(judged: JudgedRows, rule: ThresholdRuleSpec): DetectorRecord {
  const without = Math.max(leftOut, takenForAnomalies(rule));
  const usualErrors = Array.from({ length: judged.columns }, (_, column) =>
    usualOf(judged, column, without),
  );
  const { scores } = residualScores(judged, usualErrors);
  const threshold = requireThreshold(thresholdOf(scores, rule), 'threshold');
  return { threshold, rule, rows: judged.rows, usualErrors };
}

function usualOf(
  { rows, columns, actual, predicted }: JudgedRows,
  column: number,
  without: number,
) {
  const errors = new Float64Array(rows);
  let [count, sum, squares] = [0, 0, 0];
  for (let row = 0; row < rows; row++) {
    const value = actual[row * columns + column] as number;
    const error = ((predicted[row * columns + column] as number) - value) ** 2;
    if (!Number.isFinite(error)) continue;
    errors[count++] = error;
    sum += value;
    squares += value * value;
  }
  const variance = squares / count - (sum / count) ** 2;
  const least = smallestPart * (variance > 0 ? variance : 1);
  return Math.max(least, usualError(errors.subarray(0, count), without));
}

export interface ResidualScores {
  /** `[rows]` */
  readonly scores: Float32Array<ArrayBuffer>;
  /** Squared errors as multiples of what is usual for their output, `[rows, columns]`. */
  readonly errors: Float64Array;
}

export function residualScores(
  { rows, columns, actual, predicted }: JudgedRows,
  usualErrors: readonly number[],
): ResidualScores {
  const errors = Float64Array.from(actual, (value, at) => {
    if (Number.isNaN(value)) return 0;
    return ((predicted[at] as number) - value) ** 2 / (usualErrors[at % columns] as number);
  });
  const scores = new Float32Array(rows);
  for (const row of scores.keys()) scores[row] = finiteScore(rootMeanSquare(errors, row, columns));
  return { scores, errors };
}

/** An output of a row, and what is told of it. */
export type DescribeOutput = (
  output: number,
  actual: number,
  predicted: number,
) => Pick<DetectedColumn, 'name' | 'value' | 'expected'>;

/** The outputs that a row fails on, the worst first; none where nothing is known or all is as expected. */
export function worstOutputs(
  { columns, actual, predicted }: JudgedRows,
  errors: Float64Array,
  row: number,
  count: number,
  describe: DescribeOutput,
): DetectedColumn[] {
  const ofRow = errors.subarray(row * columns, (row + 1) * columns);
  const total = ofRow.reduce((sum, error) => sum + error, 0);
  const failed = [...ofRow.keys()].filter((output) => ofRow[output] !== 0);
  failed.sort((a, b) => (ofRow[b] as number) - (ofRow[a] as number));
  return failed.slice(0, count).map((output) => {
    const at = row * columns + output;
    const share = Number.isFinite(total) ? (ofRow[output] as number) / total : 1;
    return { ...describe(output, actual[at] as number, predicted[at] as number), share };
  });
}
