import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fileSize, readAllBytes, readBytes, readStream } from '../../lib/data/bytes.js';
import { ArgumentError, FileFormatError } from '../../lib/errors.js';
import { makeFifo } from '../io/surroundings.js';
import { allOf, rejectionOf } from './chunks.js';

describe('readBytes', () => {
  let folder = '';
  const text = 'x,y\n'.repeat(200_000);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'layerwise-'));
    await writeFile(join(folder, 'plain.csv'), text);
    await writeFile(join(folder, 'packed.csv.gz'), gzipSync(text));
    await writeFile(join(folder, 'cut.csv.gz'), gzipSync(text));
    await truncate(join(folder, 'cut.csv.gz'), 500);
    await writeFile(join(folder, 'false.csv.gz'), Buffer.from([0x1f, 0x8b, 1, 2, 3]));
    await writeFile(join(folder, 'empty'), '');
    if (process.platform !== 'win32') makeFifo(join(folder, 'fifo'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function contentOf(name: string): Promise<string> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of readBytes(join(folder, name))) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  }

  test('reads plain and packed files alike', async () => {
    expect(await contentOf('plain.csv')).toBe(text);
    expect(await contentOf('packed.csv.gz')).toBe(text);
    expect(await contentOf('empty')).toBe('');
    expect(await fileSize(join(folder, 'plain.csv'))).toBe(text.length);
  });

  test.each(['cut.csv.gz', 'false.csv.gz'])('refuses the damaged %s', async (name) => {
    const error = await rejectionOf(contentOf(name));
    expect(error).toBeInstanceOf(FileFormatError);
    expect(error.message).toMatch(/expected a whole gzip file, received damaged or cut-off data/);
  });

  test.each([
    ['absent.csv', 'no such file'],
    ['.', 'a folder'],
  ])('explains why %s cannot be read', async (name, reason) => {
    for (const attempt of [() => contentOf(name), () => fileSize(join(folder, name))]) {
      const error = await rejectionOf(attempt());
      expect(error).toBeInstanceOf(ArgumentError);
      expect(error.message).toContain(reason);
    }
  });

  describe.skipIf(process.platform === 'win32')('from pipes', () => {
    const fifo = () => join(folder, 'fifo');

    test('needs a word', async () => {
      const error = await rejectionOf(readBytes(fifo()).next());
      expect(error).toBeInstanceOf(ArgumentError);
      expect(error.message).toContain('received a pipe.');
    });

    test('waits for a writer, and reads what it writes', async () => {
      const reading = allOf(readBytes(fifo(), { pipes: true }));
      const writing = writeFile(fifo(), text);
      expect(Buffer.concat(await reading).toString()).toBe(text);
      await writing;
    });

    test('unpacks them', async () => {
      const reading = allOf(readBytes(fifo(), { pipes: true }));
      const writing = writeFile(fifo(), gzipSync(text));
      expect(Buffer.concat(await reading).toString()).toBe(text);
      await writing;
    });

    test('ends when it is told to, though nobody writes', async () => {
      const controller = new AbortController();
      const { signal } = controller;
      // More readers than Node has threads for files.
      const attempts = Array.from({ length: 8 }, () =>
        rejectionOf(readBytes(fifo(), { pipes: true, signal }).next()),
      );
      // Files can be read meanwhile.
      expect(await contentOf('empty')).toBe('');
      controller.abort(new Error('enough'));
      for (const error of await Promise.all(attempts)) expect(error.message).toBe('enough');
    });

    test('refuses devices also then', async () => {
      const error = await rejectionOf(readBytes('/dev/zero', { pipes: true }).next());
      expect(error.message).toContain('received a device.');
    });
  });

  test('reads all at once, as long as it is not too much', async () => {
    const path = join(folder, 'packed.csv.gz');
    expect(String(await readAllBytes(path, text.length))).toBe(text);
    const error = await rejectionOf(readAllBytes(path, text.length - 1));
    expect(error).toBeInstanceOf(FileFormatError);
    expect(error.message).toContain(`expected a file of at most ${text.length - 1} bytes`);
  });

  test('reports the bytes of the file, and stops when it is told to', async () => {
    const controller = new AbortController();
    const seen: number[] = [];
    const chunks = readBytes(join(folder, 'plain.csv'), {
      signal: controller.signal,
      onBytes: (bytes) => seen.push(bytes),
    });
    await chunks.next();
    await chunks.next();
    expect(seen).toEqual([262144]);
    controller.abort(new Error('enough'));
    expect((await rejectionOf(chunks.next())).message).toBe('enough');
  });

  test('stops waiting for a stream when it is told to', async () => {
    const controller = new AbortController();
    const stream = new PassThrough();
    const chunks = readStream(stream, 'standard input', { signal: controller.signal });
    stream.write('abc');
    expect(String((await chunks.next()).value)).toBe('abc');
    const next = rejectionOf(chunks.next());
    controller.abort(new Error('enough'));
    expect((await next).message).toBe('enough');
    expect(stream.destroyed).toBe(true);
  });
});
