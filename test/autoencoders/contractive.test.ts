import { describe, expect, test } from 'vitest';
import {
  ArgumentError,
  type Autoencoder,
  activation,
  contractiveAutoencoder,
  contractivePenalty,
  dense,
} from '../../lib/index.js';
import { normaliseNetwork } from '../../lib/network/network.js';
import { randomNumbers } from '../model/data.js';

const random = randomNumbers(5);
/** Six columns that follow from two numbers. */
const rows = Array.from({ length: 150 }, () => {
  const [a, b] = [random() - 0.5, random() - 0.5];
  return [a, b, a + b, a - b, 2 * a, a * b];
});

/** The mean over the rows of the squared Frobenius norm of the Jacobian, by differences. */
async function meanSquaredJacobian(model: Autoencoder): Promise<number> {
  const step = 1e-2;
  let sum = 0;
  for (const column of [0, 1, 2, 3, 4, 5]) {
    const moved = (by: number) =>
      rows.map((row) => row.map((value, i) => (i === column ? value + by : value)));
    const above = (await model.encode(moved(step))).values;
    const below = (await model.encode(moved(-step))).values;
    for (const [i, value] of above.entries()) {
      sum += ((value - (below[i] as number)) / (2 * step)) ** 2;
    }
  }
  return sum / rows.length;
}

describe('a contractive autoencoder', () => {
  test('adds to its loss the norm of the Jacobian of the encoder', async () => {
    const options = { inputSize: 6, code: 4, seed: 2 };
    const model = contractiveAutoencoder({ ...options, contraction: 0.5 });
    const bare = contractiveAutoencoder({ ...options, contraction: 0 });
    const penalty = (await model.evaluate(rows)).loss - (await bare.evaluate(rows)).loss;
    expect(penalty).toBeCloseTo((0.5 / 6) * (await meanSquaredJacobian(model)), 4);
  });

  test('learns codes that change less with the rows', async () => {
    const train = async (contraction: number) => {
      const model = contractiveAutoencoder({ inputSize: 6, code: 8, seed: 1, contraction });
      await model.fit(rows, { epochs: 60, optimizer: { type: 'adam', learningRate: 0.02 } });
      return model;
    };
    const [free, contracted] = [await train(0), await train(0.1)];
    expect(await meanSquaredJacobian(contracted)).toBeLessThan(
      0.5 * (await meanSquaredJacobian(free)),
    );
  });

  test('penalises every layer of a deep encoder, and takes what the other variants have', () => {
    const model = contractiveAutoencoder({ inputSize: 6, hidden: [5], code: 3, tied: true });
    expect(model.spec.layers.map(({ type }) => type)).toEqual([
      ...['dense', 'contractivePenalty', 'dense', 'contractivePenalty'],
      ...['dense', 'dense'],
    ]);
    expect(model.codeSize).toBe(3);
  });

  test.each([
    [{ batchNorm: true }, 'batchNorm'],
    [{ contraction: -1 }, 'contraction'],
    [{ codeActivation: 'softmax' }, 'layers[1]'],
  ])('refuses %o', (options, path) => {
    const attempt = () => contractiveAutoencoder({ inputSize: 6, code: 3, ...options } as never);
    expect(attempt).toThrow(expect.objectContaining({ name: 'ArgumentError', path }));
  });
});

test.each([
  [[contractivePenalty(), dense(4)], 'layers[0]'],
  [[dense(4), activation('tanh'), contractivePenalty()], 'layers[2]'],
  [[dense(3), dense(4, { tiedTo: 0 }), contractivePenalty()], 'layers[2]'],
  [[dense(4), contractivePenalty({ weight: -1 })], 'layers[1].weight'],
])('contractivePenalty refuses %o', (layers, path) => {
  const attempt = () => normaliseNetwork({ inputSize: 4, layers });
  expect(attempt).toThrow(ArgumentError);
  expect(attempt).toThrow(expect.objectContaining({ path }));
});
