/** JavaScript of the caller that a call of the addon runs, and that does not come back. */

import { expect, test } from 'vitest';
import { runProgram } from './programs/samples.mjs';

test.each([
  ['throw null', 'throwNull', 'null'],
  ['take longer than the time-out of a context', 'timeOut', 'ERR_SCRIPT_EXECUTION_TIMEOUT'],
])('getters that %s end the call, not the process', async (_, task, end) => {
  const { code, signal, stdout, stderr } = await runProgram('getters.mjs', { words: [task] });
  expect({ code, signal, stderr }).toEqual({ code: 0, signal: null, stderr: '' });
  expect(stdout.trim().split('\n')).toEqual(Array(8).fill(`${end} 3`));
});
