import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { atomicWrite } from '../../lib/io/atomicWrite.js';

const bytes = (text: string) => Buffer.from(text);

describe('atomicWrite', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'layerwise-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  test('writes the chunks in order and leaves nothing else', async () => {
    await atomicWrite(join(folder, 'a'), [bytes('one '), bytes(''), bytes('two')]);
    expect(await readFile(join(folder, 'a'), 'utf8')).toBe('one two');
    expect(await readdir(folder)).toEqual(['a']);
  });

  test('replaces an older file', async () => {
    await writeFile(join(folder, 'a'), 'a longer older text');
    await atomicWrite(join(folder, 'a'), [bytes('new')]);
    expect(await readFile(join(folder, 'a'), 'utf8')).toBe('new');
  });

  test('keeps the older file when the chunks fail half way', async () => {
    const path = join(folder, 'a');
    await writeFile(path, 'old');
    function* failing() {
      yield bytes('half');
      throw new Error('no more');
    }
    await expect(atomicWrite(path, failing())).rejects.toThrow('no more');
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(await readdir(folder)).toEqual(['a']);
  });

  test('keeps a folder that stands in the way, and cleans up', async () => {
    await mkdir(join(folder, 'a'));
    await writeFile(join(folder, 'a', 'inside'), '');
    await expect(atomicWrite(join(folder, 'a'), [bytes('x')])).rejects.toThrow(
      /EISDIR|EPERM|ENOTEMPTY|EEXIST/,
    );
    expect(await readdir(folder)).toEqual(['a']);
  });

  test('gives the error of the system when there is no such folder', async () => {
    const attempt = atomicWrite(join(folder, 'none', 'a'), [bytes('x')]);
    await expect(attempt).rejects.toThrow(expect.objectContaining({ code: 'ENOENT' }));
  });

  test.skipIf(process.platform === 'win32')('keeps the rights of the older file', async () => {
    const path = join(folder, 'a');
    await writeFile(path, 'old');
    await chmod(path, 0o600);
    await atomicWrite(path, [bytes('new')]);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  test.skipIf(process.platform === 'win32')('writes through a link', async () => {
    await writeFile(join(folder, 'real'), 'old');
    await symlink('real', join(folder, 'link'));
    await atomicWrite(join(folder, 'link'), [bytes('new')]);
    expect((await lstat(join(folder, 'link'))).isSymbolicLink()).toBe(true);
    expect(await readFile(join(folder, 'real'), 'utf8')).toBe('new');
  });

  test('leaves one whole file when many write at once', async () => {
    const path = join(folder, 'a');
    const texts = Array.from({ length: 8 }, (_, index) => String(index).repeat(1000));
    await Promise.all(texts.map((text) => atomicWrite(path, [bytes(text)])));
    expect(texts).toContain(await readFile(path, 'utf8'));
    expect(await readdir(folder)).toEqual(['a']);
  });
});
