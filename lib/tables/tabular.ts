import { requireInteger, requireKnownKeys, requireObject, sizeRule } from '../checks.js';
import type { Task } from '../data/targetInference.js';
import { ArgumentError } from '../errors.js';
import { type Sequential, sequential } from '../model/sequential.js';
import {
  type ActivationName,
  adam,
  crossEntropy,
  type LossOption,
  type OptimizerOption,
  type ScheduleOption,
  scaling,
} from '../network/generated.js';
import { dense } from '../network/layers/dense.js';
import {
  type EmbeddedColumn,
  type EmbeddingLayer,
  embedding,
} from '../network/layers/embedding.js';

/**
 * RealMLP-TD-S, a network for tables and how it is trained, with defaults that were tuned on many tables at once
 * (Holzmüller, Grinsztajn and Steinwart 2024, "Better by default").
 */

export interface TabularOptions {
  /** Columns of the input. */
  readonly inputSize: number;
  /**
   * Classes to tell apart, 2 or more: the network is a classifier, whose outputs are probabilities.
   *
   * @default none: the network predicts numbers
   */
  readonly classes?: number | undefined;
  /**
   * Numbers to predict, where there are no classes. They are to have a mean of 0 and a deviation of 1.
   *
   * @default 1
   */
  readonly outputs?: number | undefined;
  /**
   * Rows to train on, where these may be fewer than a batch.
   *
   * @default as many as a batch, or more
   */
  readonly rows?: number | undefined;
  /**
   * Units of the hidden layers.
   *
   * @default [256, 256, 256]
   */
  readonly hidden?: readonly number[] | undefined;
  /**
   * Inputs that hold the index of a level of a category, each with the levels and the units of its vectors.
   *
   * @default none
   */
  readonly embeddings?: readonly EmbeddedColumn[] | undefined;
  /**
   * Seed of the first weights.
   *
   * @default 0
   */
  readonly seed?: number | undefined;
  /**
   * Epochs, over which the schedule runs.
   *
   * @default 256
   */
  readonly epochs?: number | undefined;
  /**
   * Rows of a batch.
   *
   * @default 256, or all rows where there are fewer
   */
  readonly batchSize?: number | undefined;
  /**
   * The top of the schedule.
   *
   * @default 0.04 for classes, 0.07 for numbers
   */
  readonly learningRate?: number | undefined;
  /**
   * The share of each target that is spread over all classes.
   *
   * @default 0.1
   */
  readonly labelSmoothing?: number | undefined;
}

/** Options of `fit`; others may stand beside them. */
export interface TabularTraining {
  readonly epochs: number;
  readonly batchSize: number;
  readonly loss: LossOption;
  readonly optimizer: OptimizerOption;
  readonly schedule: ScheduleOption;
}

export interface Tabular {
  /** The untrained network. */
  readonly model: Sequential;
  /** What `model.fit` is to be called with, for the defaults that belong to the network. */
  readonly training: TabularTraining;
}

const optionNames: readonly (keyof TabularOptions)[] = [
  ...(['inputSize', 'classes', 'outputs', 'rows', 'hidden', 'embeddings', 'seed'] as const),
  ...(['epochs', 'batchSize', 'learningRate', 'labelSmoothing'] as const),
];

export const tabularHidden = [256, 256, 256];
const defaultEpochs = 256;
const rowsInBatch = 256;

/** Beside the weights, whose factor is 1. */
const factorOfScales = 6;
const factorOfBiases = 0.1;

/**
 * RealMLP-TD-S (Holzmüller, Grinsztajn and Steinwart 2024): a learned factor for each input, whose rate is 6 times
 * that of the weights; three hidden layers of 256 units, selu for classes and mish for numbers, in the neural tangent
 * parametrisation, whose biases have a tenth of the rate; a last layer that begins with zeros. It is trained by `adam`
 * with `beta2` 0.95 on the schedule `cosineLog`, for 256 epochs; classes with `labelSmoothing` 0.1.
 *
 * What the published defaults have besides: numbers are scaled by their quartiles and clipped smoothly, and where rows
 * for validation are kept, the weights of the best epoch are.
 *
 * ```ts
 * const { model, training } = tabular({ inputSize: 4, classes: 3, rows: 150 });
 * await model.fit(data, training);
 * ```
 *
 * @returns The untrained model, and the options of `fit` that belong to it.
 * @throws ArgumentError
 */
export function tabular(options: TabularOptions): Tabular {
  requireKnownKeys(requireObject(options, 'options'), optionNames, '');
  const { classes } = options;
  if (classes !== undefined) {
    requireInteger(classes, 'classes', { ...sizeRule, minimum: 2 });
    requireNoOutputs(options.outputs);
  }
  const { embeddings = [] } = options;
  const vectors = embeddings.length > 0 ? [embedding({ columns: embeddings })] : [];
  return Object.freeze({
    model: tabularNetwork({ ...options, vectors }),
    training: tabularTraining(options),
  });
}

function requireNoOutputs(outputs: unknown): void {
  if (outputs === undefined) return;
  throw new ArgumentError({
    path: 'outputs',
    expected: 'no such option beside classes',
    received: String(outputs),
    remedy: 'Give classes for a classifier, outputs for numbers.',
  });
}

export function tabularActivation(task: Task): ActivationName {
  return task === 'classification' ? 'selu' : 'mish';
}

/** The layers that `tabular` has behind those of the vectors of categories. */
export function tabularNetwork({
  inputSize,
  classes,
  outputs = 1,
  hidden = tabularHidden,
  vectors,
  seed = 0,
}: Omit<TabularOptions, 'embeddings'> & {
  readonly vectors: readonly EmbeddingLayer[];
}): Sequential {
  const activation = tabularActivation(classes === undefined ? 'regression' : 'classification');
  const shared = {
    parametrisation: 'ntk',
    learningRateFactor: { bias: factorOfBiases },
  } as const;
  const layers = [
    ...vectors,
    scaling({ learningRateFactor: factorOfScales }),
    ...hidden.map((units) =>
      dense(units, {
        ...shared,
        activation,
        biasInitializer: { type: 'normal', standardDeviation: 1 },
      }),
    ),
    dense(classes ?? outputs, {
      ...shared,
      activation: classes === undefined ? 'linear' : 'softmax',
      kernelInitializer: 'zeros',
    }),
  ];
  return sequential(layers, { inputSize, seed });
}

/** What `tabular` gives for `fit`. */
export function tabularTraining({
  classes,
  rows = rowsInBatch,
  batchSize = Math.min(rowsInBatch, rows),
  epochs = defaultEpochs,
  learningRate = classes === undefined ? 0.07 : 0.04,
  labelSmoothing = 0.1,
}: Omit<TabularOptions, 'inputSize'>): TabularTraining {
  return Object.freeze({
    ...{ epochs, batchSize },
    loss: classes === undefined ? 'meanSquaredError' : crossEntropy({ labelSmoothing }),
    optimizer: adam({ learningRate, beta2: 0.95 }),
    schedule: { type: 'cosineLog' },
  } as const);
}
