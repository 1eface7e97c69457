import { requireInteger, requireKnownKeys, requireObject, withDefault } from '../checks.js';
import type { Inputs } from '../data/matrix.js';
import { ArgumentError, DataError } from '../errors.js';
import {
  isMatrix,
  type Labels,
  type Numbers,
  readRows,
  requireClasses,
  requireNumbers,
  requireSameLength,
  valueAt,
} from './reading.js';

/** Metrics of scores and probabilities. */

/** Rows of one score, from the highest on. */
interface Step {
  /** Rows with this score or a higher one: those of label 1, and those of label 0. */
  readonly positives: number;
  readonly negatives: number;
}

/**
 * Rows from the highest score down, counted by their labels. Equal scores make one step: no order among them is better than
 * another.
 */
export function rankingSteps(scores: Inputs | Numbers, labels: Labels): Step[] {
  const values = scoresOf(scores);
  const truths = requireClasses(labels, 'labels', 2);
  requireSameLength(values.length, truths.length, 'scores');
  const order = Uint32Array.from({ length: values.length }, (_, i) => i);
  order.sort((a, b) => valueAt(values, b) - valueAt(values, a));
  const steps: Step[] = [];
  let positives = 0;
  let negatives = 0;
  order.forEach((row, i) => {
    if (truths[row] === 1) positives++;
    else negatives++;
    const next = order[i + 1];
    if (next === undefined || values[next] !== values[row]) steps.push({ positives, negatives });
  });
  return steps;
}

/** Of label 1: the only output of a row, or the second one of two. */
function scoresOf(scores: Inputs | Numbers): Numbers {
  if (!isMatrix(scores)) return requireNumbers(scores, 'scores');
  const { rows, columns, at } = readRows(scores, 'scores');
  if (columns > 2) {
    throw new ArgumentError({
      path: 'scores',
      expected: 'one score for each row, or the two outputs of two classes',
      received: `rows of ${columns} columns`,
    });
  }
  return Float64Array.from({ length: rows }, (_, row) => at(row, columns - 1));
}

function requireLabel(count: number, label: number): void {
  if (count > 0) return;
  throw new DataError({
    path: 'labels',
    expected: `rows of label ${label}`,
    received: 'none',
    remedy: 'This is only defined for data with rows of that label.',
  });
}

/**
 * The area under the receiver operating characteristic: the probability that a row of label 1 has
 * a higher score than one of label 0; equal scores count half.
 *
 * @param scores One a row; the higher, the more likely label 1. Also [rows, 1] or [rows, 2], as `predict`
 * returns them: of two classes, the scores are the outputs of the second one.
 * @param labels 0 or 1; both must occur.
 * @throws ArgumentError, ShapeError, DataError
 */
export function rocAuc(scores: Inputs | Numbers, labels: Labels): number {
  const steps = rankingSteps(scores, labels);
  const { positives, negatives } = steps.at(-1) ?? { positives: 0, negatives: 0 };
  requireLabel(positives, 1);
  requireLabel(negatives, 0);
  let area = 0;
  let before: Step = { positives: 0, negatives: 0 };
  for (const step of steps) {
    // A trapezium: a step of equal scores rises in a straight line.
    area += ((step.negatives - before.negatives) * (step.positives + before.positives)) / 2;
    before = step;
  }
  return area / (positives * negatives);
}

/**
 * The area under the curve of precision over recall, as average precision: the sum over the
 * distinct scores of precision times the rise of recall, without interpolation.
 *
 * @param scores One a row; the higher, the more likely label 1. Also [rows, 1] or [rows, 2], as `predict`
 * returns them: of two classes, the scores are the outputs of the second one.
 * @param labels 0 or 1; 1 must occur.
 * @throws ArgumentError, ShapeError, DataError
 */
export function prAuc(scores: Inputs | Numbers, labels: Labels): number {
  const steps = rankingSteps(scores, labels);
  const all = steps.at(-1)?.positives ?? 0;
  requireLabel(all, 1);
  let area = 0;
  let before = 0;
  for (const { positives, negatives } of steps) {
    area += ((positives - before) / all) * (positives / (positives + negatives));
    before = positives;
  }
  return area;
}

/**
 * The mean of -log p, p the probability that was given to the class of the row, at least 2^-52.
 *
 * @param outputs [rows, classes], rows that sum to 1; or one probability of label 1 a row.
 * @throws ArgumentError, ShapeError, DataError
 */
export function logLoss(outputs: Inputs | Numbers, labels: Labels): number {
  const { rows, probability, truth } = judged(outputs, labels);
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    sum -= Math.log(Math.max(Number.EPSILON, probability(row, truth(row))));
  }
  return sum / rows;
}

function requireProbability(value: number, row: number): number {
  if (value >= 0 && value <= 1) return value;
  throw new DataError({
    path: `outputs[${row}]`,
    expected: 'probabilities from 0 to 1',
    received: String(value),
  });
}

/** Probabilities of rows with the classes that they are of. */
interface Judged {
  readonly rows: number;
  readonly classes: number;
  /** That a row is of a class. */
  readonly probability: (row: number, kind: number) => number;
  readonly truth: (row: number) => number;
}

function judged(outputs: Inputs | Numbers, labels: Labels): Judged {
  const { rows, columns, at } = readRows(outputs, 'outputs');
  const classes = columns === 1 ? 2 : columns;
  const truths = requireClasses(labels, 'labels', classes);
  requireSameLength(truths.length, rows, 'labels');
  const ofOne = (row: number, kind: number) => (kind === 1 ? at(row, 0) : 1 - at(row, 0));
  const given = columns === 1 ? ofOne : at;
  const probability = (row: number, kind: number) => requireProbability(given(row, kind), row);
  return { rows, classes, probability, truth: (row) => valueAt(truths, row) };
}

/**
 * The Brier score: the mean over the rows of the squared distance between probabilities and what came true (1 for the
 * class of the row, 0 for the others). Of two classes it is (p - t)² of the second one, from 0 to 1; of more, the
 * squares are summed over the classes, from 0 to 2. Right probabilities have the least one (Brier 1950).
 *
 * @param outputs [rows, classes], rows that sum to 1; or one probability of label 1 a row.
 * @throws ArgumentError, ShapeError, DataError
 */
export function brierScore(outputs: Inputs | Numbers, labels: Labels): number {
  const { rows, classes, probability, truth } = judged(outputs, labels);
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    for (let kind = classes === 2 ? 1 : 0; kind < classes; kind++) {
      sum += (probability(row, kind) - (truth(row) === kind ? 1 : 0)) ** 2;
    }
  }
  return sum / rows;
}

/** How `calibrationError` compares. */
export interface CalibrationOptions {
  /**
   * Equal parts of 0 to 1 that rows are put into by their largest probability.
   *
   * @default 15
   */
  readonly bins?: number | undefined;
}

/**
 * The expected calibration error (Guo et al. 2017): rows are put into bins by their largest probability; it is the
 * difference between the mean of those probabilities and the share of rows for which that class is right, averaged over
 * the bins by their rows. 0 where 80 % of what was said with a probability of 0.8 comes true.
 *
 * @param outputs [rows, classes], rows that sum to 1; or one probability of label 1 a row.
 * @throws ArgumentError, ShapeError, DataError
 */
export function calibrationError(
  outputs: Inputs | Numbers,
  labels: Labels,
  options: CalibrationOptions = {},
): number {
  requireKnownKeys(requireObject(options, 'options'), ['bins'], '');
  const bins = requireInteger(withDefault(options.bins, 15), 'bins', {
    minimum: 1,
    maximum: 10_000,
  });
  const { rows, classes, probability, truth } = judged(outputs, labels);
  // Of each bin: the sum of probabilities less the rows that were told right.
  const differences = new Float64Array(bins);
  for (let row = 0; row < rows; row++) {
    let best = 0;
    for (let kind = 1; kind < classes; kind++) {
      if (probability(row, kind) > probability(row, best)) best = kind;
    }
    const confidence = probability(row, best);
    const bin = Math.min(bins - 1, Math.floor(confidence * bins));
    differences[bin] = valueAt(differences, bin) + confidence - (truth(row) === best ? 1 : 0);
  }
  return differences.reduce((sum, difference) => sum + Math.abs(difference), 0) / rows;
}
