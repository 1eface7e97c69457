import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../builtins.js';
import { FileFormatError } from '../errors.js';
import { isSystemError } from '../io/paths.js';
import { type OpenCheckpoint, openCheckpoint } from './checkpointFile.js';

/** The checkpoints of a folder: `checkpoint-<updates>.safetensors`. */

const pattern = /^checkpoint-(?<updates>0|[1-9]\d{0,15})\.safetensors$/;

export function checkpointName(updates: number): string {
  return `checkpoint-${updates}.safetensors`;
}

/** One of the folder. */
export interface NamedCheckpoint {
  readonly path: string;
  /** Updates of the training when it was taken. */
  readonly updates: number;
}

/**
 * The checkpoints of a folder by their names, the newest first; none where there is no folder.
 *
 * @throws Errors of the system.
 */
export async function listCheckpoints(directory: string): Promise<readonly NamedCheckpoint[]> {
  const names = await readdir(directory).catch((error: unknown) => {
    if (isSystemError(error, 'ENOENT')) return [];
    throw error;
  });
  const found = names.flatMap((name) => {
    const updates = pattern.exec(name)?.groups?.updates;
    return updates === undefined ? [] : [{ path: join(directory, name), updates: Number(updates) }];
  });
  return found.sort((left, right) => right.updates - left.updates);
}

/** A checkpoint that cannot be used, and why. */
export interface PassedOver extends NamedCheckpoint {
  readonly reason: string;
  /** Whether its bytes are wrong, which no second reading mends. */
  readonly isDamaged: boolean;
}

/** What was found in a folder. */
export interface FoundCheckpoint {
  /** The newest one that is whole. */
  readonly checkpoint: (OpenCheckpoint & NamedCheckpoint) | undefined;
  /** Newer ones that are not, or that cannot be read. */
  readonly passedOver: readonly PassedOver[];
}

/**
 * Opens the newest checkpoint of a folder whose bytes are those that were written.
 *
 * @throws Errors of the system, where the folder cannot be read.
 */
export async function openNewestCheckpoint(directory: string): Promise<FoundCheckpoint> {
  const passedOver: PassedOver[] = [];
  for (const named of await listCheckpoints(directory)) {
    try {
      const checkpoint = { ...(await openCheckpoint(named.path)), ...named };
      return { checkpoint, passedOver };
    } catch (error) {
      const isDamaged = error instanceof FileFormatError;
      const reason = isDamaged ? `${error.expected} expected, ${error.received}` : messageOf(error);
      passedOver.push({ ...named, reason, isDamaged });
    }
  }
  return { checkpoint: undefined, passedOver };
}
