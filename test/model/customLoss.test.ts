import { describe, expect, test } from 'vitest';
import {
  autoencoder,
  customLoss,
  dense,
  gradientCheck,
  matrix,
  type Sequential,
  sequential,
  sgd,
} from '../../lib/index.js';
import { clusters, randomNumbers } from './data.js';

const [rows, inputSize, outputSize] = [60, 3, 2];

function numbers(count: number, seed: number): Float32Array {
  const random = randomNumbers(seed);
  return Float32Array.from({ length: count }, () => 2 * random() - 1);
}

const network = () =>
  sequential([dense(8, { activation: 'tanh' }), dense(outputSize)], { inputSize, seed: 1 });
const data = {
  inputs: numbers(rows * inputSize, 1),
  targets: matrix(numbers(rows * outputSize, 2), rows, outputSize),
};

/** Over the outputs of a row, and over the rows. */
const squaredError = customLoss((outputs, targets) => {
  const gradient = outputs.map((y, i) => (2 * (y - (targets[i] ?? 0))) / outputs.length);
  const loss = outputs.reduce((sum, y, i) => sum + (y - (targets[i] ?? 0)) ** 2, 0);
  return { loss: loss / outputs.length, gradient };
});

const weightsOf = (model: Sequential) =>
  model.parameters.flatMap(({ name }) => Array.from(model.getParameter(name)));

function expectClose(received: readonly number[], expected: readonly number[], digits = 4): void {
  expect(received).toHaveLength(expected.length);
  received.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i] ?? Number.NaN, digits);
  });
}

describe('a custom loss trains as one of the table does', () => {
  test.each([
    [
      'with all that goes around the batches',
      { schedule: 'cosine', accumulateBatches: 2 } as const,
    ],
    ['judged by the validation', { earlyStopping: { patience: 2 }, optimizer: sgd() }],
    ['by L-BFGS', { optimizer: 'lbfgs' } as const],
    ['with clipped gradients', { gradientClipping: { norm: 0.1 }, precision: 'bf16' } as const],
  ])('%s', async (_, more) => {
    const options = { epochs: 6, batchSize: 16, validation: 0.25, seed: 5, ...more };
    const [custom, known] = [network(), network()];
    const received = await custom.fit(data, { ...options, loss: squaredError });
    const expected = await known.fit(data, { ...options, loss: 'meanSquaredError' });
    expectClose(weightsOf(custom), weightsOf(known));
    expectClose(
      received.epochs.flatMap(({ loss, validation }) => [loss, validation?.loss ?? Number.NaN]),
      expected.epochs.flatMap(({ loss, validation }) => [loss, validation?.loss ?? Number.NaN]),
    );
    expect(received.stopReason).toBe(expected.stopReason);
    const measured = await known.evaluate(data, { loss: squaredError, batchSize: 7 });
    const direct = await known.evaluate(data, { loss: 'meanSquaredError' });
    expect(measured.loss).toBeCloseTo(direct.loss, 6);
  });

  test('of the inputs of an autoencoder', async () => {
    const make = () => autoencoder({ inputSize, code: 1, seed: 3 });
    const [custom, known] = [make(), make()];
    await custom.fit(data.inputs, { epochs: 3, loss: squaredError });
    await known.fit(data.inputs, { epochs: 3 });
    expectClose(
      Array.from((await custom.reconstruct(data.inputs)).values),
      Array.from((await known.reconstruct(data.inputs)).values),
    );
  });
});

test('gets classes as one-hot rows, the outputs behind the softmax, and the weights', async () => {
  const layers = [dense(3, { activation: 'softmax' })] as const;
  const model = sequential(layers, { inputSize: 2, seed: 1 });
  const { inputs, targets } = clusters(30);
  const weights = Float32Array.from(targets, (label) => 1 + label);
  const seen: number[] = [];
  const loss = customLoss((outputs, wanted, batch) => {
    expect(batch).toMatchObject({ rows: 30, columns: 3 });
    for (let row = 0; row < batch.rows; row++) {
      const oneHot = Array.from(wanted.subarray(row * 3, row * 3 + 3));
      expect(oneHot).toEqual([0, 1, 2].map((column) => (column === targets[row] ? 1 : 0)));
      const sum = outputs.subarray(row * 3, row * 3 + 3).reduce((total, y) => total + y, 0);
      expect(sum).toBeCloseTo(1, 5);
    }
    seen.push(...(batch.weights ?? []));
    return { loss: 0, gradient: outputs.map(() => 0) };
  });
  await model.evaluate({ inputs, targets, weights }, { loss });
  expect(seen).toEqual(Array.from(weights));
});

describe('a loss function that fails', () => {
  test('rejects the run with its own error; the model keeps the last whole epoch', async () => {
    const reason = new Error('of the caller');
    let calls = 0;
    const loss = customLoss((outputs, targets, batch) => {
      if (++calls > 6) throw reason;
      return squaredError.compute(outputs, targets, batch);
    });
    const options = { batchSize: 20, seed: 1 };
    const model = network();
    await expect(model.fit(data, { ...options, epochs: 9, loss })).rejects.toBe(reason);
    const whole = network();
    await whole.fit(data, { ...options, epochs: 2, loss: squaredError });
    expect(weightsOf(model)).toEqual(weightsOf(whole));
    await expect(model.evaluate(data, { loss })).rejects.toBe(reason);
    await model.fit(data, { epochs: 1 });
  });

  test.each([
    ['nothing', () => undefined, 'loss: expected { loss, gradient }'],
    ['a promise', async () => ({ loss: 0, gradient: [] }), 'The function must be synchronous.'],
    [
      'a promise that rejects',
      async () => Promise.reject(new Error('too late')),
      'The function must be synchronous.',
    ],
    ['a short gradient', () => ({ loss: 0, gradient: [1] }), 'loss.gradient: expected 120 values'],
    [
      'a gradient that is no number',
      () => ({ loss: 0, gradient: new Float32Array(120).fill(Number.NaN, 3) }),
      'loss.gradient[1][1]: expected a finite number, received NaN',
    ],
    [
      'a loss that is no number',
      () => ({ loss: Number.NaN, gradient: new Float32Array(120) }),
      'loss: expected finite numbers, received NaN in epoch 1, batch 1',
    ],
  ])('by %s says so', async (_, compute, message) => {
    const loss = customLoss(compute as never);
    await expect(network().fit(data, { loss, batchSize: rows })).rejects.toThrow(message);
  });

  test('is refused where it is none, and where it cannot be called', async () => {
    const checked = gradientCheck(network(), data, { loss: squaredError as never });
    await expect(checked).rejects.toThrow('loss: expected a loss of the table');
    expect(() => customLoss('huber' as never)).toThrow('customLoss: expected a function');
  });
});

test('a run with a custom loss can be stopped and aborted, from the function too', async () => {
  const controller = new AbortController();
  const aborted = network().fit(data, {
    epochs: 1e6,
    signal: controller.signal,
    loss: customLoss((outputs, targets, batch) => {
      controller.abort(new Error('enough'));
      return squaredError.compute(outputs, targets, batch);
    }),
  });
  await expect(aborted).rejects.toThrow('enough');
  const run = network().fit(data, { epochs: 1e6, loss: squaredError });
  for await (const _ of run) run.stop();
  expect((await run).stopReason).toBe('stopped');
});

test('evaluations by custom losses take turns, also when one fails', async () => {
  const asked: number[] = [];
  const evaluations = [0, 1, 2].map((index) =>
    network().evaluate(data, {
      batchSize: 20,
      loss: customLoss((outputs) => {
        asked.push(index);
        if (index === 1) throw new Error('no loss');
        return { loss: 1, gradient: outputs };
      }),
    }),
  );
  const results = await Promise.allSettled(evaluations);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(asked).toEqual([...asked].sort());
});
