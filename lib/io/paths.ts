import { createHash } from 'node:crypto';
import { lstat, readlink, realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve, sep } from 'node:path';
import { codeOf, isError, messageOf } from '../builtins.js';

/** Names of files: what they lead to through links, and names that fit beside them. */

/** What every common file system takes for a name. */
const longestName = 255;
/** As many as the system itself follows. */
const mostLinks = 40;

/**
 * The file that a path leads to, by its real folder and name: all symbolic links are followed, also
 * those that point to what does not exist yet.
 *
 * @throws Errors of the system: ENOENT when there is no such folder, ELOOP, EACCES, …
 */
export async function realTarget(path: string): Promise<string> {
  let current = path;
  for (let links = 0; links <= mostLinks; links++) {
    try {
      return await realpath(current);
    } catch (error) {
      if (!isSystemError(error, 'ENOENT')) throw error;
    }
    const target = await linkTarget(current);
    if (target === null) return join(await realpath(dirname(current)), basename(current));
    // Not `join`: `..` behind a link is the parent of what the link points to.
    current = isAbsolute(target) ? target : `${dirname(current)}${sep}${target}`;
  }
  return realpath(current);
}

async function linkTarget(path: string): Promise<string | null> {
  try {
    return (await lstat(path)).isSymbolicLink() ? await readlink(path) : null;
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return null;
    throw error;
  }
}

/** Whether a path can only mean a folder. */
export function namesFolder(path: string): boolean {
  return path.endsWith('/') || path.endsWith(sep) || basename(resolve(path)) === '';
}

/**
 * The start of a name, so that `bytes` more fit behind it. No character is cut in two.
 *
 * @param bytes What else the name is to hold.
 */
export function fittingStart(name: string, bytes: number): string {
  let room = longestName - bytes;
  let start = '';
  for (const character of name) {
    room -= Buffer.byteLength(character);
    if (room < 0) break;
    start += character;
  }
  return start;
}

/**
 * The path of a file that belongs to another one: its name with an ending. A name that would be too
 * long is cut, and told from others that begin alike by a digest.
 */
export function pathBeside(path: string, ending: string): string {
  const name = basename(path);
  const start = fittingStart(name, Buffer.byteLength(ending));
  if (start === name) return join(dirname(path), `${name}${ending}`);
  const tail = `~${digestOf(name)}${ending}`;
  return join(dirname(path), `${fittingStart(name, Buffer.byteLength(tail))}${tail}`);
}

/** 16 characters that differ for all texts. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

export function isSystemError(error: unknown, ...codes: readonly string[]): boolean {
  return codes.includes(systemCodeOf(error));
}

/** ENOENT, EACCES, …; empty for what is no error of the system. */
export function systemCodeOf(error: unknown): string {
  return isError(error) && 'syscall' in error ? codeOf(error) : '';
}

/**
 * An error of the system with the file that it is about: those of files that are open already (a full
 * disk, say) do not name it.
 */
export function ofFile(error: unknown, path: string): unknown {
  if (!isError(error) || systemCodeOf(error) === '' || 'path' in error) return error;
  const named = new Error(`${messageOf(error)} '${path}'`, { cause: error });
  // What programs ask for: code, errno, syscall.
  return Object.assign(named, { ...error, path });
}
