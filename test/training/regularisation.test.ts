/** Penalties on weights, and the bound on their norms. */

import { describe, expect, test } from 'vitest';
import { ArgumentError, dense, maxout, sequential, sgd } from '../../lib/index.js';
import { normaliseNetwork } from '../../lib/network/network.js';
import { randomNumbers } from '../model/data.js';

const random = randomNumbers(3);
const inputs = Array.from({ length: 200 }, () => Array.from({ length: 6 }, () => random() - 0.5));
/** Only the first column matters. */
const targets = inputs.map(([first]) => [3 * (first as number)]);
const data = { inputs, targets };

async function trained(options: Parameters<typeof dense>[1]) {
  const model = sequential([dense(1, options)], { inputSize: 6, seed: 2 });
  await model.fit(data, { epochs: 200, optimizer: sgd({ learningRate: 0.1 }) });
  return model;
}

const sumOf = (values: Iterable<number>) => [...values].reduce((sum, value) => sum + value, 0);
const normOf = (values: Iterable<number>) => Math.sqrt(sumOf([...values].map((w) => w * w)));

describe('penalties on weights', () => {
  test('are in the losses of fit and evaluate, as in Keras', async () => {
    const model = await trained({ kernelPenalty: { l1: 0.02, l2: 0.01 }, biasPenalty: { l2: 5 } });
    const [weights, bias] = [model.getParameter('0.weight'), model.getParameter('0.bias')];
    const penalty =
      0.02 * sumOf(weights.map(Math.abs)) + 0.01 * normOf(weights) ** 2 + 5 * normOf(bias) ** 2;
    const outputs = model.predictSync(inputs).values;
    const error = sumOf(targets.map(([t], row) => ((t as number) - (outputs[row] as number)) ** 2));
    const { loss } = await model.evaluate(data);
    expect(loss).toBeCloseTo(error / inputs.length + penalty, 5);
    const { epochs } = await model.fit(data, { epochs: 1, optimizer: sgd({ learningRate: 1e-6 }) });
    expect(epochs[0]?.loss).toBeCloseTo(loss, 5);
  });

  test('l1 makes weights vanish that do not matter; l2 makes all of them smaller', async () => {
    const plain = (await trained({})).getParameter('0.weight');
    const sparse = (await trained({ kernelPenalty: { l1: 0.05 } })).getParameter('0.weight');
    const small = (await trained({ kernelPenalty: { l2: 0.05 } })).getParameter('0.weight');
    expect(plain[0]).toBeCloseTo(3, 2);
    expect(sparse[0]).toBeGreaterThan(2);
    // They swing around zero, by the learning rate times l1 and what a batch adds.
    for (const weight of sparse.subarray(1)) expect(Math.abs(weight)).toBeLessThan(0.02);
    // Ridge regression: the covariance of the inputs is nearly 1/12 times the identity.
    expect(small[0]).toBeGreaterThan(0.9 * 3 * (1 / (1 + 0.05 * 12)));
    expect(small[0]).toBeLessThan(1.1 * 3 * (1 / (1 + 0.05 * 12)));
  });
});

describe('maxNorm', () => {
  test('keeps the weights of each unit within it', async () => {
    const model = await trained({ maxNorm: 1.5 });
    expect(normOf(model.getParameter('0.weight'))).toBeCloseTo(1.5, 5);
    const free = await trained({ maxNorm: 100 });
    expect(free.getParameter('0.weight')[0]).toBeCloseTo(3, 2);
  });

  test('goes with accumulated gradients, and with every piece of maxout', async () => {
    const model = sequential([maxout(2, { maxNorm: 0.5 }), dense(1)], { inputSize: 6, seed: 1 });
    await model.fit(data, { epochs: 20, accumulateBatches: 3, optimizer: sgd() });
    const weights = model.getParameter('0.weight'); // [4, 6]
    const norms = [0, 6, 12, 18].map((at) => normOf(weights.subarray(at, at + 6)));
    for (const norm of norms) expect(norm).toBeLessThan(0.5 + 1e-5);
    expect(Math.max(...norms)).toBeCloseTo(0.5, 5);
  });

  test('is refused beside lbfgs', async () => {
    const model = sequential([dense(1, { maxNorm: 1 })], { inputSize: 6 });
    await expect(model.fit(data, { optimizer: 'lbfgs' })).rejects.toThrow(ArgumentError);
    await expect(model.fit(data, { optimizer: 'lbfgs' })).rejects.toThrow('maxNorm in layers[0]');
  });
});

describe('a spec', () => {
  const layerOf = (layer: unknown) =>
    normaliseNetwork({ inputSize: 4, layers: [layer] }).layers[0] as object;

  test('holds them where they are given', () => {
    const layer = dense(2, { kernelPenalty: { l2: 0.1 }, biasPenalty: {}, maxNorm: 3 });
    expect(layerOf(layer)).toMatchObject({
      kernelPenalty: { l1: 0, l2: 0.1 },
      biasPenalty: { l1: 0, l2: 0 },
      maxNorm: 3,
    });
    expect(Object.keys(layerOf(dense(2)))).not.toContain('kernelPenalty');
    expect(layerOf(layerOf(layer))).toEqual(layerOf(layer));
  });

  test.each([
    [{ kernelPenalty: 0.1 }, 'layers[0].kernelPenalty'],
    [{ kernelPenalty: { l1: -1 } }, 'layers[0].kernelPenalty.l1'],
    [{ biasPenalty: { l2: Number.NaN } }, 'layers[0].biasPenalty.l2'],
    [{ kernelPenalty: { l3: 1 } }, 'layers[0].kernelPenalty.l3'],
    [{ maxNorm: 0 }, 'layers[0].maxNorm'],
    [{ maxNorm: null }, 'layers[0].maxNorm'],
  ])('refuses %o', (options, path) => {
    for (const layer of [dense(2, options as never), maxout(2, options as never)]) {
      expect(() => layerOf(layer)).toThrow(
        expect.objectContaining({ name: 'ArgumentError', path }),
      );
    }
  });
});
