import { getHeapStatistics } from 'node:v8';
import {
  describeValue,
  requireInteger,
  requireKnownKeys,
  requireObject,
  withDefault,
} from '../checks.js';
import type { Inputs } from '../data/matrix.js';
import { ArgumentError, MemoryError } from '../errors.js';
import {
  isMatrix,
  type Labels,
  type Numbers,
  readRows,
  requireClasses,
  requireSameLength,
  valueAt,
} from './reading.js';

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
 * @param predicted One class a row, or [rows, classes] as `predict` returns them.
 * @param classes How many there are, at most 65,536. Default: the largest that occurs, and one.
 * @throws ArgumentError, ShapeError, DataError; MemoryError when there are too many for the heap.
 */
export function confusionMatrix(
  predicted: Inputs | Numbers,
  labels: Labels,
  classes?: number | undefined,
): number[][] {
  if (classes !== undefined) requireInteger(classes, 'classes', countOfClasses);
  const answers = answersOf(predicted, classes ?? countOfClasses.maximum);
  const truths = requireClasses(labels, 'labels', classes ?? countOfClasses.maximum);
  requireSameLength(answers.length, truths.length, 'predicted');
  const count = classes ?? Math.max(largestOf(answers), largestOf(truths)) + 1;
  requireHeap(count);
  const matrix = Array.from({ length: count }, () => new Array<number>(count).fill(0));
  for (let i = 0; i < truths.length; i++) {
    const row = matrix[valueAt(truths, i)] as number[];
    const column = valueAt(answers, i);
    row[column] = (row[column] ?? 0) + 1;
  }
  return matrix;
}

const countOfClasses = { minimum: 1, maximum: 2 ** 16 } as const;

/** A number of an array takes eight bytes. The engine ends the process when its heap is full. */
function requireHeap(classes: number): void {
  const bytes = 8 * classes ** 2;
  const { heap_size_limit: limit, used_heap_size: used } = getHeapStatistics();
  if (bytes < (limit - used) / 2) return;
  throw new MemoryError({
    path: 'labels',
    expected: `memory for the counts of ${classes} x ${classes} classes, ${bytes} bytes`,
    received: `a heap of ${limit} bytes, of which ${used} are in use`,
    remedy: 'Number the classes from 0, without gaps; `node --max-old-space-size` gives more.',
  });
}

/** The classes that were predicted: given, or answered by outputs as `predict` returns them. */
function answersOf(predicted: Inputs | Numbers, classes?: number): Numbers {
  if (!isMatrix(predicted)) return requireClasses(predicted, 'predicted', classes);
  const { rows, columns, at } = readRows(predicted, 'predicted');
  const isColumnOfClasses =
    columns === 1 && Array.from({ length: rows }, (_, row) => at(row, 0)).every(Number.isInteger);
  return isColumnOfClasses
    ? requireClasses(predicted, 'predicted', classes)
    : requireClasses(classesOf(predicted), 'predicted', classes);
}

function largestOf(classes: Numbers): number {
  let largest = 0;
  for (let i = 0; i < classes.length; i++) largest = Math.max(largest, valueAt(classes, i));
  return largest;
}

/**
 * The share of rows whose class was predicted.
 *
 * @param predicted One class a row, or [rows, classes] as `predict` returns them.
 * @throws ArgumentError, ShapeError, DataError
 */
export function accuracy(predicted: Inputs | Numbers, labels: Labels): number {
  const answers = answersOf(predicted);
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
  labels: Labels,
  options: { readonly k?: number | undefined } = {},
): number {
  requireKnownKeys(requireObject(options, 'options'), ['k'], '');
  const { rows, columns, at } = readRows(outputs, 'outputs');
  const k = requireInteger(withDefault(options.k, 5), 'k', {
    minimum: 1,
    maximum: Number.MAX_SAFE_INTEGER,
  });
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

function countClasses(predicted: Inputs | Numbers, labels: Labels): Map<number, ClassCounts> {
  const answers = answersOf(predicted);
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
  predicted: Inputs | Numbers,
  labels: Labels,
  options: ClassAverage,
  score: (counts: ClassCounts) => number,
): number {
  requireKnownKeys(requireObject(options, 'options'), ['average', 'class'], '');
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
    received: describeValue(average),
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
 * @param predicted One class a row, or [rows, classes] as `predict` returns them.
 * @throws ArgumentError, ShapeError, DataError
 */
export function precision(
  predicted: Inputs | Numbers,
  labels: Labels,
  options: ClassAverage = {},
): number {
  return averaged(predicted, labels, options, (one) => ratio(one.hits, one.predicted));
}

/**
 * Of the rows of a class, the share that was predicted to be of it. 0 for a class without rows.
 *
 * @param predicted One class a row, or [rows, classes] as `predict` returns them.
 * @throws ArgumentError, ShapeError, DataError
 */
export function recall(
  predicted: Inputs | Numbers,
  labels: Labels,
  options: ClassAverage = {},
): number {
  return averaged(predicted, labels, options, (one) => ratio(one.hits, one.actual));
}

/**
 * The harmonic mean of precision and recall, class by class: 2 hits / (predicted + actual).
 *
 * @param predicted One class a row, or [rows, classes] as `predict` returns them.
 * @throws ArgumentError, ShapeError, DataError
 */
export function f1(
  predicted: Inputs | Numbers,
  labels: Labels,
  options: ClassAverage = {},
): number {
  return averaged(predicted, labels, options, (one) =>
    ratio(2 * one.hits, one.predicted + one.actual),
  );
}
