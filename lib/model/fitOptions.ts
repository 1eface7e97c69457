import { isArray } from '../builtins.js';
import {
  countRule,
  describeValue,
  listOf,
  optionalFunction,
  optionalSignal,
  requireBoolean,
  requireInteger,
  requireKnownKeys,
  requireNumber,
  requireObject,
  seedRule,
  threadsRule,
  withDefault,
} from '../checks.js';
import { ArgumentError } from '../errors.js';
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
import type { ClassWeights } from './classWeights.js';
import type { TrainingEvent } from './events.js';
import {
  type Averaging,
  type EarlyStopping,
  type GradientClipping,
  loopKeys,
  type ResolvedLoop,
  resolveLoop,
} from './loopOptions.js';
import {
  metricNamesOf,
  type Objective,
  type ObjectiveContext,
  objectiveKeys,
  resolveObjective,
} from './objective.js';
import { type ResolvedStatistics, type StatisticsOptions, statisticsOption } from './statistics.js';

/** Rows that are kept from the training: a share of the data, or data of their own. */
export type Validation<Data> = number | { readonly split: number } | { readonly data: Data };

/**
 * How matrices are multiplied: single precision, or bfloat16 numbers with sums, parameters and updates in
 * single precision. The latter is faster where the processor multiplies such numbers itself (AMX-BF16,
 * AVX512-BF16 of AMD), and correct but slower elsewhere.
 */
export type Precision = (typeof precisions)[number];

const precisions = ['float32', 'bf16'] as const;

/** Options of `fit`. */
export interface FitOptions<
  Data,
  Output extends string = string,
  Metric extends MetricName = never,
> {
  /** Passes over the data. Default 10. */
  readonly epochs?: number | undefined;
  /**
   * Rows per update; the last batch of an epoch may be smaller. With a `batchNorm` that is not frozen
   * 2 or more, and a single row that is left over joins the batch before it. Default 32, or all rows
   * if fewer.
   */
  readonly batchSize?: number | undefined;
  /** How the weights follow the gradient: a name, or `adam({ learningRate: 0.01 })`. Default adam. */
  readonly optimizer?: OptimizerOption | undefined;
  /**
   * How the learning rate changes while training: a name, or an object with its type, such as
   * `{ type: 'cosine', warmupEpochs: 2 }`. It changes with every update. Default `'constant'`.
   */
  readonly schedule?: ScheduleOption | undefined;
  /**
   * Batches whose gradients make one update: the same update as that of one batch of all their rows,
   * with the memory of one. Default 1.
   */
  readonly accumulateBatches?: number | undefined;
  /** Bounds for the gradients of an update. Default none. */
  readonly gradientClipping?: GradientClipping | undefined;
  /**
   * Whether the weight decay of the optimizer is also for biases and for the parameters of
   * normalisations. Default true, as in PyTorch.
   */
  readonly decayBiases?: boolean | undefined;
  /** Gives the model the moving average of its weights. Default none. */
  readonly averaging?: Averaging | undefined;
  /**
   * What `earlyStopping`, the weights that it restores and the schedule `'reduceOnPlateau'` go by:
   * `'loss'`, one of `metrics`, or the same of the validation: `'validation.f1'`. Default the loss,
   * that of the validation where there is one.
   */
  readonly monitor?: MonitorName<NoInfer<Metric>> | undefined;
  /** Ends the run when it has stopped getting better. Default none. */
  readonly earlyStopping?: EarlyStopping<NoInfer<Metric>> | undefined;
  /**
   * What is made small. Default after the end of the network: softmax `'crossEntropy'`, sigmoid
   * `'binaryCrossEntropy'`, else `'meanSquaredError'`; autoencoders `'meanSquaredError'`.
   */
  readonly loss?: LossOptionFor<Output> | CustomLoss | undefined;
  /** How much the rows of each class count in the loss of the training. Default all the same. */
  readonly classWeights?: ClassWeights | undefined;
  /**
   * Measured besides the loss and given with each event: names, or data such as
   * `{ type: 'topKAccuracy', k: 3 }`. Default none.
   */
  readonly metrics?: readonly InferredOption<Metric, MetricOption>[] | undefined;
  /**
   * Measured after each epoch: a share of the rows (0.1 takes a tenth, drawn by the seed, away from
   * the training; where rows have classes, that share of each class), or `{ data }`. Default none.
   */
  readonly validation?: Validation<Data> | undefined;
  /**
   * Whether, or when, the run looks into its layers: outputs, gradients, dead and saturated units,
   * size of the updates, as events and in the history. True for after every epoch. Default false.
   */
  readonly statistics?: boolean | StatisticsOptions | undefined;
  /** Whether each epoch has its own order of rows. Default true. */
  readonly shuffle?: boolean | undefined;
  /** Seed of the order of rows, 32 bits. Default the seed of the model. */
  readonly seed?: number | undefined;
  /** Threads that train. Default the cores available; the result does not depend on it. */
  readonly threads?: number | undefined;
  /** Default `'float32'`. */
  readonly precision?: Precision | undefined;
  /** Ends the training after the batch that runs; the run then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Called with every event. It may be asynchronous. What it throws, or rejects with, ends the run, which
   * rejects with it; do not await the run in it without `stop()`, as the run waits for it.
   */
  readonly onEvent?: ((event: TrainingEvent<NoInfer<Metric>>) => void) | undefined;
}

/** Options of `evaluate`. */
export interface EvaluateOptions<
  Output extends string = string,
  Metric extends MetricName = never,
> {
  /** What is measured. Default after the end of the network, as in `fit`. */
  readonly loss?: LossOptionFor<Output> | CustomLoss | undefined;
  /** Measured besides the loss: names, or data with parameters. Default none. */
  readonly metrics?: readonly InferredOption<Metric, MetricOption>[] | undefined;
  /**
   * Rows at a time. The result does not depend on it but for rounding; only a `customLoss` is given
   * one batch after the other.
   */
  readonly batchSize?: number | undefined;
  /** Threads that compute. Default the cores available. */
  readonly threads?: number | undefined;
  /** Default `'float32'`. */
  readonly precision?: Precision | undefined;
}

/** Options of `predict` and of the other forward passes. */
export interface PredictOptions {
  /** Threads that compute. Default the cores available; the result does not depend on it. */
  readonly threads?: number | undefined;
  /** Default `'float32'`. */
  readonly precision?: Precision | undefined;
}

/** Options of `predictSync`. */
export interface PredictSyncOptions {
  /**
   * Is filled with the outputs and returned as the values of the matrix, in the place of a new array: for
   * programs that predict rows in a tight loop. Exactly rows * outputSize numbers. It may be, or overlap, the
   * inputs. After an error it is as it was.
   */
  readonly output?: Float32Array<ArrayBuffer> | undefined;
}

/** What the options of a call are checked against. */
export interface OptionsContext extends ObjectiveContext {
  readonly modelSeed: number;
}

export interface ResolvedFit extends ResolvedLoop {
  readonly epochs: number;
  readonly batchSize: number | undefined;
  readonly optimizer: OptimizerSpec;
  readonly schedule: ScheduleSpec;
  readonly objective: Objective;
  readonly validation: { readonly split: number } | { readonly data: unknown } | undefined;
  readonly statistics: ResolvedStatistics | undefined;
  readonly shuffle: boolean;
  readonly seed: number;
  readonly threads: number | undefined;
  readonly precision: Precision | undefined;
  readonly signal: AbortSignal | undefined;
  readonly onEvent: ((event: TrainingEvent) => unknown) | undefined;
}

export type ResolvedEvaluation = Pick<
  ResolvedFit,
  'objective' | 'batchSize' | 'threads' | 'precision'
>;

/** Options of a forward pass, without those that were not given. */
export interface ResolvedPrediction {
  readonly threads?: number;
  readonly precision?: Precision;
}

/** What the options say of an output. */
const measured = ['loss', 'weight', 'metrics', 'classWeights'] as const;
const evaluated = ['loss', 'weight', 'metrics'] as const;

const fitKeys = [
  'epochs',
  'batchSize',
  'optimizer',
  'schedule',
  ...loopKeys,
  'validation',
  'statistics',
  'shuffle',
  'seed',
  'threads',
  'precision',
  'signal',
  'onEvent',
];

/**
 * Checks the options of `fit` and fills in the defaults.
 *
 * @throws ArgumentError
 */
export function resolveFit(input: unknown, context: OptionsContext): ResolvedFit {
  const options = requireObject(input, 'options');
  requireKnownKeys(options, [...fitKeys, ...objectiveKeys(context, measured)], '');
  const objective = resolveObjective(options, context, measured);
  return {
    epochs: requireInteger(withDefault(options.epochs, 10), 'epochs', countRule),
    batchSize: optionalInteger(options.batchSize, 'batchSize', countRule),
    optimizer: normaliseOptimizer(withDefault(options.optimizer, 'adam'), 'optimizer'),
    schedule: normaliseSchedule(withDefault(options.schedule, 'constant'), 'schedule'),
    ...resolveLoop(options, metricNamesOf(objective)),
    objective,
    validation: validationOption(options.validation),
    statistics: statisticsOption(options.statistics),
    shuffle: requireBoolean(withDefault(options.shuffle, true), 'shuffle'),
    seed: requireInteger(withDefault(options.seed, context.modelSeed), 'seed', seedRule),
    threads: optionalInteger(options.threads, 'threads', threadsRule),
    precision: precisionOption(options.precision),
    signal: optionalSignal(options.signal, 'signal'),
    onEvent: optionalFunction(options.onEvent, 'onEvent') as ResolvedFit['onEvent'],
  };
}

/**
 * Checks the options of `evaluate` and fills in the defaults.
 *
 * @throws ArgumentError
 */
export function resolveEvaluation(input: unknown, context: OptionsContext): ResolvedEvaluation {
  const options = requireObject(input, 'options');
  const keys = objectiveKeys(context, evaluated);
  requireKnownKeys(options, [...keys, 'batchSize', 'threads', 'precision'], '');
  return {
    objective: resolveObjective(options, context, evaluated),
    batchSize: optionalInteger(options.batchSize, 'batchSize', countRule),
    threads: optionalInteger(options.threads, 'threads', threadsRule),
    precision: precisionOption(options.precision),
  };
}

/**
 * Checks the options of `predict` and its kin.
 *
 * @throws ArgumentError
 */
export function resolvePrediction(input: unknown): ResolvedPrediction {
  const options = requireObject(input, 'options');
  requireKnownKeys(options, ['threads', 'precision'], '');
  const threads = optionalInteger(options.threads, 'threads', threadsRule);
  const precision = precisionOption(options.precision);
  return {
    ...(threads !== undefined && { threads }),
    ...(precision !== undefined && { precision }),
  };
}

/** The array to fill, not checked yet: its length depends on the inputs. */
export function outputOption(input: unknown): unknown {
  if (input === undefined) return undefined;
  const options = requireObject(input, 'options');
  requireKnownKeys(options, ['output'], '');
  return options.output;
}

/**
 * Rows that train and the batch that they are cut into, after the validation has taken its share.
 *
 * @throws ArgumentError when one side is left without rows, or a batch is larger than the data.
 */
export function resolveBatchSize({ batchSize, validation }: ResolvedFit, rows: number): number {
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

/** @throws ArgumentError */
export function optionalInteger(
  value: unknown,
  path: string,
  rule: { minimum: number; maximum: number },
): number | undefined {
  return value === undefined ? undefined : requireInteger(value, path, rule);
}

/** @throws ArgumentError */
export function precisionOption(value: unknown): Precision | undefined {
  const precision = precisions.find((name) => name === value);
  if (precision !== undefined || value === undefined) return precision;
  throw new ArgumentError({
    path: 'precision',
    expected: listOf(precisions),
    received: describeValue(value),
  });
}

function validationOption(value: unknown): ResolvedFit['validation'] {
  if (value === undefined) return undefined;
  if (typeof value === 'number') return { split: requireShare(value, 'validation') };
  if (isArray(value)) {
    throw new ArgumentError({
      path: 'validation',
      expected: 'a share of the rows, or an object with data',
      received: describeValue(value),
      remedy: 'Write { data: { inputs, targets } }, or { data: inputs } for an autoencoder.',
    });
  }
  const options = requireObject(value, 'validation');
  requireKnownKeys(options, ['split', 'data'], 'validation');
  if ('split' in options === 'data' in options) {
    throw new ArgumentError({
      path: 'validation',
      expected: 'either { split } or { data }',
      received: 'split' in options ? 'both' : 'neither',
    });
  }
  if ('data' in options) return { data: options.data };
  return { split: requireShare(options.split, 'validation.split') };
}

function requireShare(value: unknown, path: string): number {
  return requireNumber(value, path, {
    minimum: 0,
    maximum: 1,
    minimumExclusive: true,
    maximumExclusive: true,
  });
}
