import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  ArgumentError,
  DataError,
  MemoryError,
  matrix,
  metrics,
  ShapeError,
} from '../../lib/index.js';

const labels = [0, 1, 2, 0, 1, 2];
const predicted = [0, 2, 1, 0, 0, 1];

test('known values, as in the documentation of scikit-learn', () => {
  expect(metrics.precision(predicted, labels)).toBeCloseTo(2 / 9, 12);
  expect(metrics.precision(predicted, labels, { average: 'micro' })).toBeCloseTo(1 / 3, 12);
  expect(metrics.recall(predicted, labels)).toBeCloseTo(1 / 3, 12);
  expect(metrics.f1(predicted, labels)).toBeCloseTo(0.8 / 3, 12);
  expect(metrics.f1(predicted, labels, { class: 0 })).toBeCloseTo(0.8, 12);
  expect(metrics.accuracy(predicted, labels)).toBeCloseTo(1 / 3, 12);
  expect(metrics.confusionMatrix([0, 0, 2, 2, 0, 2], [2, 0, 2, 2, 0, 1])).toEqual([
    [2, 0, 0],
    [0, 0, 1],
    [1, 0, 2],
  ]);
});

test('a class that was never predicted has a precision of 0, one without rows a recall of 0', () => {
  expect(metrics.precision([0, 0], [0, 1], { class: 1 })).toBe(0);
  expect(metrics.recall([0, 1], [0, 0], { class: 1 })).toBe(0);
  expect(metrics.f1([0, 0], [0, 0], { class: 7 })).toBe(0);
});

test('classesOf takes the first of equal outputs, and a single output at 0.5', () => {
  expect([...metrics.classesOf(matrix(Float32Array.of(1, 1, 0, 0, 2, 2), 2, 3))]).toEqual([0, 1]);
  expect([...metrics.classesOf([0.2, 0.5, 0.6])]).toEqual([0, 0, 1]);
});

test('topKAccuracy: values of the documentation of scikit-learn, ties for the last', () => {
  const scores = [
    [0.5, 0.2, 0.2],
    [0.3, 0.4, 0.2],
    [0.2, 0.4, 0.3],
    [0.7, 0.2, 0.1],
  ];
  expect(metrics.topKAccuracy(scores, [0, 1, 2, 2], { k: 2 })).toBe(0.75);
  expect(metrics.topKAccuracy([[1, 1, 1]], [2], { k: 1 })).toBe(1);
  expect(metrics.topKAccuracy([[1, 1, 1]], [0], { k: 2 })).toBe(0);
});

const rowsOfClasses = fc
  .array(fc.tuple(fc.nat(3), fc.nat(3)), { minLength: 1, maxLength: 40 })
  .map((rows) => ({ answers: rows.map(([a]) => a), truths: rows.map(([, t]) => t) }));

test('counts agree with the confusion matrix, and the averages with their definitions', () => {
  fc.assert(
    fc.property(rowsOfClasses, ({ answers, truths }) => {
      const counts = metrics.confusionMatrix(answers, truths, 4);
      const total = counts.flat().reduce((sum, count) => sum + count, 0);
      const diagonal = counts.reduce((sum, row, i) => sum + (row[i] ?? 0), 0);
      expect(total).toBe(truths.length);
      const accuracy = metrics.accuracy(answers, truths);
      expect(accuracy).toBeCloseTo(diagonal / total, 12);
      for (const metric of [metrics.precision, metrics.recall, metrics.f1]) {
        expect(metric(answers, truths, { average: 'micro' })).toBeCloseTo(accuracy, 12);
      }
      const present = [...new Set([...answers, ...truths])];
      const recalls = present.map((one) => {
        const rows = truths.flatMap((truth, row) => (truth === one ? [row] : []));
        const hits = rows.filter((row) => answers[row] === one);
        return rows.length === 0 ? 0 : hits.length / rows.length;
      });
      const mean = recalls.reduce((sum, value) => sum + value, 0) / present.length;
      expect(metrics.recall(answers, truths)).toBeCloseTo(mean, 12);
      // Precision is the recall of the roles exchanged.
      expect(metrics.precision(answers, truths)).toBeCloseTo(metrics.recall(truths, answers), 12);
      for (const one of present) {
        const p = metrics.precision(answers, truths, { class: one });
        const r = metrics.recall(answers, truths, { class: one });
        const harmonic = p + r === 0 ? 0 : (2 * p * r) / (p + r);
        expect(metrics.f1(answers, truths, { class: one })).toBeCloseTo(harmonic, 12);
      }
    }),
    { numRuns: 60 },
  );
});

test('wrong input is refused with its place', () => {
  expect(() => metrics.accuracy([0, 1.5], [0, 1])).toThrow(DataError);
  expect(() => metrics.accuracy([0, 1.5], [0, 1])).toThrow(/^predicted\[1\]: expected a class/);
  expect(() => metrics.accuracy([0], [0, 1])).toThrow(ShapeError);
  expect(() => metrics.accuracy([], [])).toThrow(ArgumentError);
  expect(() => metrics.confusionMatrix([3], [0], 3)).toThrow(/integer from 0 to 2/);
  expect(() => metrics.f1([0], [0], { average: 'weighted' as 'macro' })).toThrow(/'macro' or/);
  expect(() => metrics.topKAccuracy([[1, 2]], [0], { k: 0 })).toThrow(/^k: /);
});

test('predictions may be the outputs themselves', () => {
  const outputs = matrix(Float32Array.of(0.7, 0.2, 0.1, 0.1, 0.2, 0.7, 0.1, 0.8, 0.1), 3, 3);
  const truths = [0, 2, 2];
  const classes = metrics.classesOf(outputs);
  expect(metrics.accuracy(outputs, truths)).toBe(metrics.accuracy(classes, truths));
  expect(metrics.f1(outputs, truths)).toBe(metrics.f1(classes, truths));
  expect(metrics.confusionMatrix(outputs, truths)).toEqual([
    [1, 0, 0],
    [0, 0, 0],
    [0, 1, 1],
  ]);
  const shares = matrix(Float32Array.of(0.2, 0.7, 0.6), 3, 1);
  expect(metrics.accuracy(shares, [false, true, false])).toBeCloseTo(2 / 3, 12);
  expect(metrics.accuracy(matrix(Float32Array.of(0, 3, 2), 3, 1), [0, 3, 1])).toBeCloseTo(
    2 / 3,
    12,
  );
});

test('labels may be booleans or one column, but no rows of outputs', () => {
  expect(metrics.accuracy([1, 0], [true, false])).toBe(1);
  expect(metrics.accuracy([1, 0], matrix(Float32Array.of(1, 0), 2, 1))).toBe(1);
  expect(() =>
    metrics.accuracy([1, 0], [
      [0, 1],
      [1, 0],
    ] as never),
  ).toThrow(
    'labels: expected one number for each row, received rows of 2 columns. Where they are outputs',
  );
  expect(() => metrics.accuracy([1, 0], [true, 0] as never)).toThrow('labels[1]: expected true or');
});

test('a matrix of more counts than the heap holds is refused', () => {
  expect(() => metrics.confusionMatrix([70173], [0])).toThrow(
    'predicted[0]: expected a class, an integer from 0 to 65535, received 70173.',
  );
  expect(() => metrics.confusionMatrix([4e9], [0])).toThrow(DataError);
  expect(() => metrics.confusionMatrix([65535], [0])).toThrow(MemoryError);
  expect(() => metrics.confusionMatrix([0], [0], 65536)).toThrow(MemoryError);
});

test.each([null, 5, 'k', Symbol('k')])('options are an object, not %o', (options) => {
  const wrong = 'options: expected an object';
  expect(() => metrics.topKAccuracy([[1, 2]], [0], options as never)).toThrow(wrong);
  expect(() => metrics.precision([1], [0], options as never)).toThrow(wrong);
});
