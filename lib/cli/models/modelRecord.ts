import { basename } from 'node:path';
import { isArray } from '../../builtins.js';
import { isPlainObject } from '../../checks.js';
import { type IdxSchema, parseIdxSchema } from '../../data/idxSchema.js';
import { parseTableSchema, type TableSchema } from '../../data/tableSchema.js';
import { FileFormatError } from '../../errors.js';
import type { History } from '../../model/events.js';
import { remedyForWriter } from '../../version.js';
import type { TrainOptions } from '../train/trainArguments.js';
import { finalEpoch } from '../training/finalEpoch.js';
import type { TrainingData } from '../training/trainingData.js';
import type { TrainingPlan } from '../training/trainingPlan.js';

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
 * @throws FileFormatError when the model was not made by `layerwise train`, or by a version that
 * says more of its data than this one understands.
 */
export function schemaOf(annotations: unknown, path: string): TableSchema | IdxSchema {
  const { data, training } = isPlainObject(annotations) ? annotations : {};
  const place = `${path} (annotations.data)`;
  try {
    const schema = parseSchema(data, path, place);
    requireNothingElse(data, schema, place);
    return schema;
  } catch (error) {
    const remedy = remedyForWriter(isPlainObject(training) ? training.version : undefined);
    if (!(error instanceof FileFormatError) || remedy === '') throw error;
    const { expected, received } = error;
    throw new FileFormatError({ path: error.path, expected, received, remedy }, { cause: error });
  }
}

function parseSchema(data: unknown, path: string, place: string): TableSchema | IdxSchema {
  const kind = isPlainObject(data) ? data.kind : undefined;
  if (kind === 'table') return parseTableSchema(data, place);
  if (kind === 'idx') return parseIdxSchema(data, place);
  throw new FileFormatError({
    path,
    expected: 'a model that `layerwise train` wrote',
    received: 'a model without a description of its data',
    remedy: 'A model saved by a program of your own is applied by that program.',
  });
}

/** What was not read may change what the rest means: it is refused, not passed over. */
function requireNothingElse(given: unknown, read: unknown, path: string): void {
  if (isArray(given) && isArray(read)) {
    for (const [index, item] of given.entries()) {
      requireNothingElse(item, read[index], `${path}[${index}]`);
    }
  }
  if (!isPlainObject(given) || !isPlainObject(read)) return;
  for (const [key, value] of Object.entries(given)) {
    if (Object.hasOwn(read, key)) requireNothingElse(value, read[key], `${path}.${key}`);
    else throw unknownKey(`${path}.${key}`);
  }
}

function unknownKey(path: string): FileFormatError {
  return new FileFormatError({
    path,
    expected: 'nothing beyond what this version knows',
    received: 'an unknown key',
    remedy: 'The model was not written by `layerwise train`, or it is damaged.',
  });
}
