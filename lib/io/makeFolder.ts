import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { syncFolder } from './atomicWrite.js';
import { isSystemError } from './paths.js';

/**
 * Makes a folder, and those above it that are missing. All of them last through a crash then: what is synced in a folder
 * is lost where the folder itself is.
 *
 * @throws Errors of the system.
 */
export async function makeFolder(path: string): Promise<void> {
  for (const made of makeFolderSync(path)) await syncFolder(dirname(made));
}

/**
 * The same without the sync. (The option `recursive` of Node never returns where a folder refuses new ones with ENOENT,
 * as `/proc` does.)
 *
 * @returns the folders that were missing, from above.
 * @throws Errors of the system.
 */
export function makeFolderSync(path: string): readonly string[] {
  const folder = resolve(path);
  const above = dirname(folder);
  try {
    return makeOne(folder);
  } catch (error) {
    if (!isSystemError(error, 'ENOENT') || above === folder) throw error;
    return [...makeFolderSync(above), ...makeOne(folder)];
  }
}

function makeOne(folder: string): readonly string[] {
  try {
    mkdirSync(folder);
    return [folder];
  } catch (error) {
    if (isSystemError(error, 'EEXIST') && statSync(folder).isDirectory()) return [];
    throw error;
  }
}
