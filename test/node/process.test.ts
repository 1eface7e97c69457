/** How a process ends while native work is under way. */

import { describe, expect, test } from 'vitest';
import { runProgram } from './programs/samples.mjs';

const run = (task: string) => runProgram('process.mjs', { words: [task] });

describe('process.exit() keeps its code', () => {
  test.each([
    'exitAtOnce',
    'exitFromListener',
    'exitWithEverythingUnderWay',
    'exitWithThousandsQueued',
  ])('%s', async (task) => {
    const ended = await Promise.all(Array.from({ length: 6 }, () => run(task)));
    for (const end of ended) {
      expect(end).toEqual({ code: 7, signal: null, stdout: '', stderr: '' });
    }
  });
});

test('a signal ends the process', async () => {
  expect(await run('exitBySignal')).toMatchObject({ code: null, signal: 'SIGTERM' });
});

test('the process stays until a run is over that nobody waits for', async () => {
  expect(await run('endByItself')).toMatchObject({ code: 0, stdout: '1\n2\n3\n4\n', stderr: '' });
});

test('the process stays until the last job of thousands is over', async () => {
  expect(await run('endAfterThousands')).toMatchObject({ code: 0, stdout: '3000\n', stderr: '' });
});

test('a listener that throws is an uncaught exception', async () => {
  const { code, stderr } = await run('throwFromListener');
  expect(code).toBe(1);
  expect(stderr).toContain('Error: from the listener');
});

test('when that is handled, the run goes on', async () => {
  expect(await run('throwFromListenerCaught')).toMatchObject({ code: 0, stdout: 'true\n' });
});

test('a listener that throws null is one too', async () => {
  expect(await run('throwNullFromListener')).toMatchObject({ code: 0, stdout: 'true 4\n' });
});

test('a run that fails unnoticed is an unhandled rejection', async () => {
  const { code, stderr } = await run('rejectUnhandled');
  expect(code).toBe(1);
  expect(stderr).toContain("kind: 'divergence'");
});
