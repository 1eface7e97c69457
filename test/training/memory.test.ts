/** Many runs in one process, which must not keep the memory of those that are over. */

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const program = fileURLToPath(new URL('repeatedFits.mjs', import.meta.url));

interface Measured {
  /** Memory of the process before and after the hundred fits, in bytes. */
  readonly before: number;
  readonly after: number;
  /** What one fit needs in native memory, in bytes. */
  readonly oneFit: number;
}

const timeoutMilliseconds = 120_000;

test.each(['one model', 'new models'])(
  'a hundred fits of %s',
  async (models) => {
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--expose-gc',
      program,
      models,
    ]);
    const { before, after, oneFit } = JSON.parse(stdout) as Measured;
    // Heaps grow and shrink by some megabytes; a hundred leaks would be ten times as large as this.
    expect(oneFit).toBeGreaterThan(4e6);
    expect(after - before).toBeLessThan(10 * oneFit);
  },
  timeoutMilliseconds,
);
