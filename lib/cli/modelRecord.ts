import { basename } from 'node:path';
import { isPlainObject } from '../checks.js';
import { type IdxSchema, parseIdxSchema } from '../data/idxSchema.js';
import { parseTableSchema, type TableSchema } from '../data/tableSchema.js';
import { FileFormatError } from '../errors.js';
import type { History } from '../model/events.js';
import { finalEpoch } from './finalEpoch.js';
import type { TrainOptions } from './options.js';
import type { TrainingData } from './trainingData.js';
import type { TrainingPlan } from './trainingPlan.js';

/** What `layerwise train` writes into the annotations of a model, as plain JSON. */
export interface ModelRecord {
  /** All that prediction needs to know about the data. */
  readonly data: TableSchema | IdxSchema;
  /** What the model was trained on, for people to read. */
  readonly training: TrainingRecord;
}

export interface TrainingRecord {
  /** Name of the file, without its folder. */
  readonly file: string;
  readonly task: TrainingData['task'];
  readonly rows: number;
  readonly validationRows: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly optimizer: TrainOptions['optimizer'];
  readonly seed: number;
  /** Whether Ctrl-C ended the training before its last epoch. */
  readonly stopped: boolean;
  /** Results of the epoch whose weights the model has; null when not one was finished. */
  readonly loss: number | null;
  readonly validationLoss: number | null;
  readonly version: string;
}

export function trainingRecord(
  options: TrainOptions,
  data: TrainingData,
  plan: TrainingPlan,
  history: History,
  version: string,
): TrainingRecord {
  const last = finalEpoch(history);
  return {
    file: basename(options.data),
    task: data.task,
    rows: plan.trainingRows,
    validationRows: plan.validationRows,
    epochs: history.epochs.length,
    batchSize: plan.batchSize,
    optimizer: options.optimizer,
    seed: options.seed,
    stopped: history.stopReason === 'stopped',
    loss: last?.loss ?? null,
    validationLoss: last?.validation?.loss ?? null,
    version,
  };
}

/**
 * The schema that a model carries.
 *
 * @throws FileFormatError when the model was not made by `layerwise train`
 */
export function schemaOf(annotations: unknown, path: string): TableSchema | IdxSchema {
  const data = isPlainObject(annotations) ? annotations.data : undefined;
  const kind = isPlainObject(data) ? data.kind : undefined;
  if (kind === 'table') return parseTableSchema(data, `${path} (annotations.data)`);
  if (kind === 'idx') return parseIdxSchema(data, `${path} (annotations.data)`);
  throw new FileFormatError({
    path,
    expected: 'a model that `layerwise train` wrote',
    received: 'a model without a description of its data',
    remedy: 'A model saved by a program of your own is applied by that program.',
  });
}
