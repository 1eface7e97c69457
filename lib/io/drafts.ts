import { randomBytes } from 'node:crypto';
import { lstat, readdir, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fittingStart } from './paths.js';
import { fateHere, type ProcessIdentity, placeOf, thisProcess } from './processIdentity.js';

/**
 * Drafts: files under a temporary name beside the one that they are to become. The name tells which
 * process writes it, so that those which a crash has left can be told from those in work:
 * `.<name>.<place>-<pid>-<began>-<random>.tmp`
 */

const ending = /\.(?<place>[0-9a-z]{8})-(?<pid>\d{1,10})-(?<began>\d{0,20})-[0-9a-f]{12}\.tmp$/;
const nowhere = 'unknown0';

/** A name for a draft of a file, in the same folder or in another one. */
export function draftFor(target: string, folder = dirname(target)): string {
  const tail = `.${ownerPart(thisProcess())}-${randomBytes(6).toString('hex')}.tmp`;
  return join(folder, `${startOf(target, tail.length)}${tail}`);
}

function ownerPart(process: ProcessIdentity): string {
  return `${placeOf(process) ?? nowhere}-${process.pid}-${process.began ?? ''}`;
}

function startOf(target: string, tailBytes: number): string {
  return `.${fittingStart(basename(target), tailBytes + 1)}`;
}

/**
 * Removes what writers of this file have left who are gone. Drafts of others stay, and those of
 * processes that this one cannot see, unless nobody has touched them for a day.
 *
 * @param now The time of the file system, in milliseconds: that of a file just written there.
 */
export async function removeStaleDrafts(
  target: string,
  folder: string,
  now: number,
): Promise<void> {
  for (const name of await namesIn(folder)) {
    const found = ending.exec(name);
    if (!found || name.slice(0, found.index) !== startOf(target, found[0].length)) continue;
    const path = join(folder, name);
    if (await isStale(path, found.groups ?? {}, now)) await removeQuietly(path);
  }
}

/**
 * Removes all drafts in a folder, whoever has written them: for whoever alone may write there.
 *
 * @param isOurs Whether the drafts of files of a name are meant; a long name is cut.
 */
export async function removeDrafts(
  folder: string,
  isOurs: (target: string) => boolean,
): Promise<void> {
  for (const name of await namesIn(folder)) {
    const found = ending.exec(name);
    if (found && isOurs(name.slice(1, found.index))) await removeQuietly(join(folder, name));
  }
}

const day = 24 * 60 * 60 * 1000;

async function isStale(
  path: string,
  { place, pid, began }: Record<string, string>,
  now: number,
): Promise<boolean> {
  const isFromHere = place === placeOf(thisProcess());
  if (isFromHere) return fateHere({ pid: Number(pid), began: began || null }) === 'dead';
  const status = await lstat(path).catch(() => null);
  return status?.isFile() === true && now - status.mtimeMs > day;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  // Folders may be written to and not listed.
  return await readdir(folder).catch(() => []);
}

/** What cannot be removed, or is gone, is no reason to fail. */
export async function removeQuietly(path: string): Promise<void> {
  await unlink(path).catch(() => {});
}
