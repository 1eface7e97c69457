import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { isArray } from '../../builtins.js';
import { isPlainObject } from '../../checks.js';
import { partsOf } from '../../data/formats/tableFolder.js';
import { ArgumentError } from '../../errors.js';
import { isSystemError } from '../../io/paths.js';
import { packageVersion } from '../../version.js';
import { digestOf } from '../training/dataDigest.js';
import type { TrainingData } from '../training/trainingData.js';

/** The rows of a run that is over: by what they are told from others, should the run be called again. */

/** A file, as far as it can be told without reading it. */
interface FileFacts {
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
}

/** What a run keeps of its rows. */
export interface RunData {
  readonly files: readonly FileFacts[];
  /** Of the rows as the network saw them, and of how they were read. */
  readonly sha256: string;
  /** Of the package, which another time may read them otherwise. */
  readonly version: string;
}

/** Null where a file is not there. */
export async function factsOf(files: readonly string[]): Promise<readonly FileFacts[] | null> {
  const facts: FileFacts[] = [];
  for (const path of files) {
    const status = await stat(path).catch((error: unknown) => {
      if (isSystemError(error, 'ENOENT', 'ENOTDIR')) return null;
      throw error;
    });
    if (status === null) return null;
    facts.push(status.isDirectory() ? await factsOfFolder(path) : factsOfFile(status));
  }
  return facts;
}

function factsOfFile({ size, mtimeMs }: Stats): FileFacts {
  return { bytes: size, modified: mtimeMs };
}

/** Of all of its files together. */
async function factsOfFolder(path: string): Promise<FileFacts> {
  const parts = await Promise.all((await partsOf(path)).map((part) => stat(part.path)));
  const bytes = parts.reduce((total, { size }) => total + size, 0);
  return { bytes, modified: Math.max(...parts.map(({ mtimeMs }) => mtimeMs)) };
}

/** @param files as they were before they were read. */
export async function runDataOf(files: readonly FileFacts[], data: TrainingData): Promise<RunData> {
  return { files, sha256: await rowsDigest(data), version: packageVersion() };
}

export function isRunData(value: unknown): value is RunData {
  return isPlainObject(value) && isArray(value.files) && typeof value.sha256 === 'string';
}

async function rowsDigest(data: TrainingData): Promise<string> {
  const rows = await digestOf(data);
  return createHash('sha256').update(rows).update(JSON.stringify(data.schema)).digest('hex');
}

/**
 * Refuses other rows than those of a run. Files of the same size and date are not read.
 *
 * @param run its folder.
 * @param file that the rows come from, for the error.
 * @throws ArgumentError; what reading throws.
 */
export async function requireSameRows(
  known: RunData,
  run: string,
  file: string,
  files: readonly FileFacts[],
  read: () => Promise<TrainingData>,
): Promise<void> {
  if (isDeepStrictEqual(known.files, files)) return;
  if ((await rowsDigest(await read())) === known.sha256) return;
  const { version } = known;
  const isOther = version !== packageVersion();
  throw new ArgumentError({
    path: file,
    expected: `the rows of the run in ${run}, which is over`,
    received: isOther ? `other ones, or read otherwise than by layerwise ${version}` : 'other ones',
    remedy: 'Name another folder with --run to train on them.',
  });
}
