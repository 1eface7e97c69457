import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  ArgumentError,
  adam,
  dense,
  load,
  type OptimizerOption,
  sequential,
} from '../../lib/index.js';
import { checkpointsIn, cutBehind, weightsOf } from '../checkpoint/runs.js';
import { clusters } from './data.js';

const build = () =>
  sequential([dense(6, { activation: 'tanh' }), dense(3, { activation: 'softmax' })], {
    inputSize: 2,
  });
const data = clusters(60);
/** With rows in one order, two runs are as one of as many epochs. */
const options = (epochs: number, optimizer: OptimizerOption = 'adam') =>
  ({ epochs, optimizer, shuffle: false, batchSize: 16, threads: 1 }) as const;

describe('a warm start', () => {
  test.each(['adam', 'lbfgs', 'adadelta', 'momentum'] as const)('goes on with %s', async (name) => {
    const whole = build();
    await whole.fit(data, options(6, name));
    const parts = build();
    await parts.fit(data, { ...options(2, name), warmStart: true });
    await parts.fit(data, { ...options(4, name), warmStart: true });
    expect(weightsOf(parts)).toEqual(weightsOf(whole));
    const cold = build();
    await cold.fit(data, options(2, name));
    await cold.fit(data, options(4, name));
    expect(weightsOf(cold)).not.toEqual(weightsOf(whole));
  });

  test('takes other parameters of the optimizer, and no other optimizer', async () => {
    const model = build();
    await model.fit(data, options(2));
    await model.fit(data, { ...options(1, adam({ learningRate: 0.1 })), warmStart: true });
    const other = model.fit(data, { ...options(1, 'sgd'), warmStart: true });
    await expect(other).rejects.toBeInstanceOf(ArgumentError);
    await expect(other).rejects.toThrow(/warmStart: expected the optimizer of the call before/);
  });

  test('is not saved', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'layerwise-'));
    try {
      const model = build();
      await model.fit(data, options(2));
      await model.save(join(folder, 'model'));
      const loaded = await load(join(folder, 'model'), 'sequential');
      await model.fit(data, options(3));
      await loaded.fit(data, { ...options(3), warmStart: true });
      expect(weightsOf(loaded)).toEqual(weightsOf(model));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  test('is part of the state that another process goes on with', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'layerwise-'));
    try {
      const whole = build();
      await whole.fit(data, options(2));
      await whole.fit(data, {
        ...options(4),
        ...{ warmStart: true, checkpoint: { directory, everyUpdates: 5, keep: 100 } },
      });
      const [first = ''] = await checkpointsIn(directory);
      await cutBehind(directory, first);
      const again = build();
      await again.fit(data, {
        ...options(4),
        ...{ warmStart: true, checkpoint: { directory }, resume: 'auto' },
      });
      expect(weightsOf(again)).toEqual(weightsOf(whole));
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });

  test('is true or false', async () => {
    const run = build().fit(data, { warmStart: 1 } as object);
    await expect(run).rejects.toThrow(/warmStart: expected true or false, received 1/);
  });
});
