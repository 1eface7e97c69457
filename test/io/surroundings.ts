/** Surroundings that only root can make, and the programs of the system that tests use. */

import { execFileSync } from 'node:child_process';
import { isMainThread } from 'node:worker_threads';

const isRoot = process.getuid?.() === 0;

/** User and umask are those of the whole process: other threads cannot change them. */
export const canChangeUser = isRoot && isMainThread;
export const canChangeUmask = isMainThread;

/** Whether this process may mount: root in a container often may not. */
export const canMount = isRoot && succeeds('unshare', ['-m', 'true']);

export function makeFifo(path: string): void {
  execFileSync('mkfifo', [path]);
}

export function mountOver(path: string, source: string): void {
  execFileSync('mount', ['--bind', source, path]);
}

/** Mounts an empty disk of so many kilobytes. */
export function mountDisk(path: string, kilobytes: number): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', path]);
}

export function unmount(path: string): void {
  execFileSync('umount', [path]);
}

/** Runs the action with the rights of another user than root. */
export async function asNobody<Result>(action: () => Promise<Result>): Promise<Result> {
  process.setegid?.(65534);
  process.seteuid?.(65534);
  try {
    return await action();
  } finally {
    process.seteuid?.(0);
    process.setegid?.(0);
  }
}

function succeeds(program: string, words: readonly string[]): boolean {
  try {
    execFileSync(program, words, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
