import { expect, test } from 'vitest';
import { dense, metrics, sequential } from '../../lib/index.js';
import { fittedTemperature, temper, tempered } from '../../lib/tables/temperature.js';
import { randomNumbers } from '../model/data.js';

/** Probabilities of two classes whose logits are so many times what comes true. */
function exaggerated(factor: number, rows = 4000) {
  const random = randomNumbers(3);
  const values = new Float32Array(2 * rows);
  const classes = Array.from({ length: rows }, (_, row) => {
    const logit = 4 * random() - 2;
    const share = 1 / (1 + Math.exp(-factor * logit));
    values.set([1 - share, share], 2 * row);
    return random() < 1 / (1 + Math.exp(-logit)) ? 1 : 0;
  });
  return { outputs: { values, rows, columns: 2 }, classes };
}

test('a temperature undoes how far logits are exaggerated', () => {
  for (const factor of [0.5, 1, 2.5]) {
    const { outputs, classes } = exaggerated(factor);
    const temperature = fittedTemperature(outputs, classes);
    expect(Math.abs(Math.log(temperature / factor))).toBeLessThan(0.15);
    const better = tempered(outputs, temperature);
    expect(metrics.logLoss(better, classes)).toBeLessThanOrEqual(
      metrics.logLoss(outputs, classes) + 1e-6,
    );
    expect(metrics.calibrationError(better, classes)).toBeLessThan(0.03);
  }
});

test('few rows say little', () => {
  const { outputs, classes } = exaggerated(3, 10);
  const temperature = fittedTemperature(outputs, classes);
  expect(temperature).toBeGreaterThan(0.8);
  expect(temperature).toBeLessThan(1.6);
});

test('probabilities of 0 and 1 have a temperature too', () => {
  const outputs = { values: Float32Array.of(0, 1, 1, 0), rows: 2, columns: 2 };
  const temperature = fittedTemperature(outputs, [0, 0]);
  expect(temperature).toBeGreaterThan(1);
  expect([...tempered(outputs, temperature).values].every(Number.isFinite)).toBe(true);
});

test('the temperature of a classifier becomes part of its weights', () => {
  const model = sequential(
    [dense(8, { activation: 'tanh' }), dense(3, { activation: 'softmax' })],
    {
      inputSize: 2,
      seed: 1,
    },
  );
  const rows = [
    [0.5, -1],
    [2, 3],
  ];
  const before = model.predictSync(rows);
  temper(model, 2);
  const after = model.predictSync(rows);
  const expected = tempered(before, 2);
  after.values.forEach((value, at) => {
    expect(value).toBeCloseTo(expected.values[at] as number, 5);
  });
});
