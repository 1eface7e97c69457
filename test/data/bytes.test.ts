import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fileSize, readBytes, readStream } from '../../lib/data/bytes.js';
import { ArgumentError, FileFormatError } from '../../lib/errors.js';
import { rejectionOf } from './chunks.js';

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
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function contentOf(name: string): Promise<string> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of readBytes(join(folder, name))) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  }

  it('reads plain and packed files alike', async () => {
    expect(await contentOf('plain.csv')).toBe(text);
    expect(await contentOf('packed.csv.gz')).toBe(text);
    expect(await contentOf('empty')).toBe('');
    expect(await fileSize(join(folder, 'plain.csv'))).toBe(text.length);
  });

  it.each(['cut.csv.gz', 'false.csv.gz'])('refuses the damaged %s', async (name) => {
    const error = await rejectionOf(contentOf(name));
    expect(error).toBeInstanceOf(FileFormatError);
    expect(error.message).toMatch(/expected a whole gzip file, received damaged or cut-off data/);
  });

  it.each([
    ['absent.csv', 'no such file'],
    ['.', 'a folder'],
  ])('explains why %s cannot be read', async (name, reason) => {
    for (const attempt of [() => contentOf(name), () => fileSize(join(folder, name))]) {
      const error = await rejectionOf(attempt());
      expect(error).toBeInstanceOf(ArgumentError);
      expect(error.message).toContain(reason);
    }
  });

  it('reports the bytes of the file, and stops when it is told to', async () => {
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

  it('stops waiting for a stream when it is told to', async () => {
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
