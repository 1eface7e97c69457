import { rowSource } from '../data/matrix.js';
import { finiteScore, rootMeanSquare } from '../model/detectorScores.js';
import type { ResolvedPrediction } from '../model/fitOptions.js';
import {
  allocateFloats,
  type ForwardRule,
  forwardChunks,
  forwardSync,
  type SyncForwardRule,
} from '../model/forward.js';
import { type InputColumn, rangesOf } from '../model/inputColumns.js';
import {
  columnErrors,
  type ErrorJudge,
  equalWeights,
  type ReconstructedRows,
  relativeWeights,
} from './errorMeasure.js';
import { fillMissing, fillMissingSync } from './missing.js';
import { meanSquares } from './reconstruction.js';

/** How rows are scored: by the mean squared error over the inputs, or by what is usual for each column. */
export interface Judge extends ErrorJudge {
  readonly isRelative: boolean;
}

/** @param usualErrors of each column; undefined for mean squared errors. */
export function judgeOf(
  rule: ForwardRule,
  columns: readonly InputColumn[],
  usualErrors: readonly number[] | undefined,
): Judge {
  const ranges = [...rangesOf(columns)];
  const weights =
    usualErrors === undefined
      ? equalWeights(rule.inputSize)
      : relativeWeights(ranges, usualErrors, rule.inputSize);
  return { rule, ranges, weights, isRelative: usualErrors !== undefined };
}

/** What is to be said of some rows. */
export interface JudgedRows {
  /** The rows as they were judged: what is missing in them has been filled in. */
  readonly given: ReconstructedRows;
  /** The weighted errors of each column of each row, `[rows, columns]`. */
  readonly errors: Float64Array;
  /** `[rows]` */
  readonly scores: Float32Array<ArrayBuffer>;
}

export async function judgeRows(
  chunk: ReconstructedRows,
  judge: Judge,
  options: ResolvedPrediction,
): Promise<JudgedRows> {
  const given = judge.isRelative
    ? await fillMissing(chunk, judge.ranges, judge.rule, options)
    : chunk;
  return judgeFilled(given, judge);
}

/** Scores on the caller's thread: right for a few rows. */
export function scoresSync(
  inputs: Float32Array,
  judge: Judge,
  rule: SyncForwardRule,
): Float32Array<ArrayBuffer> {
  const { values: outputs, rows } = forwardSync(inputs, rule);
  const given = { rows, inputs, outputs };
  const filled = judge.isRelative ? fillMissingSync(given, judge.ranges, rule) : given;
  return judgeFilled(filled, judge).scores;
}

function judgeFilled(given: ReconstructedRows, judge: Judge): JudgedRows {
  const { ranges, weights, isRelative, rule } = judge;
  const errors = columnErrors(given, ranges, weights);
  if (!isRelative) {
    const scores = meanSquares(given.inputs, given.outputs, rule.inputSize);
    return { given, errors, scores };
  }
  const scores = new Float32Array(given.rows);
  // The weights have the errors of a column as a part of the mean over the inputs.
  const scale = ranges.length / rule.inputSize;
  for (const row of scores.keys()) {
    scores[row] = finiteScore(rootMeanSquare(errors, row, ranges.length) * scale);
  }
  return { given, errors, scores };
}

/** The mean of the weighted errors of a row over its inputs. */
export function meanOf(errors: Float64Array, row: number, columns: number, size: number): number {
  let sum = 0;
  for (let at = row * columns; at < (row + 1) * columns; at++) sum += errors[at] as number;
  return sum / size;
}

export async function scoresOf(
  inputs: unknown,
  judge: Judge,
  options: ResolvedPrediction,
): Promise<Float32Array<ArrayBuffer>> {
  const { rule } = judge;
  const source = rowSource(inputs, rule.inputSize, rule.path);
  const scores = allocateFloats(source.rows);
  for await (const chunk of forwardChunks(source, rule, options)) {
    const judged = await judgeRows(chunk, judge, options);
    scores.set(judged.scores, chunk.start);
  }
  return scores;
}
