/** The same seed gives the same bits, whatever the number of threads. */

import { expect, test } from 'vitest';
import { batchNorm, dense, type Sequential, sequential } from '../../lib/index.js';
import { type Digits, pixels, readDigits, rowsOf } from './digits.js';

const build = () =>
  sequential(
    [
      dense(128, { activation: 'relu' }),
      batchNorm(),
      dense(64, { activation: 'tanh' }),
      dense(10, { activation: 'softmax' }),
    ],
    { inputSize: pixels, seed: 3 },
  );

const bitsOf = (model: Sequential) =>
  model.parameters.map(({ name }) => Buffer.from(model.getParameter(name).buffer).toString('hex'));

async function train(digits: Digits, threads: number) {
  const model = build();
  // The last batch is a partial one.
  const { epochs } = await model.fit(digits, {
    epochs: 2,
    batchSize: 150,
    metrics: ['accuracy'],
    validation: 0.2,
    threads,
  });
  const { values } = await model.predict(digits.inputs, { threads });
  return {
    parameters: bitsOf(model),
    outputs: Buffer.from(values.buffer).toString('hex'),
    measured: epochs.map(({ loss, metrics, validation }) => ({ loss, metrics, validation })),
  };
}

test('training and predicting with 1, 2, 3 and 4 threads', async () => {
  const digits = rowsOf(await readDigits(), 0, 1000);
  const alone = await train(digits, 1);
  for (const threads of [2, 3, 4]) expect(await train(digits, threads)).toEqual(alone);
});
