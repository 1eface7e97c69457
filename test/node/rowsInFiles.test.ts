import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const program = fileURLToPath(new URL('../../bench/rows-in-files.mjs', import.meta.url));

// Elsewhere there is no telling what memory a process has of its own.
test.skipIf(!existsSync('/proc/self/status'))(
  'rows in a file take the memory of their buffers, however many they are',
  async () => {
    const words = [program, '--gigabytes', '0.6', '--columns', '3136'];
    const { stdout } = await promisify(execFile)(process.execPath, words);
    const [, megabytes] = /RssAnon at most (\d+) MB/.exec(stdout) ?? [];
    expect(Number(megabytes)).toBeGreaterThan(10);
    expect(Number(megabytes)).toBeLessThan(300);
  },
);
