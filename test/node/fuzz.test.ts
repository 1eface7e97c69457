/** No value of JavaScript crashes the process or gives an error without a cause. */

import { expect, test } from 'vitest';
import { runProgram } from './programs/samples.mjs';

test.each([1, 2])('random arguments for every function, seed %i', async (seed) => {
  const { code, signal, stdout, stderr } = await runProgram('fuzz.mjs', { words: [String(seed)] });
  expect({ code, signal, stderr }).toEqual({ code: 0, signal: null, stderr: '' });
  const counts = JSON.parse(stdout) as Record<string, number>;
  // Both kinds of outcome are reached often, so the values are neither all good nor all bad.
  expect(counts.refused).toBeGreaterThan(1000);
  expect(counts.resolved).toBeGreaterThan(100);
});

test.each([1, 2])('random arguments for everything that is exported, seed %i', async (seed) => {
  const words = ['--calls', '4000', '--seed', String(seed)];
  const { code, signal, stdout, stderr } = await runProgram('fuzzApi.mjs', { words });
  expect({ code, signal, stderr }).toEqual({ code: 0, signal: null, stderr: '' });
  const counts = JSON.parse(stdout) as Record<string, number>;
  expect(counts.refused).toBeGreaterThan(1000);
  expect(counts.rejected).toBeGreaterThan(300);
  expect(counts.resolved).toBeGreaterThan(100);
  expect(counts.functions).toBeGreaterThan(200);
});
