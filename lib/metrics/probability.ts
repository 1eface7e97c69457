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

/** Equal scores make one step: no order among them is better than another. */
function stepsOf(scores: Inputs | Numbers, labels: Labels): Step[] {
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
  const steps = stepsOf(scores, labels);
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
  const steps = stepsOf(scores, labels);
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
  const { rows, columns, at } = readRows(outputs, 'outputs');
  const truths = requireClasses(labels, 'labels', columns === 1 ? 2 : columns);
  requireSameLength(truths.length, rows, 'labels');
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    const truth = valueAt(truths, row);
    const ofOne = at(row, 0);
    const probability = columns > 1 ? at(row, truth) : truth === 1 ? ofOne : 1 - ofOne;
    if (probability < 0 || probability > 1) {
      throw new DataError({
        path: `outputs[${row}]`,
        expected: 'probabilities from 0 to 1',
        received: String(probability),
      });
    }
    sum -= Math.log(Math.max(Number.EPSILON, probability));
  }
  return sum / rows;
}
