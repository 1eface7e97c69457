import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isError } from '../../builtins.js';
import { CheckpointFolder } from '../../checkpoint/checkpointFolder.js';
import { isPlainObject } from '../../checks.js';
import { renamedError, StateError } from '../../errors.js';
import { atomicWrite } from '../../io/atomicWrite.js';
import { Lease, writerOf } from '../../io/lease.js';
import { makeFolder } from '../../io/makeFolder.js';
import { isSystemError } from '../../io/paths.js';
import { foldersOfNetworks } from '../../tables/networkFolders.js';
import { isRunData, type RunData } from './runData.js';
import { type RunFiles, runFiles } from './runFiles.js';

/** How a run has ended, for people and programs to read. */
export interface RunResult {
  readonly stopReason: string;
  /** Epochs that were trained. */
  readonly epochs: number;
  /** Epochs that were asked for. */
  readonly wanted: number;
  /** The rows; undefined where the run does not tell. */
  readonly data?: RunData | undefined;
  readonly [field: string]: unknown;
}

/** The folder of a run, which one process at a time works on. */
export class RunFolder {
  readonly files: RunFiles;
  readonly #lease: Lease;

  private constructor(
    readonly path: string,
    lease: Lease,
  ) {
    this.files = runFiles(path);
    this.#lease = lease;
  }

  /**
   * Opens a folder, which is made where there is none. When the process that last worked on it cannot be seen from here
   * (on another machine, or in another container), this takes ten seconds.
   *
   * @param signal Ends the waiting.
   * @throws StateError when another process works on it; errors of the system; the reason of the signal.
   */
  static async open(path: string, signal?: AbortSignal): Promise<RunFolder> {
    await makeFolder(path);
    try {
      return new RunFolder(path, await leaseOf(path, signal));
    } catch (error) {
      throw ofRun(error, path);
    }
  }

  /** @throws StateError when another process has taken the folder over. */
  confirm(): void {
    try {
      this.#lease.confirm();
    } catch (error) {
      throw ofRun(error, this.path);
    }
  }

  async writeSettings(settings: object): Promise<void> {
    await this.#write(this.files.config, settings);
  }

  /** That the run is over. */
  async writeResult(result: RunResult): Promise<void> {
    await this.#write(this.files.result, result);
  }

  /** Null while the run is not over. */
  async result(): Promise<RunResult | null> {
    return await readResult(this.path);
  }

  close(): void {
    this.#lease.release();
  }

  async #write(file: string, value: object): Promise<void> {
    this.confirm();
    await atomicWrite(file, [Buffer.from(`${JSON.stringify(value, null, 2)}\n`)]);
  }
}

/**
 * A folder has two locks and more: that of the run, and those which its trainings have on their checkpoints. Where the
 * process that had them cannot be seen from here, all are waited for at once. The others are free then, when the trainings
 * want them: no other process can begin in the folder meanwhile.
 */
async function leaseOf(path: string, signal?: AbortSignal): Promise<Lease> {
  const failed = new AbortController();
  const ended = AbortSignal.any(signal === undefined ? [failed.signal] : [signal, failed.signal]);
  const endingBoth = (error: unknown): never => {
    failed.abort(error);
    throw error;
  };
  const [lease, checkpoints] = await Promise.allSettled([
    Lease.acquire(leasedFile(path), { signal: ended }).catch(endingBoth),
    freeCheckpoints(runFiles(path).checkpoints, ended).catch(endingBoth),
  ]);
  if (lease.status === 'rejected') throw lease.reason;
  if (checkpoints.status === 'fulfilled') return lease.value;
  lease.value.release();
  throw checkpoints.reason;
}

async function freeCheckpoints(directory: string, signal: AbortSignal): Promise<void> {
  // A run that has not begun has none, and is not to be taken for one that has.
  if (!existsSync(directory)) return;
  const folders = await foldersOfNetworks(directory);
  await Promise.all(
    [directory, ...folders].map(async (folder) => {
      (await CheckpointFolder.open(folder, 2, signal)).close();
    }),
  );
}

/** How the run of a folder has ended; null while it is not over. @throws Errors of the system. */
export async function readResult(folder: string): Promise<RunResult | null> {
  try {
    const result: unknown = JSON.parse(await readFile(runFiles(folder).result, 'utf8'));
    if (!isPlainObject(result)) return null;
    const { data, ...others } = result;
    const isOurs = [result.wanted, result.epochs].every((count) => Number.isSafeInteger(count));
    if (!isOurs) return null;
    return { ...(others as unknown as RunResult), data: isRunData(data) ? data : undefined };
  } catch (error) {
    if (isSystemError(error, 'ENOENT') || isUnreadable(error)) return null;
    throw error;
  }
}

/** Who works on the run of a folder, as far as that can be told at once; null where nobody does. */
export async function writerOfRun(folder: string): Promise<string | null> {
  return await writerOf(leasedFile(folder));
}

/** What the lock of a run is called after. */
function leasedFile(folder: string): string {
  return join(folder, 'run');
}

/** What no run has written whole. */
function isUnreadable(error: unknown): boolean {
  return isError(error) && error.name === 'SyntaxError';
}

function ofRun(error: unknown, path: string): unknown {
  if (!(error instanceof StateError)) return error;
  return renamedError(error, {
    path,
    expected: 'the folder of a run that no other process works on',
    remedy: 'Let that process end, or name another folder with --run.',
  });
}
