import { constants, type Stats } from 'node:fs';
import { access, open, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { requirePath } from '../checks.js';
import { ArgumentError } from '../errors.js';
import { draftFor, removeQuietly } from './drafts.js';
import { kindOf } from './fileKind.js';
import { openInPlace } from './overwrite.js';
import { isSystemError, namesFolder, realTarget, systemCodeOf } from './paths.js';

/** How `atomicWrite` will write a file. */
export interface WritePlan {
  /** The file itself: the path with all links followed. */
  readonly target: string;
  /**
   * `replace`: a new file is renamed to its name, so that the path holds at any moment the whole
   * older or the whole new one. `inPlace`: over the bytes of the older file, because it cannot be
   * replaced: a mount point, or a file in a folder that is read-only, or whose files only their owners
   * may replace.
   */
  readonly method: 'replace' | 'inPlace';
}

/**
 * Finds out whether a file can be written at a path, and how, before the work whose result it is to
 * hold. Nothing is changed: an older file keeps its bytes.
 *
 * @throws ArgumentError (its path is this one) when no file can be written there: it is a folder, a
 * pipe, a device or a socket; its folder does not exist, or may not be written to.
 */
export async function planWrite(path: string): Promise<WritePlan> {
  try {
    const { target, status } = await targetOf(path);
    if (status === null || !(await isFixed(target, status))) {
      const refusal = await refusalOfDraft(target);
      if (refusal === null) return { target, method: 'replace' };
      if (status === null) throw refusal;
    }
    await (await openInPlace(target)).close();
    return { target, method: 'inPlace' };
  } catch (error) {
    const code = systemCodeOf(error);
    if (code === '') throw error;
    throw unwritable(path, causes[code] ?? `one that gives ${code}`, error);
  }
}

/** The file to write, which may be there already. */
export interface Target {
  readonly target: string;
  /** Null when there is no file yet. */
  readonly status: Stats | null;
}

/**
 * Follows a path to the file that it means.
 *
 * @throws ArgumentError when it is no file; errors of the system.
 */
export async function targetOf(path: string): Promise<Target> {
  const status = await statusIfThere(requirePath(path));
  if (status !== null && !status.isFile()) throw unwritable(path, kindOf(status));
  if (status === null && namesFolder(path)) throw unwritable(path, 'the name of a folder');
  return { target: await realTarget(path), status };
}

async function statusIfThere(path: string): Promise<Stats | null> {
  try {
    return await stat(path);
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return null;
    throw error;
  }
}

/** Why no file can be made beside this one; null when it can. */
export async function refusalOfDraft(target: string): Promise<unknown> {
  const draft = draftFor(target);
  const failure = await failureOf(open(draft, 'wx', 0o600).then((file) => file.close()));
  await removeQuietly(draft);
  return failure;
}

/** Whether there is a file that no other can be renamed to. */
async function isFixed(target: string, status: Stats): Promise<boolean> {
  const folder = await stat(dirname(target));
  if (await isMountPoint(target, status, folder)) return true;
  const sticky = 0o1000;
  const user = process.geteuid?.() ?? 0;
  const mayReplace = user === 0 || user === folder.uid || user === status.uid;
  if ((folder.mode & sticky) !== 0 && !mayReplace) return true;
  // Files that are sealed answer EPERM; those that are only read-only can be replaced.
  return isSystemError(await failureOf(access(target, constants.W_OK)), 'EPERM');
}

/** Linux tells; elsewhere, mount points of single files are of another device than their folder. */
async function isMountPoint(target: string, status: Stats, folder: Stats): Promise<boolean> {
  const mounts = await readFile('/proc/self/mountinfo', 'utf8').catch(() => null);
  if (mounts === null) return status.dev !== folder.dev;
  return mounts.split('\n').some((line) => unescaped(line.split(' ')[4] ?? '') === target);
}

/** Blanks and the like stand there as `\040`. */
function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
}

async function failureOf(action: Promise<void>): Promise<unknown> {
  return await action.then(
    () => null,
    (error: unknown) => error,
  );
}

const causes: Readonly<Record<string, string>> = {
  ENOENT: 'a name in a folder that does not exist',
  ENOTDIR: 'a name in what is no folder',
  EACCES: 'one that there is no permission to write',
  EPERM: 'one that there is no permission to write',
  EROFS: 'one on a read-only file system',
  ENOSPC: 'one on a full disk',
  EDQUOT: 'one on a full disk',
  ENAMETOOLONG: 'a name that is too long',
  ELOOP: 'links that lead to each other',
};

function unwritable(path: string, received: string, cause?: unknown): ArgumentError {
  return new ArgumentError(
    {
      path,
      expected: 'a file that can be written',
      received,
      remedy: 'Name another file, in a folder that exists and may be written to.',
    },
    { cause },
  );
}
