import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { recordKey } from '../../checkpoint/checkpointFile.js';
import { listCheckpoints } from '../../checkpoint/newestCheckpoint.js';
import { fromSystemError, readBytes } from '../../data/bytes.js';
import { openIdx } from '../../data/idx.js';
import { openTableFile } from '../../data/tableFile.js';
import { ArgumentError } from '../../errors.js';
import { RegularFile } from '../../io/openFile.js';
import { readSafetensorsHeader } from '../../io/openSafetensorsHeader.js';
import { checkpointFacts } from '../../model/checkpoints/facts.js';
import type { CliContext } from '../context.js';
import { type ExitCode, exitCodes } from '../exitCodes.js';
import { isIdxFile, isSafetensorsFile } from '../models/files.js';
import { runFiles } from '../run/runFiles.js';
import type { InspectOptions } from './inspectArguments.js';
import { describeModel } from './inspectModel.js';
import { describeRows } from './inspectRows.js';
import { describeRun } from './inspectRun.js';

/** `layerwise inspect`. */
export async function inspect(options: InspectOptions, context: CliContext): Promise<ExitCode> {
  if (await isFolder(options.file)) await describeFolder(options, context);
  else if (await isIdxFile(options.file)) await describeIdx(options, context);
  else await describeFile(options, context);
  return exitCodes.ok;
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    throw fromSystemError(error, path);
  }
}

/** That of a run, or one with checkpoints alone, of which the newest is shown. */
async function describeFolder(options: InspectOptions, context: CliContext): Promise<void> {
  const { file: folder } = options;
  if (existsSync(runFiles(folder).config)) return await describeRun(options, context);
  const [newest] = await listCheckpoints(folder);
  if (newest !== undefined) return await describeFile({ ...options, file: newest.path }, context);
  throw new ArgumentError({
    path: folder,
    expected: 'a file, or the folder of a run',
    received: 'a folder without config.json and without checkpoints',
  });
}

async function describeIdx({ file, json }: InspectOptions, { stdout }: CliContext): Promise<void> {
  const chunks = readBytes(file);
  const { type, dimensions, items, itemSize } = await openIdx(chunks, file);
  await chunks.return(undefined);
  if (json) stdout.json({ file, kind: 'idx', type, dimensions });
  else {
    stdout.line(
      `${file}: IDX file of ${items} items with ${itemSize} values each (${dimensions.join(' x ')}), type ${type}`,
    );
  }
}

/** A model, a checkpoint or rows of a table: safetensors files, which their metadata tells apart. */
async function describeFile(options: InspectOptions, context: CliContext): Promise<void> {
  const { file, json } = options;
  const isSafetensors = await isSafetensorsFile(file);
  const rows = isSafetensors ? await openTableFile(file) : null;
  if (rows !== null) return await describeRows(options, rows, context);
  const isCheckpoint = isSafetensors && (await hasRecord(file));
  const checkpoint = isCheckpoint ? await checkpointFacts(file) : null;
  await describeModel(file, { json, stdout: context.stdout, checkpoint });
}

async function hasRecord(path: string): Promise<boolean> {
  const file = await RegularFile.open(path);
  try {
    return (await readSafetensorsHeader(file)).metadata.has(recordKey);
  } finally {
    await file.close();
  }
}
