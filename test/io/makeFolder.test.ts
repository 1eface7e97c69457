import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeFolder } from '../../lib/io/makeFolder.js';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'layerwise-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

test.each([
  ['with those above it', () => join(root, 'a', 'b', 'c')],
  ['by a relative path', () => relative(process.cwd(), join(root, 'a', 'b'))],
  ['alone', () => join(root, 'a')],
])('a folder is made %s, and again for nothing', async (_, pathIn) => {
  const path = pathIn();
  await makeFolder(path);
  await writeFile(join(path, 'file'), '');
  await makeFolder(path);
  expect(existsSync(join(path, 'file'))).toBe(true);
});

test('where a file lies, there is no folder', async () => {
  await writeFile(join(root, 'file'), '');
  await expect(makeFolder(join(root, 'file', 'below'))).rejects.toMatchObject({ code: 'ENOTDIR' });
});

test.skipIf(process.platform !== 'linux')(
  'where a folder takes none, the system says so',
  async () => {
    await expect(makeFolder('/proc/layerwise/below')).rejects.toMatchObject({ code: 'ENOENT' });
  },
);
