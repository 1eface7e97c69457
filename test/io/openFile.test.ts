import {
  appendFileSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { utimes } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FileFormatError, load, readIdxFile } from '../../lib/index.js';
import { RegularFile } from '../../lib/io/openFile.js';
import { float, openStudy, readStudy } from '../../lib/search/index.js';
import { allOf } from '../data/chunks.js';
import { makeFifo } from './surroundings.js';

describe('RegularFile', () => {
  let folder: string;
  let path: string;
  const content = Buffer.from(Array.from({ length: 1000 }, (_, index) => index % 251));
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'layerwise-'));
    path = join(folder, 'a');
    writeFileSync(path, content);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  async function reading<Result>(action: (file: RegularFile) => Promise<Result>): Promise<Result> {
    const file = await RegularFile.open(path);
    try {
      return await action(file);
    } finally {
      await file.close();
    }
  }

  test('gives its bytes, whole, in part and in chunks of any size', async () => {
    expect(await reading((file) => file.readAt(100, 50))).toEqual(
      new Uint8Array(content.subarray(100, 150)),
    );
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1200 }), async (chunkBytes) => {
        const chunks = await reading((file) => allOf(file.chunks(chunkBytes)));
        expect(Buffer.concat(chunks)).toEqual(content);
        expect(chunks.length).toBe(Math.ceil(content.length / chunkBytes));
      }),
      { numRuns: 20 },
    );
  });

  test('is left in the middle', async () => {
    await reading(async (file) => {
      for await (const chunk of file.chunks(10)) {
        expect(chunk.byteLength).toBe(10);
        break;
      }
    });
  });

  test('may be empty', async () => {
    truncateSync(path, 0);
    expect(await reading((file) => allOf(file.chunks(10)))).toEqual([]);
  });

  test.each<[string, () => void, string]>([
    ['grows', () => appendFileSync(path, 'more'), 'received 1004 bytes.'],
    ['shrinks', () => truncateSync(path, 500), 'received its end after 500 bytes.'],
    ['is emptied', () => truncateSync(path, 0), 'received its end after '],
  ])('that %s while it is read is an error', async (_, change, received) => {
    const attempt = reading(async (file) => {
      let left = 3;
      for await (const _chunk of file.chunks(100)) if (--left === 0) change();
    });
    await expect(attempt).rejects.toThrow(FileFormatError);
    await expect(attempt).rejects.toThrow('expected the 1000 bytes that the file had when it was');
    await expect(attempt).rejects.toThrow(received);
  });

  test('sees that other bytes were written over the older ones', async () => {
    const attempt = reading(async (file) => {
      await utimes(path, 1, 1);
      await file.requireUnchanged();
    });
    await expect(attempt).rejects.toThrow('received other bytes.');
  });
});

describe.skipIf(process.platform === 'win32')('what is no file', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'layerwise-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const readers: [string, (path: string) => Promise<unknown>][] = [
    ['RegularFile', (path) => RegularFile.open(path)],
    ['load', load],
    ['readStudy', readStudy],
    ['openStudy', (path) => openStudy(path, { space: { x: float(0, 1) } })],
    ['readIdxFile', readIdxFile],
  ];

  test.each(readers)('is refused by %s, at once', async (_, read) => {
    makeFifo(join(folder, 'fifo'));
    symlinkSync('fifo', join(folder, 'link'));
    const server = createServer().listen(join(folder, 'socket'));
    await new Promise((listening) => server.once('listening', listening));
    for (const [path, kind] of [
      [join(folder, 'fifo'), 'a pipe'],
      [join(folder, 'link'), 'a pipe'],
      [join(folder, 'socket'), 'a socket'],
      [folder, 'a folder'],
      ['/dev/zero', 'a device'],
      ['/dev/null', 'a device'],
    ] as const) {
      await expect(read(path), path).rejects.toThrow(`received ${kind}.`);
      await expect(read(path), path).rejects.toMatchObject({ code: 'LAYERWISE', path });
    }
    server.close();
  });

  test.each(readers)('and no path is refused by %s', async (_, read) => {
    for (const path of ['', 'a\0b', 3, undefined]) {
      await expect(read(path as string)).rejects.toMatchObject({ name: 'ArgumentError' });
    }
  });
});
