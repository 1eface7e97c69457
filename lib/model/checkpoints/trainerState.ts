import {
  encodeCheckpoint,
  type OpenCheckpoint,
  openCheckpoint,
} from '../../checkpoint/checkpointFile.js';
import { isPlainObject, requireNumber, requireObject, requirePath } from '../../checks.js';
import { fromSystemError } from '../../data/bytes.js';
import { FileFormatError } from '../../errors.js';
import { atomicWrite } from '../../io/atomicWrite.js';
import type { TensorValues } from '../../io/safetensors.js';
import { info, type NativeTensors } from '../../native.js';
import type { NetworkSpec } from '../../network/network.js';
import { packageVersion } from '../../version.js';
import type { JsonObject } from '../json.js';
import type { ResolvedTrainer } from '../trainerOptions.js';
import { type RunIdentity, requireSameBits } from './identity.js';
import { checkedAs } from './runRecord.js';
import type { ModelContents } from './runStore.js';

/** The state of a loop by hand in a file, which is a saved model, too. */

/** What a trainer is, as far as its bits depend on it. */
export interface TrainerIdentity {
  readonly spec: NetworkSpec;
  readonly options: ResolvedTrainer;
}

export interface TrainerState {
  readonly tensors: NativeTensors;
  /** The rate of the next steps, which the core does not know. */
  readonly learningRate: number;
}

const kind = 'trainer';

/** @throws Errors of the system. */
export async function writeTrainerState(
  path: string,
  identity: TrainerIdentity,
  { tensors, learningRate }: TrainerState,
  model: ModelContents,
): Promise<void> {
  const record = JSON.stringify({ kind, version: 1, identity: comparedOf(identity), learningRate });
  const state = new Map<string, TensorValues>(Object.entries(tensors));
  await atomicWrite(requirePath(path), encodeCheckpoint({ ...model, record, state }));
}

/**
 * @throws FileFormatError; StateError for that of another trainer; ArgumentError for a file that is not there or
 * may not be read; errors of the system.
 */
export async function readTrainerState(
  path: string,
  identity: TrainerIdentity,
): Promise<TrainerState> {
  const file = await openState(requirePath(path));
  try {
    const place = `${path}: metadata 'layerwise.checkpoint'`;
    const record: unknown = checkedAs(place, () => JSON.parse(file.record));
    if (!isPlainObject(record) || record.kind !== kind || record.version !== 1) {
      throw new FileFormatError({
        path,
        expected: 'the state of a trainer',
        received: isPlainObject(record) ? `a checkpoint of ${String(record.kind)}` : 'another one',
      });
    }
    const saved = checkedAs(place, () => requireTrainerIdentity(record.identity));
    requireSameBits(saved, comparedOf(identity), path);
    const rule = { minimum: 0 };
    const learningRate = checkedAs(place, () => {
      return requireNumber(record.learningRate, 'learningRate', rule);
    });
    const tensors = Object.fromEntries(await file.readState()) as NativeTensors;
    return { tensors, learningRate };
  } finally {
    await file.close();
  }
}

/** Threads change no bits, and whether a gradient is kept changes none of the others. */
function comparedOf({ spec, options }: TrainerIdentity): Omit<RunIdentity, 'data' | 'validation'> {
  const { threads: _, inputGradient: __, ...compared } = options;
  return {
    spec,
    options: JSON.parse(JSON.stringify(compared)) as JsonObject,
    instructionSet: info().instructionSet,
    version: packageVersion(),
  };
}

function requireTrainerIdentity(given: unknown): ReturnType<typeof comparedOf> {
  const saved = requireObject(given, 'identity');
  requireObject(saved.spec, 'identity.spec');
  requireObject(saved.options, 'identity.options');
  return saved as unknown as ReturnType<typeof comparedOf>;
}

async function openState(path: string): Promise<OpenCheckpoint> {
  try {
    return await openCheckpoint(path);
  } catch (error) {
    throw fromSystemError(error, path);
  }
}
