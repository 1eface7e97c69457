import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { codeOf, isError } from '../builtins.js';
import { ArgumentError, FileFormatError } from '../errors.js';
import { openPipe, RegularFile } from '../io/openFile.js';

/** Reading files as chunks of bytes, unpacked where they are gzip. Memory is bounded by one chunk. */

const chunkBytes = 256 * 1024;

export interface ReadOptions {
  /**
   * Whether the path may be a pipe, which is read once, from where it stands.
   *
   * @default false
   */
  readonly pipes?: boolean | undefined;
  /** Told the number of bytes of the file itself (not unpacked) after each chunk. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
  /** Ends the reading with `signal.reason` before the next chunk. */
  readonly signal?: AbortSignal | undefined;
}

/** Size of a regular file in bytes; null for pipes and devices. */
export async function fileSize(path: string): Promise<number | null> {
  try {
    const status = await stat(path);
    if (status.isDirectory()) throw unreadable(path, 'a folder');
    return status.isFile() ? status.size : null;
  } catch (error) {
    throw fromSystemError(error, path);
  }
}

/**
 * The bytes of a file in chunks; gzip is recognised by its first bytes and unpacked.
 *
 * @throws ArgumentError when the file cannot be read, FileFormatError when its gzip is damaged.
 */
export function readBytes(path: string, options: ReadOptions = {}): AsyncGenerator<Uint8Array> {
  return unpacked(watched(chunksAt(path, options), options), path);
}

/**
 * All bytes at once.
 *
 * @throws as `readBytes`; FileFormatError when there are more, from whatever endless source.
 */
export async function readAllBytes(
  path: string,
  mostBytes: number,
  options: ReadOptions = {},
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of readBytes(path, options)) {
    bytes += chunk.length;
    if (bytes > mostBytes) {
      const expected = `a file of at most ${mostBytes} bytes`;
      throw new FileFormatError({ path, expected, received: 'more' });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The same for a stream that is open already, standard input say. */
export function readStream(
  stream: Readable,
  name: string,
  options: ReadOptions = {},
): AsyncGenerator<Uint8Array> {
  return unpacked(watched(streamChunks(stream, options.signal), options), name);
}

async function* streamChunks(
  stream: Readable,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  // The next chunk may never come.
  const abort = (): void => void stream.destroy(signal?.reason as Error);
  signal?.addEventListener('abort', abort, { once: true });
  try {
    for await (const chunk of stream) yield chunk as Uint8Array;
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

async function* chunksAt(
  path: string,
  { pipes = false, signal }: ReadOptions,
): AsyncGenerator<Uint8Array> {
  try {
    if (pipes && (await fileSize(path)) === null) {
      yield* streamChunks(await openPipe(path, (kind) => unreadable(path, kind)), signal);
    } else {
      yield* fileChunks(path);
    }
  } catch (error) {
    throw fromSystemError(error, path);
  }
}

async function* fileChunks(path: string): AsyncGenerator<Uint8Array> {
  const file = await RegularFile.open(path, (kind) => unreadable(path, kind));
  try {
    yield* file.chunks(chunkBytes);
  } finally {
    await file.close();
  }
}

async function* watched(
  chunks: AsyncIterable<Uint8Array>,
  { onBytes, signal }: ReadOptions,
): AsyncGenerator<Uint8Array> {
  let total = 0;
  signal?.throwIfAborted();
  for await (const chunk of chunks) {
    total += chunk.length;
    yield chunk;
    signal?.throwIfAborted();
    onBytes?.(total);
  }
}

async function* unpacked(
  chunks: AsyncGenerator<Uint8Array>,
  name: string,
): AsyncGenerator<Uint8Array> {
  const first = await firstChunk(chunks);
  const all = prepend(first, chunks);
  if (first[0] !== 0x1f || first[1] !== 0x8b) {
    yield* all;
    return;
  }
  const source = Readable.from(all);
  const gunzip = createGunzip({ chunkSize: chunkBytes });
  source.on('error', (error) => gunzip.destroy(error));
  source.pipe(gunzip);
  try {
    for await (const chunk of gunzip) yield chunk as Uint8Array;
  } catch (error) {
    throw isZlibError(error) ? damagedGzip(name, error) : error;
  } finally {
    source.destroy();
    gunzip.destroy();
  }
}

/** At least two bytes where the source has them: enough to recognise gzip. */
async function firstChunk(chunks: AsyncGenerator<Uint8Array>): Promise<Uint8Array> {
  let first: Uint8Array = new Uint8Array(0);
  while (first.length < 2) {
    const next = await chunks.next();
    if (next.done) break;
    first = first.length === 0 ? next.value : Buffer.concat([first, next.value]);
  }
  return first;
}

/** Some bytes that were read already, then the rest, whose source is told when nobody reads on. */
export async function* prepend(
  first: Uint8Array,
  rest: AsyncGenerator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    if (first.length > 0) yield first;
    yield* rest;
  } finally {
    await rest.return(undefined);
  }
}

function isZlibError(error: unknown): error is Error {
  return isError(error) && codeOf(error).startsWith('Z_');
}

function damagedGzip(name: string, cause: Error): FileFormatError {
  return new FileFormatError(
    {
      path: name,
      expected: 'a whole gzip file',
      received: `damaged or cut-off data (${cause.message})`,
      remedy: 'Copy or download the file again.',
    },
    { cause },
  );
}

const causes: Partial<Record<string, string>> = {
  ENOENT: 'no such file',
  EISDIR: 'a folder',
  EACCES: 'no permission to read it',
  EPERM: 'no permission to read it',
  ENOTDIR: 'no such file',
  ENAMETOOLONG: 'a name that is too long',
};

/** What the system says of a file that cannot be read, as an ArgumentError; other errors as they are. */
export function fromSystemError(error: unknown, path: string): unknown {
  if (!isError(error) || error.name !== 'Error') return error;
  const cause = causes[codeOf(error)];
  return cause === undefined ? error : unreadable(path, cause, error);
}

/** The error for a path at which no file can be read. */
export function unreadable(path: string, received: string, cause?: Error): ArgumentError {
  return new ArgumentError(
    {
      path,
      expected: 'a file that can be read',
      received,
      remedy: 'Check the path; it is taken relative to the current folder.',
    },
    { cause },
  );
}
