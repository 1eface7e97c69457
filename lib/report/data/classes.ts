import type { ClassTarget } from '../../data/tableSchema.js';
import { calibrationError } from '../../metrics/probability.js';
import { ClassTally } from '../../tables/evaluation.js';
import { indexOfLargest, type TablePredictions } from '../../tables/predictions.js';
import type { CalibrationBin, ClassesSection, WrongRow } from '../reportData.js';
import { type JudgedModel, judgedRows, type RowsToJudge } from './judged.js';
import { rankingCurves } from './ranking.js';
import { shownRow, shownRows } from './shownRow.js';

/** How good a classifier is. */

/** More classes are no matrix to look at, nor curves. */
const mostClasses = 40;

const calibrationBins = 15;

/** @param truths the number of the class of each row */
export function classesOf(
  model: JudgedModel,
  target: ClassTarget,
  rows: RowsToJudge,
  truths: Int32Array,
  predictions: TablePredictions,
): ClassesSection {
  const all = Array.from(truths);
  const tally = new ClassTally(target.classes);
  tally.add(predictions, all);
  const { accuracy, logLoss, classes, confusion } = tally.result();
  const shares = sharesOf(predictions, target.classes.length);
  const isShown = target.classes.length <= mostClasses;
  return {
    ...{ type: 'classes', judged: judgedRows(rows), target: target.name, accuracy, logLoss },
    calibrationError: calibrationError(
      predictions.probabilities ?? { values: new Float32Array(0), rows: 0, columns: 0 },
      all,
    ),
    classes: classes.map((scores, kind) => ({
      ...scores,
      curves: isShown ? rankingCurves(scoresOfClass(shares, kind), labelsOf(all, kind)) : null,
    })),
    confusion: isShown ? confusion : null,
    calibration: calibrationOf(shares, all),
    worst: worstOf(model, target, rows, shares, all),
  };
}

/** Probabilities, shape (rows, classes). */
interface Shares {
  readonly values: ArrayLike<number>;
  readonly rows: number;
  readonly classes: number;
}

function sharesOf({ probabilities }: TablePredictions, classes: number): Shares {
  return { values: probabilities?.values ?? [], rows: probabilities?.rows ?? 0, classes };
}

function shareOf({ values, classes }: Shares, row: number, kind: number): number {
  return values[row * classes + kind] ?? 0;
}

function scoresOfClass(shares: Shares, kind: number): Float64Array {
  return Float64Array.from({ length: shares.rows }, (_, row) => shareOf(shares, row, kind));
}

function labelsOf(truths: readonly number[], kind: number): number[] {
  return truths.map((truth) => Number(truth === kind));
}

/** The likeliest class of a row. */
function likeliest({ values, classes }: Shares, row: number): number {
  return indexOfLargest(
    Array.from({ length: classes }, (_, kind) => values[row * classes + kind] ?? 0),
  );
}

function calibrationOf(shares: Shares, truths: readonly number[]): CalibrationBin[] {
  const bins = Array.from({ length: calibrationBins }, () => ({ rows: 0, said: 0, right: 0 }));
  for (const [row, truth] of truths.entries()) {
    const kind = likeliest(shares, row);
    const said = shareOf(shares, row, kind);
    const bin = bins[Math.min(calibrationBins - 1, Math.floor(said * calibrationBins))];
    if (bin === undefined) continue;
    bin.rows++;
    bin.said += said;
    bin.right += Number(kind === truth);
  }
  return bins.map(({ rows, said, right }, index) => ({
    from: index / calibrationBins,
    to: (index + 1) / calibrationBins,
    rows,
    said: rows === 0 ? 0 : said / rows,
    true: rows === 0 ? 0 : right / rows,
  }));
}

function worstOf(
  { columns }: JudgedModel,
  { classes }: ClassTarget,
  rows: RowsToJudge,
  shares: Shares,
  truths: readonly number[],
): WrongRow[] {
  return truths
    .map((truth, row) => ({ row, truth, probability: shareOf(shares, row, truth) }))
    .map((judged) => ({ ...judged, taken: likeliest(shares, judged.row) }))
    .filter(({ truth, taken }) => truth !== taken)
    .sort((a, b) => a.probability - b.probability)
    .slice(0, shownRows)
    .map(({ row, truth, taken, probability }) => ({
      ...shownRow(rows, columns, row),
      actual: classes[truth] ?? '',
      predicted: classes[taken] ?? '',
      probability,
    }));
}
