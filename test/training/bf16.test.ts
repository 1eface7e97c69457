/** Products in bfloat16 give models that are as good, and predictions that are nearly the same. */

import { beforeAll, describe, expect, test } from 'vitest';
import {
  ArgumentError,
  adam,
  autoencoder,
  dense,
  type Precision,
  type Sequential,
  sequential,
} from '../../lib/index.js';
import { type Digits, pixels, readDigits, rowsOf } from './digits.js';

const build = (seed: number) =>
  sequential([dense(128, { activation: 'relu' }), dense(10, { activation: 'softmax' })], {
    inputSize: pixels,
    seed,
  });

describe('digits', () => {
  const seeds = [1, 2];
  let training: Digits;
  let unseen: Digits;
  /** By seed. */
  const models: Record<Precision, Sequential[]> = { float32: [], bf16: [] };

  const train = async (seed: number, precision: Precision) => {
    const model = build(seed);
    const optimizer = adam({ learningRate: 0.001 });
    await model.fit(training, { epochs: 5, batchSize: 100, optimizer, precision });
    models[precision].push(model);
  };
  const accuracies = (precision: Precision) =>
    Promise.all(
      models[precision].map(async (model) => {
        const { metrics } = await model.evaluate(unseen, { metrics: ['accuracy'], precision });
        return metrics.accuracy ?? Number.NaN;
      }),
    );

  beforeAll(async () => {
    const digits = await readDigits();
    training = rowsOf(digits, 0, 8000);
    unseen = rowsOf(digits, 8000, 10_000);
    for (const seed of seeds) {
      await train(seed, 'float32');
      await train(seed, 'bf16');
    }
  });

  test('are told apart within 0.2 points of single precision', async () => {
    const single = mean(await accuracies('float32'));
    const half = mean(await accuracies('bf16'));
    expect(single).toBeGreaterThan(0.93);
    expect(Math.abs(half - single)).toBeLessThanOrEqual(0.002);
  });

  test('are learned otherwise than in single precision', () => {
    const [single] = models.float32;
    const [half] = models.bf16;
    expect(half?.getParameter('0.weight')).not.toEqual(single?.getParameter('0.weight'));
  });

  test('get nearly the same outputs and loss from one model in both precisions', async () => {
    for (const model of [...models.float32, ...models.bf16]) {
      const single = await model.predict(unseen.inputs);
      const half = await model.predict(unseen.inputs, { precision: 'bf16' });
      const differences = single.values.map((value, i) =>
        Math.abs(value - (half.values[i] ?? Number.NaN)),
      );
      expect(Math.max(...differences)).toBeGreaterThan(0);
      // Shares between 0 and 1: the least certain ones move most.
      expect(Math.max(...differences)).toBeLessThan(0.05);
      expect(mean([...differences])).toBeLessThan(0.001);

      const { loss } = await model.evaluate(unseen);
      const { loss: halfLoss } = await model.evaluate(unseen, { precision: 'bf16' });
      expect(halfLoss).not.toBe(loss);
      expect(Math.abs(halfLoss - loss)).toBeLessThan(0.01 * loss);
    }
  });
});

test('single precision is what is taken when nothing is asked for', async () => {
  const data = { inputs: [[0.1], [0.7], [0.4]], targets: [0.3, 0.9, 0.5] };
  const weightsAfter = async (options: { precision?: Precision }) => {
    const model = sequential([dense(5, { activation: 'tanh' }), dense(1)], { inputSize: 1 });
    await model.fit(data, { epochs: 3, loss: 'meanSquaredError', ...options });
    return model.getParameter('0.weight');
  };
  const unasked = await weightsAfter({});
  expect(await weightsAfter({ precision: 'float32' })).toEqual(unasked);
  expect(await weightsAfter({ precision: 'bf16' })).not.toEqual(unasked);
});

test('an autoencoder learns and reconstructs in bfloat16', async () => {
  const inputs = rowsOf(await readDigits(), 0, 500).inputs;
  const model = autoencoder({ inputSize: pixels, hidden: [64], code: 16, seed: 1 });
  const { epochs } = await model.fit(inputs, { epochs: 4, precision: 'bf16' });
  expect(epochs.at(-1)?.loss).toBeLessThan(0.7 * (epochs[0]?.loss ?? Number.NaN));
  const single = await model.reconstruct(inputs);
  const half = await model.reconstruct(inputs, { precision: 'bf16' });
  const differences = single.values.map((value, i) =>
    Math.abs(value - (half.values[i] ?? Number.NaN)),
  );
  expect(mean([...differences])).toBeGreaterThan(0);
  expect(mean([...differences])).toBeLessThan(0.005);
});

// What a caller without types may pass.
test.each(['float16', 'BF16', '', null, 16, ['bf16']])(
  'refuses %j as a precision',
  async (name) => {
    const precision = name as Precision;
    const model = sequential([dense(1)], { inputSize: 1 });
    const data = { inputs: [[1], [2]], targets: [1, 2] };
    for (const promise of [
      model.fit(data, { precision, loss: 'meanSquaredError' }),
      model.evaluate(data, { precision }),
      model.predict(data.inputs, { precision }),
    ]) {
      const error = await Promise.resolve(promise).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(ArgumentError);
      expect(error).toMatchObject({
        path: 'precision',
        expected: expect.stringMatching(/float32.*bf16/),
      });
    }
  },
);

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
