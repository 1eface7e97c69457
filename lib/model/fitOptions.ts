import { countRule, requireKnownKeys, requireObject } from '../checks.js';
import { ArgumentError } from '../errors.js';
import type { NativeDataset } from '../native.js';
import type { CustomLoss } from '../network/customLoss.js';
import type { InferredOption } from '../network/data.js';
import type {
  MetricName,
  MetricOption,
  OptimizerOption,
  OptimizerSpec,
  ScheduleOption,
  ScheduleSpec,
} from '../network/generated.js';
import type { LossOptionFor } from '../network/losses.js';
import type { MonitorName } from '../network/metrics.js';
import { normaliseOptimizer, normaliseSchedule } from '../network/rows.js';
import { requireFolderToResume } from './checkpoints/options.js';
import { computingRows, type Precision, type SeedContext, seed } from './commonRows.js';
import type { TrainingEvent } from './events.js';
import type { RunListenerOption } from './listeners.js';
import {
  type Averaging,
  type EarlyStopping,
  type MonitorContext,
  monitor,
  type OnNonFinite,
  type ResolvedAveraging,
  type ResolvedNonFinite,
  type ResolvedStopping,
  readAveraging,
  readNonFinite,
  readStopping,
  updateRows,
} from './loopOptions.js';
import {
  metricNamesOf,
  type NativeObjective,
  type Objective,
  type ObjectiveContext,
  objectiveKeys,
  type objectiveRows,
  resolveObjective,
} from './objective.js';
import {
  flag,
  type InputsOf,
  integer,
  option,
  optional,
  optionalInteger,
  optionalNumber,
  readOnlyOptions,
  readOptions,
  type ValuesOf,
} from './optionRows.js';
import { runRows } from './runRows.js';
import { type ResolvedStatistics, readStatistics, type StatisticsOptions } from './statistics.js';
import type { SupervisedData } from './supervisedData.js';
import type { Validation } from './validationOption.js';

const trainingRows = {
  /**
   * Passes over the data.
   *
   * @default 10
   */
  epochs: integer(countRule, 10),
  /**
   * Rows per update; the last batch of an epoch may be smaller. With a `batchNorm` that is not frozen
   * 2 or more, and a single row that is left over joins the batch before it.
   *
   * @default 32, or all rows if fewer
   */
  batchSize: optionalInteger(countRule),
  /**
   * How the weights follow the gradient: a name, or `adam({ learningRate: 0.01 })`.
   *
   * @default `'adam'`
   */
  optimizer: option<OptimizerOption, OptimizerSpec>(normaliseOptimizer, 'adam'),
  /**
   * How the learning rate changes while training: a name, or an object with its type, such as
   * `{ type: 'cosine', warmupEpochs: 2 }`. It changes with every update.
   *
   * @default `'constant'`
   */
  schedule: option<ScheduleOption, ScheduleSpec>(normaliseSchedule, 'constant'),
  /**
   * Batches whose gradients make one update: the same update as that of one batch of all their rows,
   * with the memory of one.
   *
   * @default 1
   */
  accumulateBatches: integer({ minimum: 1, maximum: 2 ** 31 - 1 }, 1),
  /**
   * Gives the model the moving average of its weights.
   *
   * @default none
   */
  averaging: optional<Averaging, ResolvedAveraging>(readAveraging),
  /**
   * Seconds of training after which the run ends with what it has, as after `stop()`: at the next batch, and with
   * the `stopReason` `'timeLimit'`. Above 0.
   *
   * @default none
   */
  timeLimit: optionalNumber({ minimum: 0, minimumExclusive: true }),
  /**
   * What becomes of the run when a loss, a gradient or a weight is not finite. `'stop'` ends it with a
   * DivergenceError; `'skipBatch'` leaves the update out that such a batch belongs to; `'rollback'`, or
   * `{ action: 'rollback', factor: 0.5, times: 3 }`, goes back to the beginning of the epoch with a lower learning
   * rate. `history.nonFinite` says where it happened.
   *
   * @default `'stop'`
   */
  onNonFinite: option<OnNonFinite, ResolvedNonFinite>(readNonFinite, 'stop'),
  monitor,
  earlyStopping: optional<EarlyStopping, ResolvedStopping, MonitorContext>(readStopping),
  /**
   * Whether, or when, the run looks into its layers: outputs, gradients, dead and saturated units,
   * size of the updates, as events and in the history. True for after every epoch.
   *
   * @default false
   */
  statistics: option<boolean | StatisticsOptions, ResolvedStatistics>(readStatistics, false),
  /**
   * Whether the optimizer goes on with what it knew at the end of the last `fit` of this model: moments, the number of
   * updates, the history of L-BFGS. It has to be the same optimizer, with whatever parameters. Nothing of it is saved; a
   * `fit` without it begins anew, as does the first one.
   *
   * @default false
   */
  warmStart: flag(false),
  /**
   * Whether each epoch has its own order of rows.
   *
   * @default true
   */
  shuffle: flag(true),
  /**
   * Seed of the order of rows, 32 bits.
   *
   * @default the seed of the model
   */
  seed,
};

/** What the core is told about a training: each option goes to it by its name, as it is read here. */
export const coreRows = { ...trainingRows, ...updateRows, ...computingRows };

/** The options of `fit` that are the same for networks of one output and of several. */
export interface TrainingOptions
  extends InputsOf<typeof trainingRows>,
    InputsOf<typeof updateRows>,
    InputsOf<typeof computingRows>,
    InputsOf<typeof runRows> {}

/** Options of `fit`. */
export interface FitOptions<
  Data = SupervisedData,
  Output extends string = string,
  Metric extends MetricName = never,
> extends TrainingOptions,
    Pick<InputsOf<typeof objectiveRows>, 'classWeights'> {
  /**
   * What `earlyStopping`, the weights that it restores and the schedule `'reduceOnPlateau'` go by:
   * `'loss'`, one of `metrics`, or the same of the validation: `'validation.f1'`.
   *
   * @default the loss, that of the validation where there is one
   */
  readonly monitor?: MonitorName<NoInfer<Metric>> | undefined;
  /**
   * Ends the run when it has stopped getting better.
   *
   * @default none
   */
  readonly earlyStopping?: EarlyStopping<NoInfer<Metric>> | undefined;
  /**
   * What is made small.
   *
   * @default after the end of the network: softmax `'crossEntropy'`, sigmoid `'binaryCrossEntropy'`, else
   * `'meanSquaredError'`; autoencoders `'meanSquaredError'`
   */
  readonly loss?: LossOptionFor<Output> | CustomLoss | undefined;
  /**
   * Measured besides the loss and given with each event: names, or data such as
   * `{ type: 'topKAccuracy', k: 3 }`.
   *
   * @default none
   */
  readonly metrics?: readonly InferredOption<Metric, MetricOption>[] | undefined;
  /**
   * Measured after each epoch: a share of the rows (0.1 takes a tenth, drawn by the seed, away from
   * the training; where rows have classes, that share of each class), or `{ data }`.
   *
   * @default none
   */
  readonly validation?: Validation<Data> | undefined;
  /**
   * Called with every event. It may be asynchronous. What it throws, or rejects with, ends the run, which
   * rejects with it; do not await the run in it without `stop()`, as the run waits for it.
   *
   * @default none
   */
  readonly onEvent?: ((event: TrainingEvent<NoInfer<Metric>>) => void) | undefined;
  /**
   * Told of the run beside `onEvent`, each for itself: functions that are called with every event, or objects with
   * a method for each kind of them, such as `progressBar()`. Each may be asynchronous and is told of one thing at a
   * time; the run waits for the last of them, so do not await the run in one without `stop()`.
   *
   * @default none
   */
  readonly listeners?: readonly RunListenerOption<TrainingEvent<NoInfer<Metric>>>[] | undefined;
}

export const evaluationRows = {
  /**
   * Rows at a time. The result does not depend on it but for rounding; only a `customLoss` is given
   * one batch after the other.
   *
   * @default 256
   */
  batchSize: optionalInteger(countRule),
};

/** Options of `evaluate`. */
export interface EvaluateOptions<Output extends string = string, Metric extends MetricName = never>
  extends InputsOf<typeof evaluationRows>,
    InputsOf<typeof computingRows> {
  /**
   * What is measured.
   *
   * @default after the end of the network, as in `fit`
   */
  readonly loss?: LossOptionFor<Output> | CustomLoss | undefined;
  /**
   * Measured besides the loss: names, or data with parameters.
   *
   * @default none
   */
  readonly metrics?: readonly InferredOption<Metric, MetricOption>[] | undefined;
}

/** Options of `predict` and of the other forward passes. */
export interface PredictOptions extends InputsOf<typeof computingRows> {}

/** Options of `predictSync`. */
export interface PredictSyncOptions<Values extends Float32Array = Float32Array<ArrayBuffer>>
  extends Pick<PredictOptions, 'precision'> {
  /**
   * Is filled with the outputs and returned as the values of the matrix, in the place of a new array: for
   * programs that predict rows in a tight loop. Exactly rows * outputSize numbers. It may be, or overlap, the
   * inputs, and its memory may be shared. After an error it is as it was.
   *
   * @default a new array
   */
  readonly output?: Values | undefined;
}

/** What the options of a call are checked against. */
export interface OptionsContext extends ObjectiveContext, SeedContext {}

export type ResolvedFit = ValuesOf<typeof runRows> & {
  readonly objective: Objective;
  readonly training: ValuesOf<typeof coreRows>;
};

export type ResolvedEvaluation = ValuesOf<typeof evaluationRows> &
  ResolvedPrediction & { readonly objective: Objective };

export type ResolvedPrediction = ValuesOf<typeof computingRows>;

/** A training as the core takes it. */
export type NativeFitOptions = NativeObjective &
  ValuesOf<typeof coreRows> & {
    readonly batchSize: number;
    readonly validation:
      | { readonly split: number }
      | { readonly dataset: NativeDataset }
      | undefined;
  };

/** What the options say of an output. */
const measured = ['loss', 'weight', 'metrics', 'classWeights'] as const;
const evaluated = ['loss', 'weight', 'metrics'] as const;

/**
 * Checks the options of `fit` and fills in the defaults.
 *
 * @throws ArgumentError
 */
export function resolveFit(input: unknown, context: OptionsContext): ResolvedFit {
  const options = requireObject(input, 'options');
  const known = [coreRows, runRows].flatMap(Object.keys);
  requireKnownKeys(options, [...known, ...objectiveKeys(context, measured)], '');
  const objective = resolveObjective(options, context, measured);
  const { modelSeed } = context;
  const monitored = {
    metrics: metricNamesOf(objective),
    validates: options.validation !== undefined,
  };
  const run = readOptions(runRows, options, '', undefined);
  requireFolderToResume(run.resume, run.checkpoint);
  return {
    objective,
    training: readOptions(coreRows, options, '', { modelSeed, monitored }),
    ...run,
  };
}

/**
 * Checks the options of `evaluate` and fills in the defaults.
 *
 * @throws ArgumentError
 */
export function resolveEvaluation(input: unknown, context: OptionsContext): ResolvedEvaluation {
  const options = requireObject(input, 'options');
  const others = objectiveKeys(context, evaluated);
  return {
    ...readOnlyOptions({ ...evaluationRows, ...computingRows }, options, '', undefined, others),
    objective: resolveObjective(options, context, evaluated),
  };
}

/**
 * Checks the options of `predict` and its kin.
 *
 * @throws ArgumentError
 */
export function resolvePrediction(input: unknown): ResolvedPrediction {
  return readOnlyOptions(computingRows, requireObject(input, 'options'), '', undefined);
}

/**
 * Checks the options of `predictSync`, which programs call in tight loops, but not the array to fill: its length
 * depends on the inputs.
 *
 * @throws ArgumentError
 */
export function syncOptions(
  input: unknown,
  known: readonly string[],
): { readonly output?: unknown; readonly precision?: Precision | undefined } {
  if (input === undefined) return {};
  const options = requireObject(input, 'options');
  requireKnownKeys(options, known, '');
  const precision = computingRows.precision(options.precision, 'precision', undefined);
  return { output: options.output, precision };
}

/**
 * Rows that train and the batch that they are cut into, after the validation has taken its share.
 *
 * @throws ArgumentError when one side is left without rows, or a batch is larger than the data.
 */
export function resolveBatchSize(
  { training: { batchSize }, validation }: ResolvedFit,
  rows: number,
): number {
  const split = validation !== undefined && 'split' in validation ? validation.split : 0;
  const validationRows = Math.floor(rows * split);
  const trainingRows = rows - validationRows;
  if (split > 0 && (validationRows === 0 || trainingRows === 0)) {
    throw new ArgumentError({
      path: 'validation.split',
      expected: 'a share that leaves rows on both sides',
      received: `${split} of ${rows} rows`,
      remedy: 'Take another share, or give data of its own: { data }.',
    });
  }
  if (batchSize === undefined) return Math.min(defaultBatchSize, trainingRows);
  if (batchSize <= trainingRows) return batchSize;
  throw new ArgumentError({
    path: 'batchSize',
    expected: `at most the ${trainingRows} rows that train`,
    received: String(batchSize),
    remedy: `Leave batchSize out, or set it to ${trainingRows} for one update per epoch.`,
  });
}

/** Rows of a batch, or all where there are fewer. */
export const defaultBatchSize = 32;
