import { spawnSync } from 'node:child_process';
import {
  chmod,
  chown,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ArgumentError, StateError } from '../../lib/errors.js';
import { atomicWrite } from '../../lib/io/atomicWrite.js';
import { draftFor } from '../../lib/io/drafts.js';
import { thisProcess } from '../../lib/io/processIdentity.js';
import {
  asNobody,
  canChangeUmask,
  canChangeUser,
  canMount,
  makeFifo,
  mountDisk,
  mountOver,
  unmount,
} from './surroundings.js';

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
    const attempt = atomicWrite(join(folder, 'a'), [bytes('x')]);
    await expect(attempt).rejects.toThrow(ArgumentError);
    await expect(attempt).rejects.toThrow(
      'a: expected a file that can be written, received a folder.',
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

describe.skipIf(process.platform === 'win32')('atomicWrite, as files are', () => {
  let folder: string;
  const at = (...names: string[]) => join(folder, ...names);
  const textAt = (name: string) => readFile(at(name), 'utf8');
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'layerwise-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  test('leaves pipes and devices what they are', async () => {
    makeFifo(at('fifo'));
    await expect(atomicWrite(at('fifo'), [bytes('x')])).rejects.toThrow('received a pipe.');
    expect((await lstat(at('fifo'))).isFIFO()).toBe(true);
    await expect(atomicWrite('/dev/null', [bytes('x')])).rejects.toThrow('received a device.');
    expect((await lstat('/dev/null')).isCharacterDevice()).toBe(true);
  });

  test.runIf(canChangeUmask)(
    'keeps rights that the umask would take, and gives new files those of the umask',
    async () => {
      await writeFile(at('old'), 'old');
      await chmod(at('old'), 0o666);
      const umask = process.umask(0o027);
      try {
        await atomicWrite(at('old'), [bytes('new')]);
        await atomicWrite(at('new'), [bytes('new')]);
      } finally {
        process.umask(umask);
      }
      expect((await stat(at('old'))).mode & 0o777).toBe(0o666);
      expect((await stat(at('new'))).mode & 0o777).toBe(0o640);
    },
  );

  test.runIf(canChangeUser)(
    'keeps the owner and the group, or what is permitted of them',
    async () => {
      for (const name of ['theirs', 'ours']) await writeFile(at(name), 'old', { mode: 0o640 });
      await chown(at('theirs'), 1234, 4321);
      await chmod(folder, 0o777);
      await atomicWrite(at('theirs'), [bytes('new')]);
      expect(await stat(at('theirs'))).toMatchObject({ uid: 1234, gid: 4321, mode: 0o100640 });
      await asNobody(() => atomicWrite(at('ours'), [bytes('new')]));
      expect(await stat(at('ours'))).toMatchObject({ uid: 65534, mode: 0o100640 });
      expect(await textAt('ours')).toBe('new');
    },
  );

  test('follows links to what is not there yet', async () => {
    await mkdir(at('inside'));
    await symlink('inside/first', at('link'));
    await symlink('../target', at('inside', 'first'));
    await atomicWrite(at('link'), [bytes('new')]);
    expect(await textAt('target')).toBe('new');
    expect((await lstat(at('link'))).isSymbolicLink()).toBe(true);
    expect((await lstat(at('inside', 'first'))).isSymbolicLink()).toBe(true);
    expect((await readdir(folder)).sort()).toEqual(['inside', 'link', 'target']);
  });

  test.each(['n'.repeat(238), 'n'.repeat(255), '가'.repeat(85), '🦊'.repeat(63)])(
    'writes the name %s',
    async (name) => {
      await atomicWrite(at(name), [bytes('one')]);
      await atomicWrite(at(name), [bytes('two')]);
      expect(await textAt(name)).toBe('two');
      expect(await readdir(folder)).toEqual([name]);
      expect(Buffer.byteLength(basename(draftFor(at(name))))).toBeLessThanOrEqual(255);
      expect(draftFor(at(name))).not.toContain('\ufffd');
    },
  );

  describe('what crashes have left', () => {
    /** The draft of a process with another number, or another time of beginning. */
    const draftOf = (name: string, pid: number) =>
      draftFor(at(name)).replace(`-${process.pid}-${thisProcess().began}-`, `-${pid}-1-`);

    test.runIf(process.platform === 'linux')('goes at the next write of the name', async () => {
      const { pid: gone } = spawnSync(process.execPath, ['--version']);
      await writeFile(draftOf('a', gone), 'half');
      // The number is used again, by this process.
      await writeFile(draftOf('a', process.pid), 'half');
      await atomicWrite(at('a'), [bytes('new')]);
      expect(await readdir(folder)).toEqual(['a']);
    });

    test('stays where it is of another file, of a living process, or of nobody known', async () => {
      const { pid: gone } = spawnSync(process.execPath, ['--version']);
      const elsewhere = draftFor(at('a')).replace(/\.[0-9a-z]{8}-/, '.elsewher-');
      const kept = [
        draftOf('ab', gone),
        draftFor(at('a')),
        elsewhere,
        at('.a.0123456789ab.tmp'),
        at('.a.tmp'),
      ];
      for (const path of kept) await writeFile(path, 'half');
      await atomicWrite(at('a'), [bytes('new')]);
      expect((await readdir(folder)).sort()).toEqual(['a', ...kept.map((p) => basename(p))].sort());
    });

    test('goes when it is of a place that cannot be seen, and a day old', async () => {
      const elsewhere = draftFor(at('a')).replace(/\.[0-9a-z]{8}-/, '.elsewher-');
      await writeFile(elsewhere, 'half');
      const yesterday = Date.now() / 1000 - 25 * 60 * 60;
      await utimes(elsewhere, yesterday, yesterday);
      await atomicWrite(at('a'), [bytes('new')]);
      expect(await readdir(folder)).toEqual(['a']);
    });
  });

  test.runIf(canChangeUser)('writes in place what its folder keeps', async () => {
    for (const [mode, name] of [
      [0o1777, 'sticky'],
      [0o755, 'closed'],
    ] as const) {
      await mkdir(at(name));
      await chmod(at(name), mode);
      await chmod(folder, 0o755);
      for (const old of ['short', 'a much longer older text']) {
        await writeFile(at(name, 'a'), old);
        await chmod(at(name, 'a'), 0o666);
        const { ino } = await stat(at(name, 'a'));
        await asNobody(() => atomicWrite(at(name, 'a'), [bytes('new '), bytes('text')]));
        expect(await textAt(`${name}/a`)).toBe('new text');
        expect(await stat(at(name, 'a'))).toMatchObject({ ino, uid: 0, mode: 0o100666 });
      }
      expect(await readdir(at(name))).toEqual(['a']);
    }
  });

  test.runIf(canChangeUser)(
    'says where the whole file lies that could not take its place',
    async () => {
      await chmod(folder, 0o1777);
      await writeFile(at('model'), 'old', { mode: 0o644 });
      const error: unknown = await asNobody(() =>
        atomicWrite(at('model'), [bytes('all of it')]).catch((thrown: unknown) => thrown),
      );
      if (!(error instanceof StateError)) throw error;
      expect(error.path).toBe(at('model'));
      expect(error.received).toBe('the refusal EACCES when all bytes were written');
      const kept = (await readdir(folder)).find((name) => name !== 'model') ?? '';
      expect(kept).toMatch(/^model\.unsaved-[0-9a-f]{8}$/);
      expect(error.remedy).toContain(at(kept));
      expect(await textAt(kept)).toBe('all of it');
      expect(await textAt('model')).toBe('old');
      // It is nobody's rubbish.
      await atomicWrite(at('model'), [bytes('new')]);
      expect((await readdir(folder)).sort()).toEqual(['model', kept]);
    },
  );

  test.runIf(canMount)('writes mount points in place, one writer after the other', async () => {
    await writeFile(at('host'), 'old');
    await writeFile(at('a'), '');
    mountOver(at('a'), at('host'));
    try {
      const texts = Array.from({ length: 8 }, (_, index) => String(index).repeat(5000 + index));
      await Promise.all(texts.map((text) => atomicWrite(at('a'), [bytes(text)])));
      expect(texts).toContain(await textAt('host'));
      expect((await readdir(folder)).sort()).toEqual(['a', 'host']);
    } finally {
      unmount(at('a'));
    }
  });

  describe.runIf(canMount)('on a full disk', () => {
    beforeEach(() => mountDisk(folder, 256));
    afterEach(() => unmount(folder));

    test('keeps the older file, and leaves nothing', async () => {
      await writeFile(at('a'), 'old');
      const attempt = atomicWrite(at('a'), [new Uint8Array(100_000), new Uint8Array(300_000)]);
      await expect(attempt).rejects.toMatchObject({
        ...{ code: 'ENOSPC', syscall: 'write', path: at('a') },
        message: `ENOSPC: no space left on device, write '${at('a')}'`,
      });
      expect(await textAt('a')).toBe('old');
      expect(await readdir(folder)).toEqual(['a']);
    });

    test('keeps the bytes of a file that is written in place and cannot grow', async () => {
      await writeFile(at('host'), 'old');
      const outside = await mkdtemp(join(tmpdir(), 'layerwise-'));
      await writeFile(join(outside, 'a'), '');
      mountOver(join(outside, 'a'), at('host'));
      try {
        const attempt = atomicWrite(join(outside, 'a'), [new Uint8Array(400_000)]);
        await expect(attempt).rejects.toThrow(StateError);
        expect(await textAt('host')).toBe('old');
        const [kept = ''] = (await readdir(outside)).filter((name) => name !== 'a');
        expect((await stat(join(outside, kept))).size).toBe(400_000);
        await atomicWrite(join(outside, 'a'), [bytes('new')]);
        expect(await textAt('host')).toBe('new');
      } finally {
        unmount(join(outside, 'a'));
        await rm(outside, { recursive: true });
      }
    });
  });
});
