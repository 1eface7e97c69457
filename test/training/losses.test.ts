/** The losses and their gradients against PyTorch's in double precision, large logits included. */

import { expect, test } from 'vitest';
import {
  type ActivationName,
  dense,
  type LossName,
  matrix,
  sequential,
  sgd,
} from '../../lib/index.js';
import { lossTable } from '../../lib/network/generated.js';
import { type LossCase, readFixture } from './fixtures.js';

const { cases } = readFixture<{ cases: readonly LossCase[] }>('loss-values.json');

/** The loss and the network's output activation may be any; the check at run time stays. */
function activationFor(type: LossName): ActivationName {
  return (lossTable.find((row) => row.name === type)?.output ?? 'linear') as ActivationName;
}

test('every loss has values', () => {
  expect(new Set(cases.map((one) => one.loss.type))).toEqual(
    new Set(lossTable.map((row) => row.name)),
  );
});

/** Relative to the value, or to 1 where it is smaller. */
function error(actual: number, expected: number): number {
  return Math.abs(actual - expected) / Math.max(1, Math.abs(expected));
}

test.each(cases)('$loss.type of $outputs with targets $targets', async (one) => {
  const { outputs, targets, value, gradient } = one;
  const columns = outputs.length;
  const model = sequential([dense(columns, { activation: activationFor(one.loss.type) })], {
    inputSize: columns,
  });
  // The layer passes its inputs on, so that they become the outputs or logits of the fixture.
  const identity = Float32Array.from({ length: columns ** 2 }, (_, i) =>
    i % (columns + 1) === 0 ? 1 : 0,
  );
  model.setParameter('0.weight', identity);
  const data = {
    inputs: matrix(Float64Array.from(outputs), 1, columns),
    targets: matrix(Float64Array.from(targets), 1, columns),
  };
  const { loss } = await model.evaluate(data, { loss: one.loss });
  expect(error(loss, value)).toBeLessThanOrEqual(1e-6);

  // A step of size one takes the gradient of the loss away from the bias, which was zero.
  await model.fit(data, {
    epochs: 1,
    loss: one.loss,
    optimizer: sgd({ learningRate: 1 }),
  });
  const bias = model.getParameter('0.bias');
  gradient.forEach((expected, column) => {
    expect(error(-(bias[column] ?? Number.NaN), expected)).toBeLessThanOrEqual(1e-6);
  });
});
