import { FileRows } from '../../data/fileRows.js';
import type { MetricName, MonitorName, SupervisedData } from '../../index.js';
import { trainingRows, validationRows } from '../../tables/tableData.js';
import type { TrainingPlan } from '../../tables/trainingPlan.js';
import { UsageError } from '../arguments/usageError.js';
import { runFiles } from '../run/runFiles.js';
import type { TrainOptions } from '../train/trainArguments.js';
import type { TrainingData } from './trainingData.js';

/** The options of `fit` for what the command line asks; those of an autoencoder are the first alone. */
export function learningOptions(options: TrainOptions, { epochs, batchSize }: TrainingPlan) {
  const { optimizer, schedule, patience, seed } = options;
  const { metrics = [], monitor, onNonFinite, statistics = false } = options;
  return {
    ...{ epochs, batchSize, optimizer, schedule, seed, metrics, onNonFinite, statistics },
    monitor: monitor as MonitorName<MetricName> | undefined,
    earlyStopping: patience === undefined ? undefined : { patience },
  };
}

/** The options of `fit` for a training that may be ended, and goes on. */
export function checkpointOptions(options: TrainOptions) {
  const { run, checkpointEvery, keepCheckpoints: keep, resume, timeLimit } = options;
  const directory = run === undefined ? options.checkpoint : runFiles(run).checkpoints;
  if (directory === undefined) return { timeLimit };
  return {
    checkpoint: { directory, keep, ...checkpointEvery },
    resume: resume ? ('auto' as const) : (false as const),
    timeLimit,
  };
}

/** What the rows of an autoencoder are given back by. */
export function autoencodingOptions({ loss }: TrainOptions) {
  return loss === undefined ? {} : { loss };
}

/** @throws UsageError when classes are to be balanced where there are none. */
export function supervisedOptions(
  { balanced, metrics: wanted = [], network, loss: own }: TrainOptions,
  { task }: TrainingData,
) {
  const loss = network === 'tabular' && own !== undefined ? { loss: own } : {};
  if (task === 'classification') {
    const metrics: readonly MetricName[] = [...new Set<MetricName>(['accuracy', ...wanted])];
    return { ...loss, metrics, ...(balanced && { classWeights: 'balanced' as const }) };
  }
  if (!balanced) return loss;
  throw new UsageError('--balanced is for classes, and the target holds numbers', 'train');
}

/** What trains, and the option `validation` of `fit` for the rest. */
export interface TrainingParts {
  readonly training: TrainingRows;
  readonly validation: number | { readonly data: TrainingRows } | undefined;
}

type TrainingRows = Pick<TrainingData, 'inputs' | 'targets'>;

export function partsOf(
  data: TrainingData,
  { validation: share }: TrainOptions,
  { validationRows: rows }: TrainingPlan,
): TrainingParts {
  const { inputs, targets, heldOut } = data;
  if (heldOut === null || FileRows.isFileRows(inputs)) {
    return { training: { inputs, targets }, validation: rows > 0 ? share : undefined };
  }
  const divided = { ...data, inputs, heldOut };
  const validation = validationRows(divided);
  return {
    training: trainingRows(divided),
    validation: validation === null ? undefined : { data: validation },
  };
}

/** Inputs and targets as `fit` of a network takes them. */
export function supervisedData({ inputs, targets }: TrainingRows): SupervisedData {
  if (targets === null) throw new TypeError('only an autoencoder has no targets');
  return { inputs, targets };
}

/** The option `validation` for a network. */
export function supervisedValidation({ validation }: TrainingParts) {
  if (validation === undefined || typeof validation === 'number') return validation;
  return { data: supervisedData(validation.data) };
}

/** The option `validation` for an autoencoder. */
export function inputsValidation({ validation }: TrainingParts) {
  if (validation === undefined || typeof validation === 'number') return validation;
  return { data: validation.data.inputs };
}
