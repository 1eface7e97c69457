import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { ArgumentError, rebaseError } from '../../errors.js';
import { fileIdentity } from '../../io/fileIdentity.js';
import { planFolder } from '../../io/folderPlan.js';
import { lockOf } from '../../io/lease.js';
import { planWrite } from '../../io/writePlan.js';
import type { NamedFile } from './files.js';

/** What is found out about the files of a command before its work: a mistake must not cost an hour. */

/**
 * Checks that whatever is to be written can be written, and that it is neither a file that the same
 * command reads nor another that it writes: links and the like do not hide that.
 *
 * @throws ArgumentError
 */
export async function checkFiles(files: readonly NamedFile[]): Promise<void> {
  for (const file of files) requireName(file);
  for (const file of files.filter(isWritten)) await requireWritable(file);
  const withLocks = (await Promise.all(files.map(withLock))).flat();
  await requireDistinct([...withLocks, ...(await standardStreams(files))]);
}

/**
 * Checks a journal once it is begun. What it would be called by the file system is not to be guessed
 * before: there are those that take different names for the same.
 *
 * @throws ArgumentError when an output leads to it
 */
export async function checkBegunJournal(
  journal: string,
  outputs: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const files = Object.entries(outputs).flatMap(([name, path]): NamedFile[] =>
    path === undefined ? [] : [{ name, path, role: 'output' }],
  );
  await requireDistinct([{ name: '--study', path: journal, role: 'journal' }, ...files]);
}

function requireName({ name, path, role }: NamedFile): void {
  const meansStream = path === '-' && role !== 'input';
  if (path !== '' && !meansStream) return;
  throw new ArgumentError({
    path: name,
    expected: 'the name of a file',
    received: `'${path}'`,
    remedy: meansStream ? 'A file of this name is written as ./-.' : '',
  });
}

/** Whether the command changes the file. */
export function isWritten({ role }: NamedFile): boolean {
  return role !== 'input';
}

async function requireWritable({ name, path, role }: NamedFile): Promise<void> {
  try {
    await (role === 'folder' ? planFolder(path) : planWrite(path));
  } catch (error) {
    throw rebaseError(error, (place) => (place === path ? `${name} ${path}` : place));
  }
}

/**
 * A journal has a lock beside it, which is deleted when the journal is closed. One that is yet to be
 * begun is compared then.
 */
async function withLock(file: NamedFile): Promise<NamedFile[]> {
  if (file.role !== 'journal') return [file];
  const lock: NamedFile = {
    name: `the lock of ${file.name}`,
    path: await lockOf(file.path),
    role: 'output',
  };
  return existsSync(file.path) ? [file, lock] : [lock];
}

async function requireDistinct(files: readonly NamedFile[]): Promise<void> {
  const known = new Map<string, NamedFile>();
  for (const file of files) {
    const identity = await identityOf(file);
    const other = identity === null ? undefined : known.get(identity);
    if (identity !== null && other === undefined) known.set(identity, file);
    if (other === undefined || (isStream(file) && isStream(other))) continue;
    if (isWritten(file)) throw sharedFile(file, other);
    if (isWritten(other)) throw sharedFile(other, file);
  }
}

/** Null where the system does not tell: the command itself says why it cannot read the file. */
async function identityOf({ path, role }: NamedFile): Promise<string | null> {
  if (path === '-' && role === 'input') return null;
  try {
    return await fileIdentity(path);
  } catch {
    return null;
  }
}

function sharedFile(file: NamedFile, other: NamedFile): ArgumentError {
  const also = isWritten(other) ? 'is written' : 'is read';
  // Streams have no names of their own: the other file says which one it is.
  const shown = isStream(file) ? other.path : file.path;
  const place = shown === other.path || isStream(other) ? '' : ` ${other.path}`;
  return new ArgumentError({
    path: file.name,
    expected: 'a file of its own to write to',
    received: `'${shown}', which ${also} as ${other.name}${place}`,
    remedy: 'Give it another name.',
  });
}

const streams = [
  { name: 'standard input', path: '/dev/stdin', role: 'input' },
  { name: 'standard output', path: '/dev/stdout', role: 'output' },
  { name: 'standard error', path: '/dev/stderr', role: 'output' },
] as const satisfies readonly NamedFile[];

/** Standard output and standard error may well be one file. */
function isStream(file: NamedFile): boolean {
  return streams.some((stream) => stream === file);
}

/** The standard streams that lead from or to files. */
async function standardStreams(files: readonly NamedFile[]): Promise<NamedFile[]> {
  const readsInput = files.some(({ path, role }) => path === '-' && role === 'input');
  const used = streams.filter(({ role }) => role === 'output' || readsInput);
  const areFiles = await Promise.all(used.map(({ path }) => isFile(path)));
  return used.filter((_, index) => areFiles[index]);
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    // Not every system has names for them.
    return false;
  }
}
