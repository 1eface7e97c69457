import { randomBytes } from 'node:crypto';
import type { Stats } from 'node:fs';
import { type FileHandle, open, rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { StateError } from '../errors.js';
import { draftFor, removeQuietly, removeStaleDrafts } from './drafts.js';
import { openInPlace, overwrite, writeWhole } from './overwrite.js';
import { fittingStart, isSystemError, ofFile, systemCodeOf } from './paths.js';
import { syncToDisk } from './sync.js';
import { type Target, targetOf } from './writePlan.js';

/**
 * Writes a file so that the path at any moment holds either the whole older file or the whole new
 * one, also after a crash: the bytes go to a temporary name in the same folder, are synced to the
 * disk, and are then renamed. On a failure the older file stays and the temporary one goes. The new
 * file has the rights of the older one, whatever the umask, and its owner and group where the system
 * permits. What crashes have left of earlier writers is removed.
 *
 * A file that cannot be replaced (see `WritePlan`) is written in place, once the new bytes are safe
 * under a temporary name: readers may see a mixture for that moment. If this fails, or the renaming,
 * the temporary file is kept, and the error says where.
 *
 * @param path Where to write. Symbolic links are followed, also to what does not exist yet.
 * @param chunks The bytes, in order.
 * @throws ArgumentError for a folder, a pipe, a device or a socket; StateError when the new file is
 * whole but could not take its place; the system's own errors (ENOENT, EACCES, ENOSPC, …); whatever
 * `chunks` throws.
 */
export async function atomicWrite(
  path: string,
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<void> {
  const found = await targetOf(path);
  const draft = await openDraft(found);
  try {
    await fill(draft, found, chunks, path);
  } catch (error) {
    await removeQuietly(draft.path);
    throw error;
  }
  await place(draft, found.target, path);
  await syncFolder(dirname(found.target));
}

interface Draft {
  readonly path: string;
  readonly file: FileHandle;
  /** Whether it lies in the folder of the file, and can become it. */
  readonly isBeside: boolean;
}

async function openDraft({ target, status }: Target): Promise<Draft> {
  // 'wx': never write into a file that somebody else put there.
  const openAt = async (path: string, mode: number): Promise<Draft> => ({
    path,
    file: await open(path, 'wx', mode),
    isBeside: dirname(path) === dirname(target),
  });
  try {
    // The rights of an older file follow when the bytes are there.
    return await openAt(draftFor(target), status === null ? 0o666 : 0o600);
  } catch (error) {
    if (status === null || !isRefusal(error) || !(await canOverwrite(target))) throw error;
    return await openAt(draftFor(target, tmpdir()), 0o600);
  }
}

async function canOverwrite(target: string): Promise<boolean> {
  try {
    await (await openInPlace(target)).close();
    return true;
  } catch {
    return false;
  }
}

async function fill(
  { path, file, isBeside }: Draft,
  { target, status }: Target,
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  name: string,
): Promise<void> {
  // Who asked for the file knows it by its name, and nothing of the draft.
  const named = (work: Promise<void>) =>
    work.catch((error: unknown) => {
      throw ofFile(error, name);
    });
  try {
    await removeStaleDrafts(target, dirname(path), (await file.stat()).mtimeMs);
    for await (const chunk of chunks) await named(writeWhole(file, chunk));
    if (status !== null && isBeside) await takeRights(file, status);
    await named(syncToDisk(file));
  } finally {
    await named(file.close());
  }
}

/** Not every system has owners and rights, and not everybody may give files away. */
async function takeRights(file: FileHandle, { uid, gid, mode }: Stats): Promise<void> {
  const own = await file.stat();
  if (own.uid !== uid || own.gid !== gid) {
    await file
      .chown(uid, gid)
      .catch(() => file.chown(own.uid, gid))
      .catch(() => {});
  }
  await file.chmod(mode & 0o777).catch(() => {});
}

/** Gives the target the bytes of the draft, and the draft up; on a failure, the draft is kept. */
async function place(
  { path: draft, isBeside }: Draft,
  target: string,
  path: string,
): Promise<void> {
  try {
    if (isBeside && (await renamed(draft, target))) return;
    await overwrite(target, draft);
  } catch (error) {
    throw await unplaced(draft, target, path, error);
  }
  await removeQuietly(draft);
}

/** False when the system allows everything but this. */
async function renamed(draft: string, target: string): Promise<boolean> {
  try {
    await rename(draft, target);
    return true;
  } catch (error) {
    if (isRefusal(error)) return false;
    throw error;
  }
}

/** Whether the system refuses a folder or a name, where others may do. */
function isRefusal(error: unknown): boolean {
  return isSystemError(error, 'EACCES', 'EPERM', 'EBUSY', 'EROFS', 'EXDEV');
}

/** Under a name that tells what it is, and that nobody removes. */
async function unplaced(
  draft: string,
  target: string,
  path: string,
  cause: unknown,
): Promise<unknown> {
  const tail = `.unsaved-${randomBytes(4).toString('hex')}`;
  const kept = join(dirname(draft), `${fittingStart(basename(target), tail.length)}${tail}`);
  try {
    await rename(draft, kept);
  } catch {
    // Somebody else has taken the draft away: there is nothing to point to.
    return cause;
  }
  return new StateError(
    {
      path,
      expected: 'a file that can be replaced or written',
      received: `the refusal ${systemCodeOf(cause)} when all bytes were written`,
      remedy: `The whole new file is ${kept}: move it to where it belongs.`,
    },
    { cause },
  );
}

/** Makes what was renamed or made in a folder last through a crash. Not every system can open a folder. */
export async function syncFolder(folder: string): Promise<void> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(folder, 'r');
    await syncToDisk(handle);
  } catch {
    // The file is complete either way.
  } finally {
    await handle?.close();
  }
}
