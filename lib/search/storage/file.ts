import {
  closeSync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Lease, signOfLife } from '../../io/lease.js';
import { RegularFile } from '../../io/openFile.js';
import { isSystemError, ofFile, pathBeside, realTarget } from '../../io/paths.js';
import type { Appended, Beat, LogPart, StudyStorage } from './storage.js';

const lineEnd = 0x0a;

/**
 * A journal that several processes append to, also from machines that share its folder. Each append holds the
 * lock of the file, which is the lease of every other writer; each worker has a lease of its own beside it,
 * whose renewals are its signs of life. A place is a number of bytes.
 */
export class FileStorage implements StudyStorage {
  readonly #path: string;
  readonly #signal: AbortSignal | undefined;
  readonly #leases = new Map<string, Lease>();

  private constructor(path: string, signal?: AbortSignal) {
    this.#path = path;
    this.#signal = signal;
  }

  /** @throws Errors of the system. */
  static async open(path: string, signal?: AbortSignal): Promise<FileStorage> {
    return new FileStorage(await realTarget(path), signal);
  }

  get shown(): string {
    return this.#path;
  }

  async append(lines: readonly string[], at?: number): Promise<Appended | null> {
    const lease = await Lease.acquire(this.#path, { isPatient: true, signal: this.#signal });
    try {
      const file = openSync(this.#path, 'a+');
      try {
        const from = wholeBytes(file);
        if (at !== undefined && at !== from) return null;
        lease.confirm();
        return { from, next: writeWhole(file, from, lines) };
      } finally {
        closeSync(file);
      }
    } catch (error) {
      throw ofFile(error, this.#path);
    } finally {
      lease.release();
    }
  }

  async read(from: number): Promise<LogPart> {
    let file: RegularFile;
    try {
      file = await RegularFile.open(this.#path);
    } catch (error) {
      if (isSystemError(error, 'ENOENT')) return { lines: [], next: from };
      throw error;
    }
    try {
      if (file.size <= from) return { lines: [], next: from };
      const bytes = await file.readAt(from, file.size - from);
      // What has no end yet is being written, or was when its process was killed.
      const whole = bytes.lastIndexOf(lineEnd) + 1;
      const text = new TextDecoder().decode(bytes.subarray(0, whole));
      const lines = whole === 0 ? [] : text.slice(0, -1).split('\n');
      return { lines, next: from + whole };
    } finally {
      await file.close();
    }
  }

  async beat(worker: string): Promise<void> {
    try {
      this.#leases.get(worker)?.confirm();
      // It renews itself.
      if (this.#leases.has(worker)) return;
    } catch {
      // Somebody has taken this worker for dead: it begins anew.
    }
    this.#leases.set(worker, await Lease.acquire(this.#fileOf(worker)));
  }

  async beats(): Promise<ReadonlyMap<string, Beat>> {
    const folder = dirname(this.#path);
    const start = basename(this.#fileOf(''));
    const beats = new Map<string, Beat>();
    for (const name of await readdir(folder)) {
      if (!name.startsWith(start) || !name.endsWith(lockEnding)) continue;
      const sign = signOfLife(join(folder, name));
      const worker = name.slice(start.length, -lockEnding.length);
      if (sign !== null) beats.set(worker, sign);
    }
    return beats;
  }

  async leave(worker: string): Promise<void> {
    const own = this.#leases.get(worker);
    this.#leases.delete(worker);
    if (own !== undefined) return own.release();
    // Of a process that is gone: whoever takes the lease over removes it.
    const lease = await Lease.acquire(this.#fileOf(worker)).catch(() => null);
    lease?.release();
  }

  async close(): Promise<void> {
    for (const lease of this.#leases.values()) lease.release();
    this.#leases.clear();
  }

  #fileOf(worker: string): string {
    return pathBeside(this.#path, `.worker-${worker}`);
  }
}

const lockEnding = '.lock';

/**
 * How many bytes are whole lines; cuts off what a kill has left behind them. Only for whoever has the
 * lock: nobody else is writing.
 */
function wholeBytes(file: number): number {
  const { size } = fstatSync(file);
  const last = Buffer.alloc(1);
  let end = size;
  const chunk = Buffer.alloc(64 * 1024);
  if (size === 0 || (readSync(file, last, 0, 1, size - 1) === 1 && last[0] === lineEnd))
    return size;
  while (end > 0) {
    const start = Math.max(0, end - chunk.byteLength);
    const read = readSync(file, chunk, 0, end - start, start);
    const found = chunk.subarray(0, read).lastIndexOf(lineEnd);
    if (found >= 0) {
      end = start + found + 1;
      break;
    }
    end = start;
  }
  ftruncateSync(file, end);
  return end;
}

/** Appends lines to the whole ones; when that fails, none of them is left. */
function writeWhole(file: number, from: number, lines: readonly string[]): number {
  const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
  try {
    for (let written = 0; written < bytes.byteLength; ) {
      written += writeSync(file, bytes, written);
    }
    fdatasyncSync(file);
  } catch (error) {
    ftruncateSync(file, from);
    throw error;
  }
  return from + bytes.byteLength;
}
