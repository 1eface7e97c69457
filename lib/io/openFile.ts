import { type BigIntStats, close, constants, open as openCallback, type Stats } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { requirePath } from '../checks.js';
import { FileFormatError } from '../errors.js';
import { callNative } from '../native.js';
import { kindOf } from './fileKind.js';

/**
 * Opening files to read them. Whatever lies at a path, this neither waits nor takes a thread of Node
 * away: opening a pipe that nobody writes to would do both.
 */

/** The error for what is not of the wanted kind. @param kind `a folder`, `a pipe`, … */
type Refusal = (kind: string) => Error;

/** An open file whose size is known: all reading is bounded by it. */
export class RegularFile {
  readonly #handle: FileHandle;
  readonly #status: BigIntStats;

  private constructor(
    readonly path: string,
    handle: FileHandle,
    status: BigIntStats,
  ) {
    this.#handle = handle;
    this.#status = status;
  }

  /**
   * @param refuse Default: a FileFormatError.
   * @throws what `refuse` gives for a folder, a pipe, a device or a socket; ArgumentError for what is
   * no path; errors of the system.
   */
  static async open(path: string, refuse?: Refusal): Promise<RegularFile> {
    const refusal =
      refuse ?? ((received) => new FileFormatError({ path, expected: 'a file', received }));
    const isFile = (status: Stats | BigIntStats): boolean => status.isFile();
    await requireKind(requirePath(path), isFile, refusal);
    const handle = await open(path, withoutWaiting);
    try {
      const status = await handle.stat({ bigint: true });
      // Something else may have taken its place meanwhile.
      if (!isFile(status)) throw refusal(kindOf(status));
      return new RegularFile(path, handle, status);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** Bytes when it was opened. */
  get size(): number {
    return Number(this.#status.size);
  }

  /** When it was last written to, before it was opened: nanoseconds since 1970. */
  get modifiedNs(): bigint {
    return this.#status.mtimeNs;
  }

  /**
   * Exactly `length` bytes, in memory of their own.
   *
   * @throws FileFormatError when the file ends before.
   */
  async readAt(position: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(length);
    for (let filled = 0; filled < length; ) {
      const rest = bytes.subarray(filled);
      filled += await this.#readInto(rest, position + filled);
    }
    return bytes;
  }

  /**
   * All bytes, in chunks.
   *
   * @throws FileFormatError when the file is written to meanwhile.
   */
  async *chunks(chunkBytes: number): AsyncGenerator<Uint8Array> {
    const { size } = this;
    // The next chunk is read while the caller is busy with this one.
    const begin = (position: number): Promise<Uint8Array> => {
      const reading = this.#readSome(position, Math.min(chunkBytes, size - position));
      reading.catch(ignore);
      return reading;
    };
    let position = 0;
    let next = begin(0);
    try {
      while (position < size) {
        const chunk = await next;
        position += chunk.length;
        if (position < size) next = begin(position);
        yield chunk;
      }
    } finally {
      await next.catch(ignore);
    }
    await this.requireUnchanged();
  }

  /**
   * What was read in several steps is of one file only if nobody has written to it since.
   *
   * @throws FileFormatError when somebody has.
   */
  async requireUnchanged(): Promise<void> {
    const { size, mtimeNs } = await this.#handle.stat({ bigint: true });
    if (size === this.#status.size && mtimeNs === this.#status.mtimeNs) return;
    throw this.#changed(size === this.#status.size ? 'other bytes' : `${size} bytes`);
  }

  close(): Promise<void> {
    return this.#handle.close();
  }

  async #readSome(position: number, mostBytes: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(mostBytes);
    return bytes.subarray(0, await this.#readInto(bytes, position));
  }

  /** At least one byte, unless none is wanted. */
  async #readInto(bytes: Uint8Array, position: number): Promise<number> {
    if (bytes.byteLength === 0) return 0;
    const { bytesRead } = await this.#handle.read(bytes, 0, bytes.byteLength, position);
    if (bytesRead === 0) throw this.#cutShort(position);
    return bytesRead;
  }

  #cutShort(end: number): FileFormatError {
    return this.#changed(`its end after ${end} bytes`);
  }

  #changed(received: string): FileFormatError {
    return new FileFormatError({
      path: this.path,
      expected: `the ${this.size} bytes that the file had when it was opened`,
      received,
      remedy: 'It was written to while it was read: try again when its writer has finished.',
    });
  }
}

/**
 * Opens a pipe, by a name of its own or as `/dev/stdin`. Its reader waits until somebody has written
 * and closed it, but holds nothing up: destroying the stream ends it at once.
 *
 * @throws what `refuse` gives for everything else; errors of the system.
 */
export async function openPipe(path: string, refuse: Refusal): Promise<Readable> {
  await requireKind(requirePath(path), (status) => status.isFIFO(), refuse);
  const fd = await openForSocket(path);
  try {
    // Waits with the other events of the loop; a stream of files would hold a thread.
    return new Socket({ fd, readable: true, writable: false });
  } catch (error) {
    close(fd);
    throw error;
  }
}

/**
 * The socket closes it without a word to Node, which closes what a worker has opened once more when that ends:
 * another thread's file by then. So Node does not hear of it, but where it cannot be opened, or not otherwise.
 */
async function openForSocket(path: string): Promise<number> {
  const fd = callNative(({ openPipe: open }) => open(path));
  return fd >= 0 ? fd : promisify(openCallback)(path, withoutWaiting);
}

/** Also no terminal becomes that of this process. Windows knows neither. */
const withoutWaiting = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0);

/** Before opening: even that means something to a device. */
async function requireKind(
  path: string,
  isWanted: (status: Stats) => boolean,
  refuse: Refusal,
): Promise<void> {
  const status = await stat(path);
  if (!isWanted(status)) throw refuse(kindOf(status));
}

/** For what is looked at later, or not any more. */
function ignore(): void {}
