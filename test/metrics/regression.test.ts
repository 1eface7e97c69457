import { expect, test } from 'vitest';
import { matrix, metrics, ShapeError } from '../../lib/index.js';

const targets = [3, -0.5, 2, 7];
const outputs = [2.5, 0, 2, 8];

test('known values, as in the documentation of scikit-learn', () => {
  expect(metrics.meanAbsoluteError(outputs, targets)).toBeCloseTo(0.5, 12);
  expect(metrics.rootMeanSquaredError(outputs, targets)).toBeCloseTo(Math.sqrt(0.375), 12);
  expect(metrics.r2(outputs, targets)).toBeCloseTo(0.9486081370449679, 12);
});

test('several columns: R² is averaged over them, errors over everything', () => {
  const truths = [
    [0.5, 1],
    [-1, 1],
    [7, -6],
  ];
  const answers = [
    [0, 2],
    [-1, 2],
    [8, -5],
  ];
  expect(metrics.r2(answers, truths)).toBeCloseTo((0.965438 + 0.908163) / 2, 5);
  expect(metrics.meanAbsoluteError(answers, truths)).toBeCloseTo(0.75, 12);
});

test('a column of equal targets counts 1 when exact, else 0', () => {
  expect(metrics.r2([2, 2], [2, 2])).toBe(1);
  expect(metrics.r2([2, 3], [2, 2])).toBe(0);
});

test('R² of one row is undefined', () => {
  expect(() => metrics.r2([1], [1])).toThrow(ShapeError);
  expect(() => metrics.r2([[1, 2]], [[1, 3]])).toThrow(/^targets: expected 2 rows or more/);
});

test('matrices of bytes are scaled', () => {
  const bytes = matrix(Uint8Array.of(0, 255), 2, 1, { scale: 1 / 255 });
  expect(metrics.meanAbsoluteError(bytes, [0, 0])).toBeCloseTo(0.5, 12);
});

test('shapes that differ are refused', () => {
  expect(() => metrics.r2([1, 2], [1])).toThrow(ShapeError);
  expect(() => metrics.r2([1, 2], [1])).toThrow(/^targets: expected 2 rows of 1 values/);
});
