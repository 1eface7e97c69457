/** Epochs that take microseconds: far more events than the event loop can take at once. */

import { expect, test } from 'vitest';
import { native } from '../../lib/native.js';
import { epochsOf } from './programs/samples.mjs';

test('a flood of epochs arrives whole and leaves turns to the event loop', async () => {
  const addon = native();
  const epochs = 20_000;
  const data = new addon.Dataset({ rows: 4, columns: 2, inputType: 'float32', target: 'input' });
  data.writeInputs(0, new Float32Array(8));
  const layers = [{ type: 'dense', units: 2 }];
  const network = new addon.Network({ inputSize: 2, seed: 0, layers });

  let turns = 0;
  let isRunning = true;
  const takeTurn = () => {
    turns++;
    if (isRunning) setImmediate(takeTurn);
  };
  setImmediate(takeTurn);

  let next = 1;
  let deliveries = 0;
  const options = {
    epochs,
    batchSize: 4,
    optimizer: { type: 'sgd' },
    loss: { type: 'meanSquaredError' },
    metrics: [],
    shuffle: false,
    seed: 0,
    threads: 1,
  };
  const run = network.fit(data, options, (report) => {
    deliveries++;
    for (const epoch of epochsOf(report, run.shape)) expect(epoch).toBe(next++);
  });
  await run.promise;
  isRunning = false;

  expect(next).toBe(epochs + 1);
  // Never all at once: each delivery is short, and (but for a late thread now and then) a turn follows it.
  expect(deliveries).toBeGreaterThan(epochs / 1000);
  expect(turns).toBeGreaterThan(deliveries / 2);
});
