import type { JsonObject } from '../model/json.js';
import type { OptimizerSpec } from '../network/generated.js';
import { packageVersion } from '../version.js';
import type { OutOfFold } from './outOfFold.js';
import type { TrainedTable } from './tableTraining.js';
import type { TableTask, TrainingPlan } from './trainingPlan.js';
import { hasRefit } from './trainRefit.js';

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
  /** How many networks predict together, where they are several. */
  readonly members?: number;
  /** What networks say of rows that they have not learned from. */
  readonly outOfFold?: OutOfFold;
  /** By which logits were divided, so that probabilities come true; it is part of the weights. */
  readonly temperature?: number | null;
  /**
   * Of a network that was to be trained once more, on the rows for validation too: for how many epochs; null where that
   * was ended before its end, and the network is the one that was judged.
   */
  readonly refit?: { readonly epochs: number } | null;
}

/** What a plan and a history do not say. */
export type RecordedTraining = Pick<TrainingRecord, 'file' | 'task' | 'optimizer' | 'seed'>;

export function trainingRecordOf(
  { file, task, optimizer, seed }: RecordedTraining,
  plan: TrainingPlan,
  trained: TrainedTable,
): TrainingRecord {
  return {
    ...(file !== undefined && { file }),
    task,
    ...rowsOf(plan, trained),
    batchSize: plan.batchSize,
    optimizer,
    seed,
    stopped: trained.stopReason === 'stopped',
    ...lossesOf(trained),
    version: packageVersion(),
    ...judgementOf(trained, plan),
  };
}

function rowsOf(
  { trainingRows, validationRows, members }: TrainingPlan,
  { judgement, histories }: TrainedTable,
): Pick<TrainingRecord, 'rows' | 'validationRows' | 'epochs'> {
  const epochs = histories.map((history) => history.epochs.length);
  // Of several, every row has trained some.
  if (members > 1 && judgement !== null) {
    return { rows: judgement.rows, validationRows: 0, epochs: Math.max(...epochs) };
  }
  return { rows: trainingRows, validationRows, epochs: epochs[0] ?? 0 };
}

function lossesOf({
  histories,
  judgement,
}: TrainedTable): Pick<TrainingRecord, 'loss' | 'validationLoss'> {
  const { epochs, bestEpoch } = histories.at(-1) ?? histories[0];
  const last = epochs[(bestEpoch ?? epochs.length) - 1];
  return {
    loss: last?.loss ?? null,
    validationLoss: judgement === null ? (last?.validation?.loss ?? null) : judgement.loss,
  };
}

function judgementOf(
  trained: TrainedTable,
  { refits }: TrainingPlan,
): Pick<TrainingRecord, 'members' | 'outOfFold' | 'temperature' | 'refit'> {
  const { networks, judgement, temperature, histories } = trained;
  if (judgement === null) return {};
  const told = { outOfFold: judgement, temperature };
  if (!refits) return { members: networks.length, ...told };
  const epochs = hasRefit(trained) ? histories.at(-1)?.epochs.length : undefined;
  return { ...told, refit: epochs === undefined ? null : { epochs } };
}

/** As JSON holds it: what is not finite is null. */
export function plainRecord(record: TrainingRecord): JsonObject {
  return JSON.parse(JSON.stringify(record)) as JsonObject;
}
