import { access, constants, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { readBytes } from '../data/bytes.js';
import { looksLikeIdx } from '../data/idx.js';
import { ArgumentError, FileFormatError } from '../errors.js';
import { type Autoencoder, load, type MultiOutput, type Sequential } from '../index.js';

/** What is found out about files before the work begins: a mistake must not cost an hour. */

/** Whether a file, unpacked, begins as IDX files do. */
export async function isIdxFile(path: string): Promise<boolean> {
  return looksLikeIdx(await firstBytes(path));
}

async function firstBytes(path: string): Promise<Uint8Array> {
  const chunks = readBytes(path);
  try {
    const first = await chunks.next();
    return first.done ? new Uint8Array(0) : first.value;
  } finally {
    await chunks.return(undefined);
  }
}

/**
 * Loads a model; data in its place, an easy mistake, is told from a damaged model.
 *
 * @throws ArgumentError, FileFormatError
 */
export async function loadModel(path: string): Promise<Sequential | MultiOutput | Autoencoder> {
  const start = await firstBytes(path);
  // Safetensors: eight bytes of length, then JSON.
  if (start.length > 0 && start[8] !== '{'.charCodeAt(0)) {
    throw new FileFormatError({
      path,
      expected: 'a model that `layerwise train` wrote',
      received: 'another kind of file',
      remedy: 'On the command line the model comes first, then the data.',
    });
  }
  return load(path);
}

/**
 * Checks that a file can be written at the path, and that it is none of those which are read.
 *
 * @throws ArgumentError
 */
export async function requireWritable(
  out: string,
  read: readonly string[],
  option = '--out',
): Promise<void> {
  const refuse = (received: string, remedy: string): never => {
    throw new ArgumentError({ path: option, expected: 'a file to write to', received, remedy });
  };
  if (read.some((path) => path !== '-' && resolve(path) === resolve(out))) {
    refuse(`'${out}', which is read`, 'Give it another name.');
  }
  const status = await stat(out).catch(() => undefined);
  if (status?.isDirectory()) refuse(`'${out}', a folder`, 'Add the name of a file.');
  // The file is replaced as a whole: a device or a pipe would be gone.
  if (status && !status.isFile()) refuse(`'${out}', a device or a pipe`, 'Name an ordinary file.');
  await access(dirname(resolve(out)), constants.W_OK).catch(() =>
    refuse(
      `'${out}', in a folder that is absent or read-only`,
      'Make the folder, or name another.',
    ),
  );
}
