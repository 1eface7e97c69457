/** Native memory comes back without anybody asking, and V8 knows about it. */

import { expect, test } from 'vitest';
import { runProgram } from './programs/samples.mjs';

async function measure(task: string): Promise<unknown> {
  const { code, stdout, stderr } = await runProgram('memory.mjs', {
    words: [task],
    flags: ['--expose-gc'],
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout);
}

// In megabytes. Each of the turns uses about 5, so what one in ten leaves behind would show.
const noise = 40;

test('a hundred fits, evaluations and predictions leave nothing behind', async () => {
  expect(await measure('fits')).toBeLessThan(noise);
});

test('failures leave nothing behind', async () => {
  expect(await measure('failures')).toBeLessThan(noise);
});

test('data sets that nobody holds are collected in time', async () => {
  expect(await measure('datasets')).toBeLessThan(400); // of 1200 in all
});

test('a network is kept by the function that predicts its rows', async () => {
  expect(await measure('rowPredictor')).toBe(true);
});

test('networks that nobody holds are collected in time', async () => {
  expect(await measure('networks')).toBeLessThan(400); // of 800 in all
});

test('a run that nobody holds ends as usual', async () => {
  expect(await measure('dropped')).toBe(true);
});
