import type { RunningMetrics } from '../network/metrics.js';
import type { TrainingStatistics } from './statistics.js';
import type { TrainingWarning } from './warnings.js';

/** What a run tells while it trains, and what it gives at the end. */

/** The running state of an epoch; sent a few times a second. */
export interface TrainingProgressEvent<Metric extends string = string> {
  readonly type: 'progress';
  /** The epoch that runs, from 1. */
  readonly epoch: number;
  /** Batches of this epoch that are done. */
  readonly batch: number;
  readonly batches: number;
  /** Mean loss of the epoch so far. */
  readonly loss: number;
  /** Of the epoch so far. Areas under curves are known at its end alone. */
  readonly metrics: RunningMetrics<Metric>;
  /** Of each output by its name, where a network has several; those of an autoencoder's `outputs`. */
  readonly outputs?: Readonly<Record<string, OutputResult>>;
  readonly rowsPerSecond: number;
}

/** Loss and metrics over rows that were not trained on. */
export interface ValidationResult<Metric extends string = string> {
  readonly loss: number;
  readonly metrics: Readonly<Record<Metric, number>>;
  /** Of each output by its name, where a network has several; those of an autoencoder's `outputs`. */
  readonly outputs?: Readonly<Record<string, OutputResult>>;
}

/** Loss and metrics of one of several outputs. */
export interface OutputResult {
  /** Its own, without its weight and without what layers add to that of the network. */
  readonly loss: number;
  readonly metrics: Readonly<Record<string, number>>;
}

/** The results of one epoch. */
export interface EpochResult<Metric extends string = string> {
  /** The epoch, from 1. */
  readonly epoch: number;
  /** Epochs that were asked for. */
  readonly epochs: number;
  /** Mean loss over the rows of the epoch, each measured before the update of its batch. */
  readonly loss: number;
  readonly metrics: Readonly<Record<Metric, number>>;
  /** Of each output by its name, where a network has several; those of an autoencoder's `outputs`. */
  readonly outputs?: Readonly<Record<string, OutputResult>>;
  /** Measured after the epoch; null without the option `validation`. */
  readonly validation: ValidationResult<Metric> | null;
  /** That of the last update of the epoch, as the schedule has it. */
  readonly learningRate: number;
  readonly seconds: number;
  readonly rowsPerSecond: number;
}

/** An epoch has ended. */
export interface TrainingEpochEvent<Metric extends string = string> extends EpochResult<Metric> {
  readonly type: 'epoch';
}

/** What the layers did with a sample of the rows; with the option `statistics`. */
export interface TrainingStatisticsEvent extends TrainingStatistics {
  readonly type: 'statistics';
}

/** Something goes wrong without being an error; see `TrainingWarning`. */
export interface TrainingWarningEvent extends TrainingWarning {
  readonly type: 'warning';
}

/** A checkpoint is on the disk: what the method `onCheckpoint` of a listener is told. */
export interface TrainingCheckpoint {
  /** The file. */
  readonly path: string;
  /** Epochs that were over when it was taken. */
  readonly epoch: number;
  /** Updates of the whole run until then. */
  readonly updates: number;
}

export type TrainingEvent<Metric extends string = string> =
  | TrainingProgressEvent<Metric>
  | TrainingEpochEvent<Metric>
  | TrainingStatisticsEvent
  | TrainingWarningEvent;

/** A batch whose loss or gradient was not finite, or after which a weight was not. */
export interface NonFiniteBatch {
  /** The epoch, from 1. */
  readonly epoch: number;
  /** The batch within it, from 1. */
  readonly batch: number;
  /** What the run did then. */
  readonly action: 'skipBatch' | 'rollback';
}

/** What a finished run gives. */
export interface History<Metric extends string = string> {
  readonly epochs: readonly EpochResult<Metric>[];
  /** What went wrong without being an error. */
  readonly warnings: readonly TrainingWarning[];
  /** What the option `statistics` asked for, else empty. */
  readonly statistics: readonly TrainingStatistics[];
  /**
   * `stopped` after `run.stop()`, `timeLimit` by the option of that name: the last epoch may then be missing from
   * `epochs`. `stoppedEarly` by the option `earlyStopping`; `converged` when `lbfgs` found no better weights.
   */
  readonly stopReason: 'completed' | 'stopped' | 'timeLimit' | 'stoppedEarly' | 'converged';
  /** The best epoch by the option `earlyStopping` and what it monitors; null without it. */
  readonly bestEpoch: number | null;
  /** Where numbers were not finite and the run went on, by the option `onNonFinite`. */
  readonly nonFinite: readonly NonFiniteBatch[];
  /** Seconds of training, without the copy of the data. */
  readonly seconds: number;
  readonly rowsPerSecond: number;
  /** Threads that trained, at most: there may have been fewer while others had work for them. */
  readonly threads: number;
  /** Native memory of the compiled plan, in bytes. */
  readonly arenaBytes: number;
}
