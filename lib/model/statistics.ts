import { countRule, describeValue, requireObject } from '../checks.js';
import { ArgumentError } from '../errors.js';
import { type InputsOf, optionalInteger, readOnlyOptions, type ValuesOf } from './optionRows.js';

/** What a run tells about its layers, and the option that asks for it. */

const statisticsRows = {
  /**
   * After the last update of every so many epochs.
   *
   * @default 1
   */
  everyEpochs: optionalInteger(countRule),
  /**
   * After every so many updates, counted over the whole run.
   *
   * @default by epochs
   */
  everyUpdates: optionalInteger(countRule),
  /**
   * Rows of the training data to look at: a sample drawn by the seed, the same every time.
   *
   * @default 256, or all if fewer
   */
  rows: optionalInteger(countRule),
};

/** When a run looks into its layers, and at how many rows. Either of the first two, or neither. */
export interface StatisticsOptions extends InputsOf<typeof statisticsRows> {}

/** Mean, standard deviation (of all numbers, divided by their count) and Euclidean norm. */
export interface Spread {
  readonly mean: number;
  readonly std: number;
  readonly norm: number;
}

/** What one layer did with a sample of the training rows. */
export interface LayerStatistics {
  /**
   * The layer, from 0, and the same as a path: `layers[3]`. The layers in a residual block have the
   * number of the block, and a path that goes on: `layers[3].layers[0]`; so do those of heads:
   * `layers[3].heads.digit[0]`.
   */
  readonly layer: number;
  readonly path: string;
  readonly type: string;
  /** Whether it gives an output of the network: the last layer, or the last one of a head. */
  readonly isOutput: boolean;
  /** What the layer gives, after its activation: over rows and units. */
  readonly outputs: Spread;
  /** Share of the units whose output is 0 for every row, 0 to 1: dead rectifiers. */
  readonly deadUnits: number;
  /**
   * Share of the outputs, over rows and units, at which the activation is all but flat: the absolute
   * value of its derivative is below 0.01. Outputs of exactly 0 do not count: a rectifier that is off
   * is not saturated. 0 without an activation; null for those of whole rows, such as softmax.
   */
  readonly saturated: number | null;
  /**
   * Gradient of the loss by what the layer computes before its activation, over rows and units. Null
   * before the first layer that learns.
   */
  readonly outputGradients: Spread | null;
  /** Gradient of the loss by the trainable parameters of the layer; null if it has none. */
  readonly gradients: Spread | null;
  /** Euclidean norm of these parameters; null if there are none. */
  readonly weightNorm: number | null;
  /**
   * Norm of the last update over `weightNorm`; null also where that is 0. About 0.001 is healthy for
   * most networks.
   */
  readonly updateRatio: number | null;
}

/** All layers after an update, looked at in a training pass (noise and batch statistics included). */
export interface TrainingStatistics {
  /** The epoch, from 1. */
  readonly epoch: number;
  /** Updates so far, over the whole run. */
  readonly update: number;
  /** Rows that were looked at. */
  readonly rows: number;
  readonly layers: readonly LayerStatistics[];
}

export type ResolvedStatistics = ValuesOf<typeof statisticsRows> | undefined;

/** @throws ArgumentError */
export function readStatistics(given: unknown, path: string): ResolvedStatistics {
  if (given === false) return undefined;
  if (given !== true && typeof given !== 'object') {
    throw new ArgumentError({
      path,
      expected: 'true, false, or an object such as { everyEpochs: 5 }',
      received: describeValue(given),
    });
  }
  const options = given === true ? {} : requireObject(given, path);
  const statistics = readOnlyOptions(statisticsRows, options, path, undefined);
  // Where neither is given, the core takes every epoch.
  if (statistics.everyEpochs === undefined || statistics.everyUpdates === undefined) {
    return statistics;
  }
  throw new ArgumentError({
    path,
    expected: 'either everyEpochs or everyUpdates',
    received: 'both',
    remedy: 'Leave one of them out.',
  });
}
