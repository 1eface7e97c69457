import { expect, test } from 'vitest';
import { isWorseThanBaseline, judgeOutOfFold } from '../../lib/tables/outOfFold.js';

const column = (...values: number[]) => ({
  values: Float32Array.from(values),
  rows: values.length,
  columns: 1,
});

test('numbers are judged by their error, its spread over the folds, and beside the mean', () => {
  const judgement = judgeOutOfFold(
    [
      { outputs: column(1, -1), targets: Float32Array.of(1, -1) },
      { outputs: column(0, 0), targets: Float32Array.of(1, -1) },
    ],
    'regression',
  );
  expect(judgement).toMatchObject({ rows: 4, folds: 2, loss: 0.5, baselineLoss: 1, r2: 0.5 });
  expect(judgement.score).toBeCloseTo(Math.SQRT1_2, 12);
  expect(judgement).toMatchObject({ scoreSpread: 0.5, baselineScore: 1 });
  expect(isWorseThanBaseline(judgement)).toBe(false);
});

test('classes are judged by right answers, and beside their shares', () => {
  const shares = (...values: number[]) => ({
    values: Float32Array.from(values),
    rows: values.length / 2,
    columns: 2,
  });
  const judgement = judgeOutOfFold(
    [
      { outputs: shares(0.75, 0.25, 0.75, 0.25), targets: Int32Array.of(0, 0) },
      { outputs: shares(0.75, 0.25, 0.75, 0.25), targets: Int32Array.of(0, 1) },
    ],
    'classification',
  );
  expect(judgement).toMatchObject({ score: 0.75, scoreSpread: 0.25, baselineScore: 0.75 });
  // It says the shares themselves.
  expect(judgement.loss).toBeCloseTo(judgement.baselineLoss, 6);
  expect(judgement.calibrationError).toBeCloseTo(0, 6);
  expect(judgement.brierScore).toBeCloseTo(0.1875, 6);
});

test('what is worse than one answer for all rows is told', () => {
  const judgement = judgeOutOfFold(
    [{ outputs: column(-1, 1), targets: Float32Array.of(1, -1) }],
    'regression',
  );
  expect(isWorseThanBaseline(judgement)).toBe(true);
});
