import type { BigIntStats, Stats } from 'node:fs';

/** What is at a path, in the words of errors. */
export function kindOf(status: Stats | BigIntStats): string {
  if (status.isFile()) return 'a file';
  if (status.isDirectory()) return 'a folder';
  if (status.isFIFO()) return 'a pipe';
  if (status.isSocket()) return 'a socket';
  return 'a device';
}
