import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  alphaDropout,
  dense,
  dropout,
  gaussianNoise,
  type Layer,
  layerNorm,
  load,
  maskingNoise,
  matrix,
  type Sequential,
  saltAndPepperNoise,
  sequential,
  swapNoise,
} from '../../lib/index.js';

const rows = 40;
const inputs = matrix(
  Float32Array.from({ length: rows * 6 }, (_, i) => Math.sin(i * 7.1)),
  rows,
  6,
);
const targets = Array.from({ length: rows }, (_, row) => [Math.cos(row)]);

const layers: readonly (readonly [string, Layer])[] = [
  ['dropout', dropout({ rate: 0.3 })],
  ['alphaDropout', alphaDropout({ rate: 0.1 })],
  ['gaussianNoise', gaussianNoise()],
  ['maskingNoise', maskingNoise()],
  ['saltAndPepperNoise', saltAndPepperNoise({ low: -1 })],
  ['swapNoise', swapNoise()],
];

async function trained(layer: Layer, options: object = {}) {
  const model = sequential([layer, dense(8, { activation: 'tanh' }), layer, dense(1)], {
    inputSize: 6,
    seed: 3,
  });
  const history = await model.fit({ inputs, targets }, { epochs: 3, batchSize: 16, ...options });
  return { model, loss: history.epochs.at(-1)?.loss, weights: model.getParameter('1.weight') };
}

async function saved(model: Sequential) {
  const directory = await mkdtemp(join(tmpdir(), 'layerwise-noise-'));
  try {
    const path = join(directory, 'model.safetensors');
    await model.save(path);
    return (await load(path)) as Sequential;
  } finally {
    await rm(directory, { recursive: true });
  }
}

describe.each(layers)('%s', (_, layer) => {
  test('is repeated by the seed, at any number of threads', async () => {
    const first = await trained(layer, { threads: 1 });
    const again = await trained(layer, { threads: 2 });
    const other = await trained(layer, { threads: 1, seed: 4, shuffle: false });
    const third = await trained(layer, { threads: 1, seed: 5, shuffle: false });
    expect(again.weights).toEqual(first.weights);
    expect(again.loss).toBe(first.loss);
    expect(other.weights).not.toEqual(third.weights); // the noise alone differs
  });

  test('does nothing to predictions, also of a loaded model', async () => {
    const { model } = await trained(layer);
    const plain = sequential([dense(8, { activation: 'tanh' }), dense(1)], { inputSize: 6 });
    plain.setParameter('0.weight', model.getParameter('1.weight'));
    plain.setParameter('0.bias', model.getParameter('1.bias'));
    plain.setParameter('2.weight', model.getParameter('4.weight'));
    plain.setParameter('2.bias', model.getParameter('4.bias'));
    const expected = await plain.predict(inputs);
    expect(await model.predict(inputs)).toEqual(expected);
    const loaded = await saved(model);
    expect(loaded.spec).toEqual(model.spec);
    expect(await loaded.predict(inputs)).toEqual(expected);
  });

  test('trains in bfloat16', async () => {
    const { loss } = await trained(layer, { precision: 'bf16' });
    const single = await trained(layer);
    expect(loss).toBeGreaterThan(0);
    expect(Math.abs((loss ?? 0) - (single.loss ?? 0))).toBeLessThan(0.05);
  });
});

test('a rate of dropout is checked where it is used', () => {
  expect(() => sequential([dropout({ rate: 1 }), dense(1)], { inputSize: 2 })).toThrow(
    'layers[0].rate',
  );
});

test('layer normalisation gives rows of mean 0 and variance 1, also when it was saved', async () => {
  const model = sequential([dense(7), layerNorm()], { inputSize: 6 });
  await model.fit({ inputs, targets: matrix(new Float32Array(rows * 7), rows, 7) }, { epochs: 1 });
  model.setParameter('1.weight', new Float32Array(7).fill(1));
  model.setParameter('1.bias', new Float32Array(7));
  const { values } = await model.predict(inputs);
  const first = values.subarray(0, 7);
  const mean = first.reduce((sum, value) => sum + value, 0) / 7;
  const variance = first.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 7;
  expect(mean).toBeCloseTo(0, 5);
  expect(variance).toBeCloseTo(1, 3);
  const loaded = await saved(model);
  expect(loaded.spec).toEqual(model.spec);
  expect((await loaded.predict(inputs)).values).toEqual(values);
});
