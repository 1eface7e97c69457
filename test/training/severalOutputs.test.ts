/** Several answers a row: labels that do not exclude each other, and numbers side by side. */

import { expect, test } from 'vitest';
import { adam, dense, focal, huber, matrix, metrics, sequential } from '../../lib/index.js';

const rows = 400;
/** Points of a low-discrepancy sequence in [-1, 1]². */
const points = Float32Array.from({ length: rows * 2 }, (_, i) => {
  const step = i % 2 === 0 ? 0.7548776662466927 : 0.5698402909980532;
  return 2 * ((Math.floor(i / 2) * step) % 1) - 1;
});
const x = (row: number): number => points[row * 2] ?? 0;
const y = (row: number): number => points[row * 2 + 1] ?? 0;

test.each([undefined, focal({ alpha: 0.5 })])(
  'labels are learnt beside each other',
  async (loss) => {
    // A row may have any number of them, none included.
    const labels = Array.from({ length: rows }, (_, row) => [
      x(row) > 0 ? 1 : 0,
      y(row) > 0 ? 1 : 0,
      x(row) * y(row) > 0.1 ? 1 : 0,
    ]);
    const model = sequential(
      [dense(24, { activation: 'tanh' }), dense(3, { activation: 'sigmoid' })],
      {
        inputSize: 2,
        seed: 1,
      },
    );
    const data = { inputs: matrix(points, rows, 2), targets: labels };
    await model.fit(data, { epochs: 120, loss, optimizer: adam({ learningRate: 0.02 }) });
    const { metrics: measured } = await model.evaluate(data, { metrics: ['accuracy'] });
    expect(measured.accuracy).toBeGreaterThan(0.96);
    const outputs = await model.predict(data.inputs);
    for (const label of [0, 1, 2]) {
      const scores = Float32Array.from(
        { length: rows },
        (_, row) => outputs.values[row * 3 + label] ?? 0,
      );
      const truth = labels.map((row) => row[label] ?? 0);
      expect(metrics.rocAuc(scores, truth)).toBeGreaterThan(0.98);
    }
  },
);

test('a linear layer finds the coefficients of two outputs at once', async () => {
  const targets = Array.from({ length: rows }, (_, row) => [
    2 * x(row) - y(row) + 0.5,
    -3 * y(row) - 1,
  ]);
  const model = sequential([dense(2)], { inputSize: 2, seed: 1 });
  const data = { inputs: matrix(points, rows, 2), targets };
  await model.fit(data, { epochs: 100, loss: huber(), optimizer: adam({ learningRate: 0.05 }) });
  const weights = model.getParameter('0.weight');
  [2, -1, 0, -3].forEach((expected, i) => {
    expect(weights[i]).toBeCloseTo(expected, 2);
  });
  expect(metrics.r2(await model.predict(data.inputs), targets)).toBeGreaterThan(0.9999);
});
