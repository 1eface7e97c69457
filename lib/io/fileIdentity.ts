import type { BigIntStats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { requirePath } from '../checks.js';
import { isSystemError, realTarget } from './paths.js';

/**
 * Whether two paths lead to one file, whatever they are called: through symbolic and hard links,
 * mounts, `..` and `/dev/stdin`. A file that does not exist yet is known by its folder and its name.
 *
 * @throws ArgumentError for what is no path; errors of the system but for files and folders that do
 * not exist.
 */
export async function sameFile(left: string, right: string): Promise<boolean> {
  const [first, second] = await Promise.all([fileIdentity(left), fileIdentity(right)]);
  return first === second;
}

/**
 * A text that two paths have in common exactly when they lead to one file: to compare many paths,
 * each is looked at once. It holds as long as nobody moves or replaces the files.
 *
 * @throws as `sameFile`
 */
export async function fileIdentity(path: string): Promise<string> {
  const status = await statusIfThere(requirePath(path));
  if (status !== null) return `${status.dev}:${status.ino}`;
  const target = await targetIfFolder(path);
  const folder = dirname(target);
  // At the root of what does not exist, the name is all there is.
  if (folder === target) return target;
  return `${await fileIdentity(folder)}/${comparable(basename(target))}`;
}

async function statusIfThere(path: string): Promise<BigIntStats | null> {
  try {
    return await stat(path, { bigint: true });
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ENOTDIR')) return null;
    throw error;
  }
}

async function targetIfFolder(path: string): Promise<string> {
  try {
    return await realTarget(path);
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ENOTDIR')) return path;
    throw error;
  }
}

/** The file systems of these take names for the same that differ in case or in composition. */
function comparable(name: string): string {
  const isExact = process.platform !== 'win32' && process.platform !== 'darwin';
  return isExact ? name : name.normalize('NFC').toLowerCase();
}
