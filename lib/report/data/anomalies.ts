import { AnomalyTally } from '../../tables/evaluation.js';
import type { TablePredictions } from '../../tables/predictions.js';
import type { AnomaliesSection, BlamedColumn, FoundRows } from '../reportData.js';
import { endsOf, type HistogramEnds, histogramOf } from './histogram.js';
import { type JudgedModel, judgedRows, pickedRows, type RowsToJudge } from './judged.js';
import { rankingCurves } from './ranking.js';
import { shownRow, shownRows, shownValue } from './shownRow.js';

/** Scores have long tails: so large a share of the rows may lie beyond the chart. */
const beyond = 0.005;

/** How an autoencoder judges rows. */
export async function anomaliesOf(
  model: JudgedModel,
  rows: RowsToJudge,
  predictions: TablePredictions,
): Promise<AnomaliesSection> {
  const scores = Float64Array.from(predictions.predictions, Number);
  const { threshold } = predictions;
  const tally = new AnomalyTally();
  tally.add(predictions, undefined);
  const { meanScore, anomalies } = tally.result();
  const { from, to } = endsOf(scores, beyond);
  const ends = { from: Math.min(0, from), to: Math.max(to, 1.2 * (threshold ?? to)) };
  const worst = [...scores.keys()]
    .sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0))
    .slice(0, shownRows);
  const blamed = await blamedColumns(model, rows, worst);
  return {
    ...{ type: 'anomalies', judged: judgedRows(rows), meanScore, threshold, anomalies },
    scores: histogramOf(scores, ends),
    found: foundRows(rows, scores, threshold, ends),
    worst: worst.map((row, at) => ({
      ...shownRow(rows, model.columns, row),
      score: scores[row] ?? 0,
      wrong: rows.wrong?.rows[row] ?? null,
      columns: blamed[at] ?? [],
    })),
  };
}

function foundRows(
  { wrong }: RowsToJudge,
  scores: Float64Array,
  threshold: number | null,
  ends: HistogramEnds,
): FoundRows | null {
  if (wrong === null) return null;
  const { column, rows } = wrong;
  const own = scores.filter((_, row) => rows[row]);
  const above = threshold === null ? 0 : scores.filter((score) => score > threshold).length;
  const hits = threshold === null ? 0 : own.filter((score) => score > threshold).length;
  return {
    column,
    wrong: own.length,
    wrongScores: histogramOf(own, ends),
    curves: rankingCurves(scores, rows.map(Number)),
    precision: threshold === null || above === 0 ? null : hits / above,
    recall: threshold === null || own.length === 0 ? null : hits / own.length,
  };
}

/** Of each of the rows; none without a detector. */
async function blamedColumns(
  { explain }: JudgedModel,
  { inputs }: RowsToJudge,
  rows: readonly number[],
): Promise<BlamedColumn[][]> {
  if (explain === null || rows.length === 0) return [];
  const detections = await explain(pickedRows(inputs, rows));
  return detections.map(({ columns }) =>
    columns.map(({ name, share, value, expected }) => ({
      ...{ name, share },
      value: shownValue(value),
      expected: shownValue(expected),
    })),
  );
}
