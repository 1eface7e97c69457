import { describe, expect, test } from 'vitest';
import { dense, type Layer, residual, type Sequential, sequential } from '../../lib/index.js';
import { clusters } from '../model/data.js';

const data = clusters(300);
const pairs = 15;

/** Thirty layers of 16 units behind the first one, in pairs. */
function network(pair: (layers: readonly Layer[]) => readonly Layer[]): Sequential {
  const layers = Array.from({ length: pairs }, () => pair([sigmoidLayer(), sigmoidLayer()]));
  return sequential([dense(16), ...layers.flat(), dense(3, { activation: 'softmax' })], {
    inputSize: 2,
    seed: 1,
  });
}

const sigmoidLayer = () => dense(16, { activation: 'sigmoid' });

async function accuracyOf(model: Sequential): Promise<number> {
  const optimizer = { type: 'adam', learningRate: 0.01 } as const;
  await model.fit(data, { epochs: 15, batchSize: 30, optimizer, loss: 'crossEntropy', threads: 1 });
  const { metrics } = await model.evaluate(data, { loss: 'crossEntropy', metrics: ['accuracy'] });
  return metrics.accuracy;
}

describe('thirty layers of sigmoid', () => {
  test('learn when their input is added after every second one, and stall when it is not', async () => {
    const [plain, withBlocks] = [
      await accuracyOf(network((layers) => layers)),
      await accuracyOf(network((layers) => [residual(layers)])),
    ];
    expect(plain).toBeLessThan(0.5);
    expect(withBlocks).toBeGreaterThan(0.98);
  });
});
