import type { History } from '../model/events.js';
import type { JsonObject } from '../model/json.js';
import type { OptimizerSpec } from '../network/generated.js';
import { packageVersion } from '../version.js';
import type { OutOfFold } from './outOfFold.js';
import type { TableTask, TrainingPlan } from './trainingPlan.js';
import type { TrainedMembers } from './trainMembers.js';

/** What a model was trained on, for people to read; plain JSON, saved with it. */
export interface TrainingRecord {
  /** Name of the file, without its folder; absent for rows in memory. */
  readonly file?: string;
  readonly task: TableTask;
  readonly rows: number;
  readonly validationRows: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly optimizer: OptimizerSpec;
  readonly seed: number;
  /** Whether the training was stopped before its last epoch. */
  readonly stopped: boolean;
  /** Results of the epoch whose weights the model has; null when not one was finished. */
  readonly loss: number | null;
  readonly validationLoss: number | null;
  readonly version: string;
  /** Of several networks, what they say of rows that they have not learned from. */
  readonly members?: number;
  readonly outOfFold?: OutOfFold;
  /** By which logits were divided, so that probabilities come true; it is part of the weights. */
  readonly temperature?: number | null;
}

/** What a plan and a history do not say. */
export type RecordedTraining = Pick<TrainingRecord, 'file' | 'task' | 'optimizer' | 'seed'>;

export function trainingRecordOf(
  { file, task, optimizer, seed }: RecordedTraining,
  { trainingRows, validationRows, batchSize }: TrainingPlan,
  { epochs, bestEpoch, stopReason }: History,
): TrainingRecord {
  const last = epochs[(bestEpoch ?? epochs.length) - 1];
  return {
    ...(file !== undefined && { file }),
    task,
    rows: trainingRows,
    validationRows,
    epochs: epochs.length,
    batchSize,
    optimizer,
    seed,
    stopped: stopReason === 'stopped',
    loss: last?.loss ?? null,
    validationLoss: last?.validation?.loss ?? null,
    version: packageVersion(),
  };
}

/** Of several networks, of which every row has trained some. */
export function recordOfMembers(
  { file, task, optimizer, seed }: RecordedTraining,
  { batchSize }: TrainingPlan,
  { networks, histories, judgement, temperature, stopReason }: TrainedMembers,
): TrainingRecord {
  const last = histories.at(-1)?.epochs.at(-1);
  return {
    ...(file !== undefined && { file }),
    task,
    rows: judgement.rows,
    validationRows: 0,
    epochs: Math.max(...histories.map(({ epochs }) => epochs.length)),
    batchSize,
    optimizer,
    seed,
    stopped: stopReason === 'stopped',
    loss: last?.loss ?? null,
    validationLoss: judgement.loss,
    version: packageVersion(),
    members: networks.length,
    outOfFold: judgement,
    temperature,
  };
}

/** As JSON holds it: what is not finite is null. */
export function plainRecord(record: TrainingRecord): JsonObject {
  return JSON.parse(JSON.stringify(record)) as JsonObject;
}
