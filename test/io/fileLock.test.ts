import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { StateError } from '../../lib/errors.js';
import { FileLock } from '../../lib/io/fileLock.js';

describe('FileLock', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'layerwise-'));
    file = join(folder, 'a');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const writeLock = (owner: object) => writeFileSync(`${file}.lock`, JSON.stringify(owner));

  test('is held by one at a time, and leaves nothing', () => {
    const lock = FileLock.acquire(file);
    expect(readdirSync(folder)).toEqual(['a.lock']);
    expect(() => FileLock.acquire(file)).toThrow(StateError);
    expect(() => FileLock.acquire(file)).toThrow(`one that process ${process.pid} writes`);
    lock.release();
    expect(readdirSync(folder)).toEqual([]);
    FileLock.acquire(file).release();
    lock.release();
  });

  test('is taken over from a process that is gone', () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    writeLock({ pid, host: hostname(), began: null });
    const lock = FileLock.acquire(file);
    expect(JSON.parse(readFileSync(`${file}.lock`, 'utf8'))).toMatchObject({ pid: process.pid });
    expect(readdirSync(folder)).toEqual(['a.lock']);
    lock.release();
  });

  test.runIf(process.platform === 'linux')('knows a process from a later one of its number', () => {
    writeLock({ pid: process.pid, host: hostname(), began: '1' });
    FileLock.acquire(file).release();
  });

  test.each([
    ['another machine', JSON.stringify({ pid: 1, host: 'elsewhere', began: null }), 'on elsewhere'],
    ['who knows whom', 'no lock of ours', 'one that is locked'],
  ])('stays with %s', (_, text, received) => {
    writeFileSync(`${file}.lock`, text);
    expect(() => FileLock.acquire(file)).toThrow(received);
    expect(() => FileLock.acquire(file)).toThrow(`delete ${file}.lock`);
    expect(readFileSync(`${file}.lock`, 'utf8')).toBe(text);
  });
});
