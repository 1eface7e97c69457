import { stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { requirePath } from '../checks.js';
import { ArgumentError } from '../errors.js';
import { kindOf } from './fileKind.js';
import { isSystemError, systemCodeOf } from './paths.js';
import { refusalOfDraft } from './writePlan.js';

/**
 * Finds out whether files can be written in a folder, which may be yet to be made. Nothing stays changed.
 *
 * @throws ArgumentError (its path is this one) when it is no folder, cannot be made or may not be written to.
 */
export async function planFolder(path: string): Promise<void> {
  try {
    await requireWritable(resolve(requirePath(path)), path);
  } catch (error) {
    const code = systemCodeOf(error);
    if (code === '') throw error;
    throw unwritable(path, `one that gives ${code}`, error);
  }
}

/** The nearest folder that there is decides. */
async function requireWritable(folder: string, path: string): Promise<void> {
  try {
    const status = await stat(folder);
    if (!status.isDirectory()) throw unwritable(path, `${kindOf(status)}, or a name in one`);
  } catch (error) {
    const parent = dirname(folder);
    if (!isSystemError(error, 'ENOENT') || parent === folder) throw error;
    await requireWritable(parent, path);
    return;
  }
  const refusal = await refusalOfDraft(join(folder, 'file'));
  if (refusal !== null) throw refusal;
}

function unwritable(path: string, received: string, cause?: unknown): ArgumentError {
  return new ArgumentError(
    {
      path,
      expected: 'a folder that can be written to, or be made',
      received,
      remedy: 'Name another folder.',
    },
    { cause },
  );
}
