import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { syncFolder } from './atomicWrite.js';

/**
 * Makes a folder, and those above it that are missing. All of them last through a crash then: what is synced in a folder
 * is lost where the folder itself is.
 *
 * @throws Errors of the system.
 */
export async function makeFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  if (first === undefined) return;
  for (const parent of parentsOf(resolve(path), dirname(resolve(first)))) await syncFolder(parent);
}

/** The folders above one, up to this one. */
function* parentsOf(folder: string, last: string): Generator<string> {
  let parent = dirname(folder);
  yield parent;
  while (parent !== last && parent !== dirname(parent)) {
    parent = dirname(parent);
    yield parent;
  }
}
