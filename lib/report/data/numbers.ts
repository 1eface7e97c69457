import type { NumberTarget } from '../../data/tableSchema.js';
import { NumberTally } from '../../tables/evaluation.js';
import type { TablePredictions } from '../../tables/predictions.js';
import type { NumbersSection } from '../reportData.js';
import { histogramOf } from './histogram.js';
import { type JudgedModel, judgedRows, type RowsToJudge } from './judged.js';
import { shownRow, shownRows } from './shownRow.js';
import { thinned } from './thinned.js';

/** More points make a page slow, and hide each other. */
const mostPoints = 1500;

/**
 * How good a regressor is.
 *
 * @param standardised as the network learns them
 */
export function numbersOf(
  { columns }: JudgedModel,
  { name: target, mean, deviation }: NumberTarget,
  rows: RowsToJudge,
  standardised: Float32Array,
  predictions: TablePredictions,
): NumbersSection {
  const truths = Array.from(standardised, (value) => value * deviation + mean);
  const predicted = Array.from<string | number, number>(predictions.predictions, Number);
  const errors = truths.map((truth, row) => (predicted[row] ?? 0) - truth);
  const tally = new NumberTally(target);
  tally.add(predictions, truths);
  const { r2, rootMeanSquaredError, meanAbsoluteError } = tally.result();
  const far = [...errors.keys()].sort(
    (a, b) => Math.abs(errors[b] ?? 0) - Math.abs(errors[a] ?? 0),
  );
  const shown = thinned(truths.length, mostPoints);
  return {
    ...{ type: 'numbers', judged: judgedRows(rows), target },
    ...{ r2, rootMeanSquaredError, meanAbsoluteError },
    points: shown.map((row) => [truths[row] ?? 0, predicted[row] ?? 0] as const),
    residuals: histogramOf(errors),
    worst: far.slice(0, shownRows).map((row) => ({
      ...shownRow(rows, columns, row),
      actual: truths[row] ?? 0,
      predicted: predicted[row] ?? 0,
    })),
  };
}
