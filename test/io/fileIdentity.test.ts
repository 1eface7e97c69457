import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ArgumentError } from '../../lib/errors.js';
import { fileIdentity, sameFile } from '../../lib/io/fileIdentity.js';

describe.skipIf(process.platform === 'win32')('sameFile', () => {
  let folder: string;
  const at = (...names: string[]) => join(folder, ...names);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'layerwise-'));
    mkdirSync(at('inside'));
    writeFileSync(at('file'), 'x');
    writeFileSync(at('equal'), 'x');
    linkSync(at('file'), at('hard'));
    symlinkSync('file', at('soft'));
    symlinkSync('inside', at('door'));
    symlinkSync('../file', at('inside', 'back'));
    symlinkSync('absent', at('dangling'));
    symlinkSync('../dangling', at('inside', 'twice'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test.each([
    ['file', 'file'],
    ['file', 'hard'],
    ['file', 'soft'],
    ['file', 'inside/../file'],
    ['file', 'door/back'],
    ['absent', 'inside/../absent'],
    ['absent', 'dangling'],
    ['absent', 'door/twice'],
    ['inside/absent', 'door/absent'],
    ['none/absent', 'door/../none/absent'],
  ])('sees that %s is %s', async (left, right) => {
    expect(await sameFile(at(left), at(right))).toBe(true);
    expect(await sameFile(relative(process.cwd(), at(left)), at(right))).toBe(true);
  });

  test.each([
    ['file', 'equal'],
    ['file', 'absent'],
    ['absent', 'other'],
    ['absent', 'inside/absent'],
    ['none/absent', 'absent'],
  ])('tells %s from %s', async (left, right) => {
    expect(await sameFile(at(left), at(right))).toBe(false);
  });

  test.each(['', 'a\0b', 3, undefined])('refuses the path %j', async (path) => {
    await expect(fileIdentity(path as string)).rejects.toThrow(ArgumentError);
  });
});
