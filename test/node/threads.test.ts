/** How many threads the addon takes, for how long, and what it does when there are none. */

import { describe, expect, test } from 'vitest';
import { runProgram } from './programs/samples.mjs';

describe.runIf(process.platform === 'linux')('threads of a process', () => {
  test.each([
    ['are few, however many predictions wait', 'flood'],
    ['are few, whatever else waits', 'everything'],
    ['end when they have nothing to do', 'idleThreadsEnd'],
    ['of a run do not wait for predictions', 'fitAmongPredictions'],
    ['end before their code is unloaded', 'onlyWorkers'],
  ])('%s', async (_, task) => {
    const { code, stdout, stderr } = await runProgram('threads.mjs', { words: [task] });
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'true\n', stderr: '' });
  });
});

// The system refuses threads to a user who has enough of them; root is never refused.
const mayBecomeOther = process.platform === 'linux' && process.getuid?.() === 0;

describe.runIf(mayBecomeOther)('where the system gives no more threads', () => {
  async function settleWith(moreThreads: number): Promise<unknown> {
    const words = ['limited', String(moreThreads)];
    const { code, stdout, stderr } = await runProgram('threads.mjs', { words, uid: 54_321 });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return JSON.parse(stdout);
  }

  test('one is enough', async () => {
    expect(await settleWith(1)).toEqual(['fulfilled fulfilled fulfilled', 'fulfilled']);
  });

  test('without any, jobs are rejected', async () => {
    expect(await settleWith(0)).toEqual(['memory memory memory', 'memory']);
  });
});
