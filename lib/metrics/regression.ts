import type { Inputs } from '../data/matrix.js';
import { ShapeError } from '../errors.js';
import { type Numbers, type Rows, readRows } from './reading.js';

/** Metrics of numbers against numbers. */

function readBoth(outputs: Inputs | Numbers, targets: Inputs | Numbers): [Rows, Rows] {
  const answers = readRows(outputs, 'outputs');
  const truths = readRows(targets, 'targets');
  if (answers.rows === truths.rows && answers.columns === truths.columns) return [answers, truths];
  throw new ShapeError({
    path: 'targets',
    expected: `${answers.rows} rows of ${answers.columns} values, as the outputs`,
    received: `${truths.rows} rows of ${truths.columns}`,
  });
}

function meanOverAll(
  outputs: Inputs | Numbers,
  targets: Inputs | Numbers,
  of: (error: number) => number,
): number {
  const [answers, truths] = readBoth(outputs, targets);
  const { rows, columns } = answers;
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      sum += of(answers.at(row, column) - truths.at(row, column));
    }
  }
  return sum / (rows * columns);
}

/**
 * The mean of |y - t| over rows and columns.
 *
 * @throws ArgumentError, ShapeError, DataError
 */
export function meanAbsoluteError(outputs: Inputs | Numbers, targets: Inputs | Numbers): number {
  return meanOverAll(outputs, targets, Math.abs);
}

/**
 * The root of the mean of (y - t)² over rows and columns.
 *
 * @throws ArgumentError, ShapeError, DataError
 */
export function rootMeanSquaredError(outputs: Inputs | Numbers, targets: Inputs | Numbers): number {
  return Math.sqrt(meanOverAll(outputs, targets, (error) => error * error));
}

/**
 * The coefficient of determination, 1 - Σ (t - y)² / Σ (t - mean t)², averaged over the columns. A
 * column of equal targets counts 1 where the outputs are exact, else 0, as in scikit-learn. It is
 * undefined for a single row.
 *
 * @throws ArgumentError, ShapeError (also for a single row), DataError
 */
export function r2(outputs: Inputs | Numbers, targets: Inputs | Numbers): number {
  const [answers, truths] = readBoth(outputs, targets);
  const { rows, columns } = answers;
  if (rows < 2) {
    throw new ShapeError({
      path: 'targets',
      expected: '2 rows or more, as a single one has no spread to explain',
      received: String(rows),
      remedy: 'Measure more rows at once, or take rootMeanSquaredError.',
    });
  }
  let sum = 0;
  for (let column = 0; column < columns; column++) sum += r2OfColumn(answers, truths, column);
  return sum / columns;
}

function r2OfColumn(answers: Rows, truths: Rows, column: number): number {
  const { rows } = truths;
  let sum = 0;
  for (let row = 0; row < rows; row++) sum += truths.at(row, column);
  const mean = sum / rows;
  let residual = 0;
  let total = 0;
  for (let row = 0; row < rows; row++) {
    const truth = truths.at(row, column);
    residual += (truth - answers.at(row, column)) ** 2;
    total += (truth - mean) ** 2;
  }
  if (residual === 0) return 1;
  return total === 0 ? 0 : 1 - residual / total;
}
