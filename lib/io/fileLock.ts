import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { codeOf } from '../builtins.js';
import { isPlainObject } from '../checks.js';
import { StateError } from '../errors.js';

/** Who holds a lock. */
interface Owner {
  readonly pid: number;
  readonly host: string;
  /** When the process began, where the system tells: numbers of processes are used again. */
  readonly began: string | null;
}

/**
 * Keeps a file to one writer at a time, by a second file that names the process. The lock of a
 * process that was killed is taken over.
 */
export class FileLock {
  private constructor(private readonly path: string) {}

  /**
   * @param file The file that is to be written; the lock lies beside it.
   * @throws StateError when somebody else holds the lock; errors of the system.
   */
  static acquire(file: string): FileLock {
    const path = `${file}.lock`;
    const own = JSON.stringify(ownerHere());
    while (!create(path, own)) {
      const text = readIfThere(path);
      if (text === null) continue;
      if (mayLive(text)) throw held(file, path, text);
      remove(path, text);
    }
    return new FileLock(path);
  }

  release(): void {
    ignoring(['ENOENT'], () => unlinkSync(this.path));
  }
}

/** The lock appears with its text, or not at all. */
function create(path: string, text: string): boolean {
  const draft = nameBeside(path);
  writeFileSync(draft, text, { flag: 'wx' });
  try {
    return ignoring(['EEXIST'], () => linkSync(draft, path));
  } catch {
    // Some file systems know no second names.
    return ignoring(['EEXIST'], () => writeFileSync(path, text, { flag: 'wx' }));
  } finally {
    unlinkSync(draft);
  }
}

/** Removes a lock, unless it has become another's meanwhile. */
function remove(path: string, text: string): void {
  const aside = nameBeside(path);
  if (!ignoring(['ENOENT'], () => renameSync(path, aside))) return;
  if (readIfThere(aside) !== text) ignoring(['EEXIST'], () => linkSync(aside, path));
  unlinkSync(aside);
}

function nameBeside(path: string): string {
  return `${path}.${randomBytes(6).toString('hex')}`;
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

function ownerHere(): Owner {
  const { pid } = process;
  return { pid, host: hostname(), began: beginningOf(pid) };
}

/** False only when it is certain that the process is gone. */
function mayLive(text: string): boolean {
  const owner = ownerOf(text);
  if (owner === null || owner.host !== hostname()) return true;
  if (!isRunning(owner.pid)) return false;
  return owner.began === null || owner.began === beginningOf(owner.pid);
}

function ownerOf(text: string): Owner | null {
  try {
    const owner: unknown = JSON.parse(text);
    if (!isPlainObject(owner) || !Number.isSafeInteger(owner.pid)) return null;
    const { pid, host, began } = owner;
    return { pid: Number(pid), host: String(host), began: began === null ? null : String(began) };
  } catch {
    return null;
  }
}

function isRunning(pid: number): boolean {
  try {
    // Signal 0 is only a question.
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) !== 'ESRCH';
  }
}

/** The 22nd field of /proc/<pid>/stat, in ticks since the system began; null without /proc. */
function beginningOf(pid: number): string | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The second field is a name in parentheses, and may contain anything.
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

function held(file: string, path: string, text: string): StateError {
  const owner = ownerOf(text);
  const where = owner?.host === hostname() ? '' : ` on ${owner?.host}`;
  return new StateError({
    path: file,
    expected: 'a file that nobody else writes',
    received: owner ? `one that process ${owner.pid}${where} writes` : 'one that is locked',
    remedy: `Let that process end; if it is gone already, delete ${path}.`,
  });
}

/** Whether the action was done; the errors with these codes only keep it from being done. */
function ignoring(codes: readonly string[], action: () => void): boolean {
  try {
    action();
    return true;
  } catch (error) {
    if (codes.includes(codeOf(error))) return false;
    throw error;
  }
}
