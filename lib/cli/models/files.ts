import { readBytes } from '../../data/bytes.js';
import { isFolder } from '../../data/formats/tableFolder.js';
import { looksLikeIdx } from '../../data/idx.js';
import { FileFormatError } from '../../errors.js';
import { load } from '../../index.js';
import type { LoadedKind, ModelsByKind } from '../../load.js';

/** What a file is, told by its first bytes. */

/** Whether a file, unpacked, begins as IDX files do. */
export async function isIdxFile(path: string): Promise<boolean> {
  return looksLikeIdx(await firstBytes(path));
}

/** Whether a file begins as safetensors files do: eight bytes of length, then JSON. */
export async function isSafetensorsFile(path: string): Promise<boolean> {
  const start = await firstBytes(path);
  // Text has no byte of zero.
  return start[8] === '{'.charCodeAt(0) && start[7] === 0;
}

/**
 * Refuses data of another kind than a model was trained on.
 *
 * @throws FileFormatError
 */
export async function requireKind(kind: 'table' | 'idx', path: string): Promise<void> {
  const kinds = { table: 'a table (CSV, Parquet or JSON lines)', idx: 'images (IDX)' };
  const received = (await isIdxFile(path)) ? 'idx' : 'table';
  if (received === kind) return;
  throw new FileFormatError({
    path,
    expected: `${kinds[kind]}, as the model was trained on`,
    received: received === 'idx' ? kinds.idx : 'another kind of file',
  });
}

/** None of a folder. */
async function firstBytes(path: string): Promise<Uint8Array> {
  if (await isFolder(path)) return new Uint8Array(0);
  const chunks = readBytes(path);
  try {
    const first = await chunks.next();
    return first.done ? new Uint8Array(0) : first.value;
  } finally {
    await chunks.return(undefined);
  }
}

/** What a command takes, and what to do where another kind of file is given. */
export type ModelAdvice = Readonly<Record<'expected' | 'remedy', string>>;

/**
 * Loads a model; data in its place, an easy mistake, is told from a damaged model.
 *
 * @throws FileFormatError
 */
export async function loadModel(
  path: string,
  advice: ModelAdvice,
): Promise<ModelsByKind[LoadedKind]> {
  const start = await firstBytes(path);
  // Safetensors: eight bytes of length, then JSON.
  if (start.length > 0 && start[8] !== '{'.charCodeAt(0)) {
    throw new FileFormatError({ path, received: 'another kind of file', ...advice });
  }
  return load(path);
}
