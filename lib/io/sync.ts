import { fsync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { promisify } from 'node:util';

/**
 * Has the system write what it still holds of a file to the disk. By the descriptor: the file handles of Yarn's
 * Plug'n'Play, which takes the place of `node:fs`, have no `sync`.
 */
export function syncToDisk({ fd }: FileHandle): Promise<void> {
  return promisify(fsync)(fd);
}
