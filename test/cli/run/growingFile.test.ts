import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { GrowingFile } from '../../../lib/cli/run/growingFile.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'layerwise-growing-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('adds to what is there, at once', () => {
  const path = join(folder, 'log.txt');
  writeFileSync(path, 'one\n');
  const file = new GrowingFile(path);
  file.append('two\n');
  expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n');
  file.close();
});

// A device on which each write finds the disk full.
test.skipIf(process.platform !== 'linux')('keeps what cannot be written, and says so', () => {
  const file = new GrowingFile('/dev/full');
  expect(() => file.append('line\n')).toThrow(/ENOSPC.*'\/dev\/full'/);
  expect(file.isBehind).toBe(true);
  file.close();
});
