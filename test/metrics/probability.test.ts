import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DataError, matrix, metrics } from '../../lib/index.js';

test('known values, as in the documentation of scikit-learn', () => {
  const labels = [0, 0, 1, 1];
  const scores = [0.1, 0.4, 0.35, 0.8];
  expect(metrics.rocAuc(scores, labels)).toBeCloseTo(0.75, 12);
  expect(metrics.prAuc(scores, labels)).toBeCloseTo(5 / 6, 12);
  const outputs = [
    [0.1, 0.9],
    [0.9, 0.1],
    [0.8, 0.2],
    [0.35, 0.65],
  ];
  expect(metrics.logLoss(outputs, [1, 0, 0, 1])).toBeCloseTo(0.21616, 5);
});

const scored = fc
  .array(fc.tuple(fc.nat(5), fc.nat(1)), { minLength: 2, maxLength: 30 })
  .map((rows) => ({ scores: rows.map(([s]) => s / 4), labels: rows.map(([, l]) => l) }))
  .filter(({ labels }) => labels.includes(0) && labels.includes(1));

test('rocAuc is the share of pairs in the right order, ties counting half', () => {
  fc.assert(
    fc.property(scored, ({ scores, labels }) => {
      let pairs = 0;
      let right = 0;
      scores.forEach((positive, i) => {
        scores.forEach((negative, j) => {
          if (labels[i] !== 1 || labels[j] !== 0) return;
          pairs++;
          if (positive > negative) right += 1;
          if (positive === negative) right += 0.5;
        });
      });
      expect(metrics.rocAuc(scores, labels)).toBeCloseTo(right / pairs, 12);
    }),
    { numRuns: 100 },
  );
});

test('prAuc is the sum of precision times the rise of recall over the distinct thresholds', () => {
  fc.assert(
    fc.property(scored, ({ scores, labels }) => {
      const all = labels.filter((label) => label === 1).length;
      const thresholds = [...new Set(scores)].sort((a, b) => b - a);
      let area = 0;
      let recallBefore = 0;
      for (const threshold of thresholds) {
        const taken = labels.filter((_, row) => (scores[row] ?? 0) >= threshold);
        const hits = taken.filter((label) => label === 1).length;
        area += (hits / all - recallBefore) * (hits / taken.length);
        recallBefore = hits / all;
      }
      expect(metrics.prAuc(scores, labels)).toBeCloseTo(area, 12);
    }),
    { numRuns: 100 },
  );
});

test('the order of the rows does not matter', () => {
  fc.assert(
    fc.property(scored, ({ scores, labels }) => {
      const reversed = [scores.toReversed(), labels.toReversed()] as const;
      expect(metrics.rocAuc(...reversed)).toBe(metrics.rocAuc(scores, labels));
      expect(metrics.prAuc(...reversed)).toBe(metrics.prAuc(scores, labels));
    }),
    { numRuns: 30 },
  );
});

test('logLoss takes one probability of label 1, and survives certainty that is wrong', () => {
  expect(metrics.logLoss([0.25, 0.75], [0, 1])).toBeCloseTo(-Math.log(0.75), 12);
  expect(metrics.logLoss([0], [1])).toBeCloseTo(52 * Math.LN2, 12);
});

test('what is not defined is refused', () => {
  expect(() => metrics.rocAuc([1, 2], [1, 1])).toThrow(DataError);
  expect(() => metrics.rocAuc([1, 2], [1, 1])).toThrow(/^labels: expected rows of label 0/);
  expect(() => metrics.prAuc([1, 2], [0, 0])).toThrow(/^labels: expected rows of label 1/);
  expect(() => metrics.rocAuc([1, Number.NaN], [0, 1])).toThrow(/^scores\[1\]/);
  expect(() => metrics.rocAuc([1, 2], [0, 2])).toThrow(/^labels\[1\]/);
  expect(() => metrics.logLoss([1.5], [1])).toThrow(/^outputs\[0\]: expected probabilities/);
});

test('scores may be the outputs of one or of two classes', () => {
  const scores = [0.1, 0.4, 0.35, 0.8];
  const labels = [false, false, true, true];
  const expected = metrics.rocAuc(scores, [0, 0, 1, 1]);
  expect(metrics.rocAuc(matrix(Float64Array.from(scores), 4, 1), labels)).toBe(expected);
  expect(
    metrics.rocAuc(
      scores.map((score) => [1 - score, score]),
      labels,
    ),
  ).toBe(expected);
  expect(() => metrics.prAuc([[1, 2, 3]], [1])).toThrow(
    'scores: expected one score for each row, or the two outputs of two classes, received rows of 3',
  );
});

test('brierScore is the squared distance from what came true, as scikit-learn has it', () => {
  expect(metrics.brierScore([0.1, 0.9, 0.8, 0.35], [0, 1, 1, 0])).toBeCloseTo(0.045625, 12);
  const ofTwo = [
    [0.9, 0.1],
    [0.1, 0.9],
    [0.2, 0.8],
    [0.65, 0.35],
  ];
  expect(metrics.brierScore(ofTwo, [0, 1, 1, 0])).toBeCloseTo(0.045625, 12);
  const ofThree = [
    [0.5, 0.3, 0.2],
    [0, 0, 1],
  ];
  expect(metrics.brierScore(ofThree, [0, 1])).toBeCloseTo((0.25 + 0.09 + 0.04 + 2) / 2, 12);
});

test('calibrationError compares probabilities with what comes true, bin by bin', () => {
  // Nine of ten that were said with 0.9, and half of those with 0.6.
  const scores = [
    ...Array.from({ length: 10 }, () => 0.9),
    ...Array.from({ length: 10 }, () => 0.6),
  ];
  const labels = scores.map((score, row) => (score === 0.9 ? Number(row !== 0) : row % 2));
  expect(metrics.calibrationError(scores, labels)).toBeCloseTo(0.05, 12);
  // In one bin, too much here makes up for too little there.
  expect(metrics.calibrationError([1, 0.5], [1, 1], { bins: 1 })).toBeCloseTo(0.25, 12);
  expect(metrics.calibrationError([1, 0, 0.5], [1, 0, 0])).toBeCloseTo(1 / 6, 12);
});

test('both refuse what is no probability', () => {
  for (const measure of [metrics.brierScore, metrics.calibrationError]) {
    expect(() => measure([[0.5, 1.5]], [0])).toThrow(DataError);
    expect(() => measure([0.5], [2])).toThrow(DataError);
  }
  expect(() => metrics.calibrationError([0.5], [1], { bins: 0 })).toThrow('bins');
});
