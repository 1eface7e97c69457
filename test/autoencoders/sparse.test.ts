import { describe, expect, test } from 'vitest';
import { sparseRecipe } from '../../lib/autoencoders/sparse.js';
import {
  ArgumentError,
  activityPenalty,
  type Sparsity,
  sparseAutoencoder,
} from '../../lib/index.js';
import { readDigits, rowsOf } from '../training/digits.js';

describe('the recipe', () => {
  test('pulls sigmoid codes to a target unless told', () => {
    const { spec, codeLayer } = sparseRecipe({ inputSize: 9, code: 30 });
    expect(spec.layers[0]).toMatchObject({ units: 30, activation: { type: 'sigmoid' } });
    expect(spec.layers[1]).toEqual({
      type: 'activityPenalty',
      ...{ l1: 0, klWeight: 0.1, klTarget: 0.05 },
    });
    expect(codeLayer).toBe(1);
  });

  test('keeps the largest when told', () => {
    const { spec } = sparseRecipe({ inputSize: 9, code: 30, sparsity: { k: 4 } });
    expect(spec.layers[1]).toEqual({ type: 'activation', activation: { type: 'topK', k: 4 } });
  });

  test.each([
    [{ k: 0 }, 'sparsity.k'],
    [{ k: 31 }, 'sparsity.k'],
    [{ k: 2.5 }, 'sparsity.k'],
    [{ k: 2, l1: 1 }, 'sparsity.l1'],
    [{ type: 'activityPenalty', l1: -1 }, 'sparsity.l1'],
    [{ type: 'activityPenalty', klTarget: 1 }, 'sparsity.klTarget'],
    [{ type: 'dense', units: 1 }, 'sparsity'],
    [3, 'sparsity'],
  ])('refuses the sparsity %o', (sparsity, path) => {
    const attempt = () => sparseRecipe({ inputSize: 9, code: 30, sparsity });
    expect(attempt).toThrow(ArgumentError);
    expect(attempt).toThrow(expect.objectContaining({ path }));
  });
});

test('the loss of an evaluation does not depend on its batches', async () => {
  const model = sparseAutoencoder({ inputSize: 3, code: 5, seed: 2 });
  const rows = Array.from({ length: 50 }, (_, i) => [Math.sin(i), Math.cos(i), i / 50]);
  const lossAt = async (batchSize: number) => (await model.evaluate(rows, { batchSize })).loss;
  const whole = await lossAt(50);
  for (const batchSize of [1, 7, 49]) expect(await lossAt(batchSize)).toBe(whole);
  const { epochs } = await model.fit(rows, { epochs: 1, batchSize: 8, validation: { data: rows } });
  expect(epochs[0]?.validation?.loss).toBe(await lossAt(50));
});

describe('the codes of digits', () => {
  const meanOf = (values: Float32Array) => values.reduce((sum, v) => sum + v, 0) / values.length;

  async function codesWith(sparsity: Sparsity, codeActivation: 'sigmoid' | 'relu' | 'linear') {
    const digits = rowsOf(await readDigits(), 0, 2000).inputs;
    const model = sparseAutoencoder({
      ...{ inputSize: 784, code: 100, sparsity, seed: 1 },
      codeActivation,
    });
    const optimizer = { type: 'adam', learningRate: 0.003 } as const;
    const history = await model.fit(digits, { epochs: 10, batchSize: 64, optimizer });
    const { values } = await model.encode(digits);
    return { values, model, digits, history };
  }

  test('fall to the target activation', async () => {
    const free = await codesWith(activityPenalty(), 'sigmoid');
    const pulled = await codesWith(activityPenalty({ klWeight: 0.5, klTarget: 0.05 }), 'sigmoid');
    expect(meanOf(free.values)).toBeGreaterThan(0.2);
    expect(Math.abs(meanOf(pulled.values) - 0.05)).toBeLessThan(0.02);
    // The penalty is part of the loss.
    const { loss } = await pulled.model.evaluate(pulled.digits);
    expect(loss).toBeGreaterThan(meanOf(await pulled.model.score(pulled.digits)));
  });

  test('shrink when their sum costs', async () => {
    const [free, cheap] = [
      await codesWith(activityPenalty(), 'relu'),
      await codesWith(activityPenalty({ l1: 0.003 }), 'relu'),
    ];
    expect(meanOf(cheap.values)).toBeLessThan(meanOf(free.values) / 2);
  });

  test('hold k numbers, and still give back the digits', async () => {
    const { values, model, digits } = await codesWith({ k: 10 }, 'linear');
    for (let row = 0; row < 50; row++) {
      const code = values.subarray(row * 100, (row + 1) * 100);
      expect(code.filter((value) => value !== 0)).toHaveLength(10);
    }
    expect(meanOf(await model.score(digits))).toBeLessThan(0.03);
  });
});
