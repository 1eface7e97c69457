import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { syncToDisk } from './sync.js';

/** Writing over the bytes of files that cannot be replaced. */

const chunkBytes = 2 ** 20;

/** The last writer of each file in this process: two at once would mix their bytes. */
const writers = new Map<string, Promise<void>>();

/**
 * Copies a whole file over another one that exists. What that one has to grow by is written first:
 * where the disk is full, it keeps its older bytes.
 *
 * @throws Errors of the system.
 */
export async function overwrite(target: string, source: string): Promise<void> {
  const before = writers.get(target);
  const writing = (before ?? Promise.resolve())
    .catch(() => {})
    .then(() => copyOver(target, source));
  writers.set(target, writing);
  try {
    await writing;
  } finally {
    if (writers.get(target) === writing) writers.delete(target);
  }
}

/** Opens a file that is there, to write over its bytes. */
export function openInPlace(target: string): Promise<FileHandle> {
  // What has taken its place since it was looked at must not block, or be written to.
  const { O_RDWR, O_NONBLOCK = 0, O_NOFOLLOW = 0 } = constants;
  return open(target, O_RDWR | O_NONBLOCK | O_NOFOLLOW);
}

async function copyOver(target: string, source: string): Promise<void> {
  const from = await open(source, 'r');
  try {
    const to = await openInPlace(target);
    try {
      await copyContent(from, to);
    } finally {
      await to.close();
    }
  } finally {
    await from.close();
  }
}

async function copyContent(from: FileHandle, to: FileHandle): Promise<void> {
  const { size } = await from.stat();
  const older = (await to.stat()).size;
  try {
    await copyRange(from, to, older, size);
    await syncToDisk(to);
  } catch (error) {
    await to.truncate(older);
    throw error;
  }
  await copyRange(from, to, 0, Math.min(older, size));
  await to.truncate(size);
  await syncToDisk(to);
}

/** Nothing when `end` is not above `start`. */
async function copyRange(
  from: FileHandle,
  to: FileHandle,
  start: number,
  end: number,
): Promise<void> {
  const chunk = new Uint8Array(Math.min(chunkBytes, Math.max(0, end - start)));
  for (let position = start; position < end; ) {
    const length = Math.min(chunk.byteLength, end - position);
    const { bytesRead } = await from.read(chunk, 0, length, position);
    if (bytesRead === 0) throw new Error(`${end} bytes were written, and ${position} are there`);
    await writeWhole(to, chunk.subarray(0, bytesRead), position);
    position += bytesRead;
  }
}

/** @param position Default: where the last write has ended. */
export async function writeWhole(
  file: FileHandle,
  chunk: Uint8Array,
  position: number | null = null,
): Promise<void> {
  // The system may take less than it was given.
  for (let written = 0; written < chunk.byteLength; ) {
    const place = position === null ? null : position + written;
    const { bytesWritten } = await file.write(chunk, written, chunk.byteLength - written, place);
    written += bytesWritten;
  }
}
