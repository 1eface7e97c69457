import { afterAll, beforeAll, expect, test } from 'vitest';
import { jsonLines, layerwise } from '../process.js';
import { irisCsv, Workspace } from '../samples.js';

let work: Workspace;
let words: string[];
beforeAll(async () => {
  work = await Workspace.create();
  const data = await work.write('iris.csv', irisCsv());
  // After the first step, sums of the second batch overflow; with half of it they do not.
  const steps = ['--optimizer', 'sgd', '--learning-rate', '2e38', '--epochs', '1'];
  const linear = ['--hidden', 'none', '--batch-size', '8', '--validation', '0'];
  words = ['train', data, '--target', 'species', ...linear, ...steps];
});
afterAll(() => work.remove());

test('numbers that are not finite end a training', async () => {
  const { code, stderr } = await layerwise(words);
  expect([code, stderr]).toEqual([1, expect.stringContaining('The training diverged')]);
});

test('or leave an update out, with --on-non-finite skipBatch', async () => {
  const line = [...words, '--on-non-finite', 'skipBatch'];
  const { code, stdout } = await layerwise([...line, '--json']);
  expect(code).toBe(0);
  const done = jsonLines(stdout).find(({ type }) => type === 'done');
  expect(done?.nonFinite).toContainEqual({
    epoch: 1,
    batch: expect.any(Number),
    action: 'skipBatch',
  });
  expect((await layerwise(line)).stdout).toMatch(
    /Note: Left an update out \d+ times?, as numbers were not finite: the first time in epoch 1, batch \d/,
  );
});

test('or go back, with --on-non-finite rollback', async () => {
  const { code, stdout } = await layerwise([...words, '--on-non-finite', 'rollback']);
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /Note: Went back \d times?, as numbers were not finite: the first time in/,
  );
});
