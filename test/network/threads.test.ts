import { expect, test } from 'vitest';
import { dense, sequential } from '../../lib/index.js';
import { native } from '../../lib/native.js';
import { normaliseNetwork } from '../../lib/network/network.js';
import { threadsRule } from '../../lib/network/threads.js';

test('more threads than the core takes are refused before it is asked', async () => {
  const threads = threadsRule.maximum + 1;
  const data = { inputs: [[0], [1]], targets: [[1], [0]] };
  await expect(
    (async () => await sequential([dense(1)], { inputSize: 1 }).fit(data, { threads }))(),
  ).rejects.toMatchObject({ name: 'ArgumentError', path: 'threads', received: `${threads}` });
});

test('as many threads as are allowed are what the core takes, and no more', async () => {
  const spec = normaliseNetwork({ inputSize: 1, layers: [dense(1)] });
  const network = new (native().Network)(spec);
  const predict = (threads: number) => network.predict(new Float32Array(2), 2, { threads });
  await expect(predict(threadsRule.maximum)).resolves.toHaveLength(2);
  expect(() => predict(threadsRule.maximum + 1)).toThrow(/threads/);
});
