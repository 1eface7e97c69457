import type { UnknownPolicy } from '../data/tableEncoder.js';
import type { Task } from '../data/tableInference.js';
import type { ActivationSpec, OptimizerSpec, ScheduleSpec } from '../spec/generated.js';

/** What each command is asked to do, as plain data: arguments.ts makes it, the commands take it. */

export interface TrainOptions {
  /** CSV or IDX, plain or gzip. */
  readonly data: string;
  /** IDX file with the labels of IDX data. */
  readonly labels?: string | undefined;
  readonly target?: string | undefined;
  readonly task?: Task | undefined;
  readonly autoencoder: boolean;
  readonly code?: number | undefined;
  /** Whether all classes count the same in the loss, however many rows they have. */
  readonly balanced: boolean;
  /** Share of the rows that an autoencoder is to take for anomalies; no threshold when undefined. */
  readonly contamination?: number | undefined;
  /** Units of the hidden layers; empty for none. */
  readonly hidden?: readonly number[] | undefined;
  readonly activation: ActivationSpec;
  readonly optimizer: OptimizerSpec;
  readonly schedule: ScheduleSpec;
  /** Epochs without progress after which the training ends; never when undefined. */
  readonly patience?: number | undefined;
  readonly epochs?: number | undefined;
  readonly batchSize?: number | undefined;
  /** Share of the rows, 0 for none. */
  readonly validation: number;
  readonly seed: number;
  readonly threads?: number | undefined;
  readonly out?: string | undefined;
  readonly delimiter?: string | undefined;
  readonly header: boolean;
  readonly encoding?: string | undefined;
  readonly ignore: readonly string[];
  readonly maxCategories: number;
  readonly json: boolean;
}

export interface PredictOptions {
  readonly model: string;
  /** CSV or IDX, plain or gzip; `-` for standard input. */
  readonly data: string;
  /** Standard output when undefined. */
  readonly out?: string | undefined;
  readonly delimiter?: string | undefined;
  readonly encoding?: string | undefined;
  readonly unknown: UnknownPolicy;
  readonly threads?: number | undefined;
  readonly json: boolean;
}

export interface InspectOptions {
  readonly file: string;
  readonly json: boolean;
}

export interface InfoOptions {
  readonly json: boolean;
}

export type Invocation =
  | { readonly command: 'train'; readonly options: TrainOptions }
  | { readonly command: 'predict'; readonly options: PredictOptions }
  | { readonly command: 'inspect'; readonly options: InspectOptions }
  | { readonly command: 'info'; readonly options: InfoOptions }
  /** `--help` and `--version`: text to print. Without any command the help is an error message. */
  | { readonly command: 'print'; readonly text: string; readonly isError: boolean };
