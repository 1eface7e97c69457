import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { messageOf } from '../builtins.js';
import { ArgumentError, LayerwiseError, renamedError } from '../errors.js';
import { atomicWrite } from '../io/atomicWrite.js';
import { removeDrafts, removeQuietly } from '../io/drafts.js';
import { kindOf } from '../io/fileKind.js';
import { Lease } from '../io/lease.js';
import { makeFolder } from '../io/makeFolder.js';
import { isSystemError, systemCodeOf } from '../io/paths.js';
import { type CheckpointContents, encodeCheckpoint } from './checkpointFile.js';
import { checkpointName, listCheckpoints } from './newestCheckpoint.js';

/** The file with the name of the newest checkpoint: a text, as not every system has links for everybody. */
const latestName = 'latest';

/**
 * A folder of checkpoints that this process writes, and no other one meanwhile. A checkpoint appears whole or not at
 * all; older ones go once it is on the disk.
 */
export class CheckpointFolder {
  readonly #keep: number;
  #lease: Lease;
  /** Those that are not to be gone on from, though they may be newer: they go with the next one that is written. */
  #outdated: ReadonlySet<number> = new Set();

  private constructor(
    readonly directory: string,
    keep: number,
    lease: Lease,
  ) {
    this.#keep = keep;
    this.#lease = lease;
  }

  /**
   * Opens a folder, which is made where there is none. When its last writer cannot be seen from here, this takes 10
   * seconds.
   *
   * @param signal Ends the waiting.
   * @throws StateError when another process writes there; ArgumentError when it cannot be written to; the reason of the
   * signal.
   */
  static async open(
    directory: string,
    keep: number,
    signal?: AbortSignal,
  ): Promise<CheckpointFolder> {
    try {
      await makeFolder(directory);
      await requireNameOfNewest(directory);
      const folder = new CheckpointFolder(directory, keep, await leaseOf(directory, signal));
      // Whoever has begun to write them has lost the folder.
      await removeDrafts(directory, (name) => name.startsWith('checkpoint-'));
      return folder;
    } catch (error) {
      throw systemCodeOf(error) === '' ? error : unusable(directory, error);
    }
  }

  /** Those that the training does not go on from: the next one that is written takes their place. */
  set outdated(updates: Iterable<number>) {
    this.#outdated = new Set(updates);
  }

  /**
   * Writes a checkpoint.
   *
   * @returns its path, once it is on the disk.
   * @throws StateError when another process writes there; errors of the system. The older ones are there still.
   */
  async write(updates: number, contents: CheckpointContents): Promise<string> {
    await this.#holdLease();
    const path = join(this.directory, checkpointName(updates));
    await atomicWrite(path, encodeCheckpoint(contents));
    await atomicWrite(join(this.directory, latestName), [Buffer.from(`${basename(path)}\n`)]);
    await this.#removeOld(updates);
    return path;
  }

  close(): void {
    this.#lease.release();
  }

  /** A folder that was lost may have come back. */
  async #holdLease(): Promise<void> {
    try {
      this.#lease.confirm();
    } catch {
      this.#lease.release();
      this.#lease = await leaseOf(this.directory);
    }
  }

  /** What cannot be removed now is removed after the next one. */
  async #removeOld(newest: number): Promise<void> {
    const outdated = new Set(this.#outdated);
    outdated.delete(newest);
    const all = await listCheckpoints(this.directory);
    const good = all.filter(({ updates }) => !outdated.has(updates));
    const old = [...good.slice(this.#keep), ...all.filter(({ updates }) => outdated.has(updates))];
    for (const { path, updates } of old) if (updates !== newest) await removeQuietly(path);
    this.#outdated = new Set();
  }
}

async function leaseOf(directory: string, signal?: AbortSignal): Promise<Lease> {
  try {
    return await Lease.acquire(join(directory, 'checkpoints'), { signal });
  } catch (error) {
    if (!(error instanceof LayerwiseError)) throw error;
    const expected = 'a folder of checkpoints that nobody else writes to';
    throw renamedError(error, { path: directory, expected });
  }
}

/** What cannot be replaced by a file would have each checkpoint fail when it is on the disk already. */
async function requireNameOfNewest(directory: string): Promise<void> {
  const path = join(directory, latestName);
  const status = await stat(path).catch((error: unknown) => {
    if (isSystemError(error, 'ENOENT')) return null;
    throw error;
  });
  if (status === null || status.isFile()) return;
  throw new ArgumentError({
    path: 'checkpoint.directory',
    expected: `a folder in which the file '${latestName}' can be written`,
    received: `${path}, which is ${kindOf(status)}`,
    remedy: 'Remove it, or name another folder.',
  });
}

function unusable(directory: string, cause: unknown): ArgumentError {
  return new ArgumentError(
    {
      path: 'checkpoint.directory',
      expected: 'a folder that can be written to',
      received: `${directory}, which gives: ${messageOf(cause)}`,
      remedy: 'Name another folder; it is made where there is none.',
    },
    { cause },
  );
}
