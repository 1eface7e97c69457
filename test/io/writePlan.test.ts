import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ArgumentError } from '../../lib/errors.js';
import { planWrite } from '../../lib/io/writePlan.js';
import { asNobody, canChangeUser, canMount, makeFifo, mountOver, unmount } from './surroundings.js';

describe.skipIf(process.platform === 'win32')('planWrite', () => {
  let folder: string;
  const at = (...names: string[]) => join(folder, ...names);
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'layerwise-'));
    await writeFile(at('old'), 'older bytes');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  test('replaces files, new ones and what links point to, and changes nothing', async () => {
    await symlink('old', at('link'));
    await symlink('absent', at('dangling'));
    const before = await readdir(folder);
    for (const [name, target] of [
      ['new', 'new'],
      ['old', 'old'],
      ['link', 'old'],
      ['dangling', 'absent'],
    ] as const) {
      expect(await planWrite(at(name))).toEqual({ target: at(target), method: 'replace' });
    }
    expect(await readdir(folder)).toEqual(before);
    expect(await readFile(at('old'), 'utf8')).toBe('older bytes');
  });

  async function refusalOf(path: string): Promise<ArgumentError> {
    const error: unknown = await planWrite(path).catch((thrown: unknown) => thrown);
    if (!(error instanceof ArgumentError)) throw error;
    expect(error.path).toBe(path);
    expect(error.expected).toBe('a file that can be written');
    return error;
  }

  test('refuses what is no file', async () => {
    makeFifo(at('fifo'));
    await mkdir(at('inside'));
    await symlink('circle', at('circle'));
    const server = createServer().listen(at('socket'));
    await new Promise((listening) => server.once('listening', listening));
    for (const [path, received] of [
      [at('inside'), 'a folder'],
      [`${at('new')}/`, 'the name of a folder'],
      ['/', 'a folder'],
      [at('fifo'), 'a pipe'],
      [at('socket'), 'a socket'],
      ['/dev/null', 'a device'],
      [at('circle'), 'links that lead to each other'],
      [at('none', 'new'), 'a name in a folder that does not exist'],
      [at('old', 'new'), 'a name in what is no folder'],
      [at('n'.repeat(256)), 'a name that is too long'],
    ] as const) {
      expect((await refusalOf(path)).received, path).toBe(received);
    }
    server.close();
  });

  test.each(['', 'a\0b', 3])('refuses the path %j', async (path) => {
    await expect(planWrite(path as string)).rejects.toThrow(ArgumentError);
  });

  test.runIf(canChangeUser)(
    'writes in place what the folder keeps, where the file allows it',
    async () => {
      await chmod(at('old'), 0o666);
      await writeFile(at('closed'), 'x', { mode: 0o644 });
      await chmod(folder, 0o755);
      await asNobody(async () => {
        expect(await planWrite(at('old'))).toEqual({ target: at('old'), method: 'inPlace' });
        const no = 'one that there is no permission to write';
        expect((await refusalOf(at('closed'))).received).toBe(no);
        expect((await refusalOf(at('new'))).received).toBe(no);
      });
    },
  );

  test.runIf(canChangeUser)('knows folders in which only owners replace', async () => {
    await chmod(folder, 0o1777);
    await chmod(at('old'), 0o666);
    await writeFile(at('closed'), 'x', { mode: 0o644 });
    await writeFile(at('own'), 'x');
    await chown(at('own'), 65534, 65534);
    await asNobody(async () => {
      expect(await planWrite(at('old'))).toMatchObject({ method: 'inPlace' });
      expect(await planWrite(at('own'))).toMatchObject({ method: 'replace' });
      expect(await planWrite(at('new'))).toMatchObject({ method: 'replace' });
      await refusalOf(at('closed'));
    });
  });

  test.runIf(canMount)('knows a file that is a mount point', async () => {
    await writeFile(at('a mount'), '');
    mountOver(at('a mount'), at('old'));
    try {
      expect(await planWrite(at('a mount'))).toEqual({ target: at('a mount'), method: 'inPlace' });
    } finally {
      unmount(at('a mount'));
    }
  });
});
