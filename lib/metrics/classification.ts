import { requireInteger, requireKnownKeys } from '../checks.js';
import type { Inputs } from '../data/matrix.js';
import { ArgumentError } from '../errors.js';
import { type Numbers, readRows, requireClasses, requireSameLength, valueAt } from './reading.js';

/** Metrics of one class out of several. Classes are integers from 0 on. */

/** Which classes precision, recall and F1 are of. */
export interface ClassAverage {
  /**
   * `'macro'` (the default): the mean over the classes that occur in `labels` or `predicted`, each
   * counting the same. `'micro'`: from the counts of all classes together, which for one class out
   * of several is the accuracy.
   */
  readonly average?: 'macro' | 'micro' | undefined;
  /** Of this class alone; in place of an average. */
  readonly class?: number | undefined;
}

/**
 * The class that each row of outputs answers: its largest output (the first one of several that are
 * equal), or for a single output 1 above 0.5 and else 0.
 *
 * @param outputs [rows, classes], as `predict` returns them.
 * @throws ArgumentError, ShapeError, DataError
 */
export function classesOf(outputs: Inputs | Numbers): Int32Array {
  const { rows, columns, at } = readRows(outputs, 'outputs');
  return Int32Array.from({ length: rows }, (_, row) => {
    if (columns === 1) return at(row, 0) > 0.5 ? 1 : 0;
    let largest = 0;
    for (let column = 1; column < columns; column++) {
      if (at(row, column) > at(row, largest)) largest = column;
    }
    return largest;
  });
}

/**
 * How often each class was taken for which: element [i][j] counts the rows of class i for which j
 * was predicted.
 *
 * @param classes How many there are. Default: the largest that occurs, and one.
 * @throws ArgumentError, ShapeError, DataError
 */
export function confusionMatrix(
  predicted: Numbers,
  labels: Numbers,
  classes?: number | undefined,
): number[][] {
  if (classes !== undefined) requireInteger(classes, 'classes', { minimum: 1, maximum: 2 ** 16 });
  const answers = requireClasses(predicted, 'predicted', classes);
  const truths = requireClasses(labels, 'labels', classes);
  requireSameLength(answers.length, truths.length, 'predicted');
  const count = classes ?? Math.max(largestOf(answers), largestOf(truths)) + 1;
  const matrix = Array.from({ length: count }, () => new Array<number>(count).fill(0));
  for (let i = 0; i < truths.length; i++) {
    const row = matrix[valueAt(truths, i)] as number[];
    const column = valueAt(answers, i);
    row[column] = (row[column] ?? 0) + 1;
  }
  return matrix;
}

function largestOf(classes: Numbers): number {
  let largest = 0;
  for (let i = 0; i < classes.length; i++) largest = Math.max(largest, valueAt(classes, i));
  return largest;
}

/**
 * The share of rows whose class was predicted.
 *
 * @throws ArgumentError, ShapeError, DataError
 */
export function accuracy(predicted: Numbers, labels: Numbers): number {
  const answers = requireClasses(predicted, 'predicted');
  const truths = requireClasses(labels, 'labels');
  requireSameLength(answers.length, truths.length, 'predicted');
  let right = 0;
  for (let i = 0; i < truths.length; i++) if (answers[i] === truths[i]) right++;
  return right / truths.length;
}

/**
 * The share of rows whose class is among the `k` largest outputs. Of equal outputs the last one
 * counts as the largest, as in scikit-learn.
 *
 * @param outputs [rows, classes], as `predict` returns them.
 * @param options.k Default 5.
 * @throws ArgumentError, ShapeError, DataError
 */
export function topKAccuracy(
  outputs: Inputs,
  labels: Numbers,
  options: { readonly k?: number | undefined } = {},
): number {
  requireKnownKeys({ ...options }, ['k'], '');
  const { rows, columns, at } = readRows(outputs, 'outputs');
  const k = requireInteger(options.k ?? 5, 'k', { minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
  const truths = requireClasses(labels, 'labels', columns);
  requireSameLength(truths.length, rows, 'labels');
  let right = 0;
  for (let row = 0; row < rows; row++) {
    const truth = valueAt(truths, row);
    const score = at(row, truth);
    let before = 0;
    for (let column = 0; column < columns; column++) {
      const other = at(row, column);
      if (other > score || (other === score && column > truth)) before++;
    }
    if (before < k) right++;
  }
  return right / rows;
}

/** Of one class: rows of it that were predicted, rows predicted, rows of it. */
interface ClassCounts {
  hits: number;
  predicted: number;
  actual: number;
}

function countClasses(predicted: Numbers, labels: Numbers): Map<number, ClassCounts> {
  const answers = requireClasses(predicted, 'predicted');
  const truths = requireClasses(labels, 'labels');
  requireSameLength(answers.length, truths.length, 'predicted');
  const counts = new Map<number, ClassCounts>();
  const of = (label: number): ClassCounts => {
    const known = counts.get(label) ?? { hits: 0, predicted: 0, actual: 0 };
    counts.set(label, known);
    return known;
  };
  for (let i = 0; i < truths.length; i++) {
    of(valueAt(answers, i)).predicted++;
    of(valueAt(truths, i)).actual++;
    if (answers[i] === truths[i]) of(valueAt(truths, i)).hits++;
  }
  return counts;
}

function averaged(
  predicted: Numbers,
  labels: Numbers,
  options: ClassAverage,
  score: (counts: ClassCounts) => number,
): number {
  requireKnownKeys({ ...options }, ['average', 'class'], '');
  const counts = countClasses(predicted, labels);
  if (options.class !== undefined) {
    const label = requireInteger(options.class, 'class', { minimum: 0, maximum: 2 ** 31 - 1 });
    return score(counts.get(label) ?? { hits: 0, predicted: 0, actual: 0 });
  }
  const { average = 'macro' } = options;
  const all = [...counts.values()];
  if (average === 'macro') return sumOf(all, score) / all.length;
  if (average === 'micro') {
    return score({
      hits: sumOf(all, (one) => one.hits),
      predicted: sumOf(all, (one) => one.predicted),
      actual: sumOf(all, (one) => one.actual),
    });
  }
  throw new ArgumentError({
    path: 'average',
    expected: "'macro' or 'micro'",
    received: String(average),
  });
}

function sumOf(all: readonly ClassCounts[], part: (counts: ClassCounts) => number): number {
  return all.reduce((sum, one) => sum + part(one), 0);
}

/** Nothing out of nothing counts as 0, as in scikit-learn. */
function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

/**
 * Of the rows that were predicted to be of a class, the share that is of it. 0 for a class that was
 * never predicted.
 *
 * @throws ArgumentError, ShapeError, DataError
 */
export function precision(predicted: Numbers, labels: Numbers, options: ClassAverage = {}): number {
  return averaged(predicted, labels, options, (one) => ratio(one.hits, one.predicted));
}

/**
 * Of the rows of a class, the share that was predicted to be of it. 0 for a class without rows.
 *
 * @throws ArgumentError, ShapeError, DataError
 */
export function recall(predicted: Numbers, labels: Numbers, options: ClassAverage = {}): number {
  return averaged(predicted, labels, options, (one) => ratio(one.hits, one.actual));
}

/**
 * The harmonic mean of precision and recall, class by class: 2 hits / (predicted + actual).
 *
 * @throws ArgumentError, ShapeError, DataError
 */
export function f1(predicted: Numbers, labels: Numbers, options: ClassAverage = {}): number {
  return averaged(predicted, labels, options, (one) =>
    ratio(2 * one.hits, one.predicted + one.actual),
  );
}
