import { randomBytes } from 'node:crypto';
import { type FileHandle, open, realpath, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { codeOf } from '../builtins.js';

/**
 * Writes a file so that the path at any moment holds either the whole older file or the whole new
 * one, also after a crash: the bytes go to a temporary name in the same folder, are synced to the
 * disk, and are then renamed. On any failure the older file stays and the temporary one goes.
 *
 * @param path Where to write. A symbolic link is followed: what it points to is replaced.
 * @param chunks The bytes, in order.
 * @throws The system's own errors (ENOENT, EACCES, ENOSPC, …), and whatever `chunks` throws.
 */
export async function atomicWrite(
  path: string,
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<void> {
  const target = await followLink(path);
  const folder = dirname(target);
  const temporary = join(folder, `.${basename(target)}.${randomBytes(6).toString('hex')}.tmp`);
  // 'wx': never write into a file that somebody else put there.
  const file = await open(temporary, 'wx', await modeOf(target));
  try {
    await writeAndSync(file, chunks);
    await rename(temporary, target);
  } catch (error) {
    await unlink(temporary).catch(() => {});
    throw error;
  }
  await syncFolder(folder);
}

async function writeAndSync(
  file: FileHandle,
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<void> {
  try {
    for await (const chunk of chunks) await writeWhole(file, chunk);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function writeWhole(file: FileHandle, chunk: Uint8Array): Promise<void> {
  // The system may take less than it was given.
  for (let written = 0; written < chunk.byteLength; ) {
    written += (await file.write(chunk, written)).bytesWritten;
  }
}

async function followLink(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return path;
    throw error;
  }
}

/** The rights of the file that is replaced; those of any new file when there is none. */
async function modeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).mode & 0o777;
  } catch {
    return 0o666;
  }
}

/** Makes the rename itself last through a crash. Not every system can open a folder. */
async function syncFolder(folder: string): Promise<void> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(folder, 'r');
    await handle.sync();
  } catch {
    // The file is complete either way.
  } finally {
    await handle?.close();
  }
}
