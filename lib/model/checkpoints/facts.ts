import { openCheckpoint } from '../../checkpoint/checkpointFile.js';
import { isPlainObject } from '../../checks.js';

/** What a checkpoint says of its training, for people; null for what it does not say. */
export interface CheckpointFacts {
  /** `fit`, `pretrain` or `trainer`. */
  readonly kind: string;
  /** Of a pre-training: the pair of layers that trained, from 1. */
  readonly stage: number | null;
  /** Epochs that were over. */
  readonly epochs: number | null;
  /** Batches of the epoch that ran. */
  readonly batches: number | null;
  /** Updates of the training, in a pre-training of its stage. */
  readonly updates: number | null;
  /** Whether it is of the end of the training. */
  readonly isEnd: boolean;
  readonly instructionSet: string | null;
  /** Of the package that has written it. */
  readonly version: string | null;
}

/**
 * Reads a checkpoint through once.
 *
 * @throws FileFormatError when it is damaged, or no checkpoint; errors of the system.
 */
export async function checkpointFacts(path: string): Promise<CheckpointFacts> {
  const checkpoint = await openCheckpoint(path);
  await checkpoint.close();
  const record = objectIn(parsed(checkpoint.record));
  // A trainer has no position.
  const state = 'state' in record ? objectIn(record.state) : record;
  const identity = objectIn(state.identity);
  const position = objectIn(state.position);
  const stage = countIn(record.stage);
  return {
    kind: textIn(record.kind) ?? 'unknown',
    stage: stage === null ? null : stage + 1,
    epochs: countIn(position.epoch),
    batches: countIn(position.batch),
    updates: countIn(position.updates),
    isEnd: position.complete === true,
    instructionSet: textIn(identity.instructionSet),
    version: textIn(identity.version),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Whoever goes on with it is told so.
    return undefined;
  }
}

function objectIn(value: unknown): Readonly<Record<string, unknown>> {
  return isPlainObject(value) ? value : {};
}

function countIn(value: unknown): number | null {
  return Number.isSafeInteger(value) ? Number(value) : null;
}

function textIn(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
