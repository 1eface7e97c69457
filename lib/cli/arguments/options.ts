import type { Language } from '../../course/lessons/lesson.js';
import type { UnknownPolicy } from '../../data/tableEncoder.js';
import type { Task } from '../../data/targetInference.js';
import type {
  ActivationSpec,
  MetricName,
  OptimizerSpec,
  ScheduleSpec,
} from '../../network/generated.js';
import type { samplers } from '../../search/samplers/index.js';

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
  /** Whether the decoder of an autoencoder uses the weights of its encoder. */
  readonly tied?: boolean | undefined;
  /** What codes that change with the row cost; no contractive autoencoder when undefined. */
  readonly contraction?: number | undefined;
  /** Share of the rows that an autoencoder is to take for anomalies; no threshold when undefined. */
  readonly contamination?: number | undefined;
  /** Units of the hidden layers; empty for none. */
  readonly hidden?: readonly number[] | undefined;
  readonly activation: ActivationSpec;
  /** Share of the hidden units that is 0 in each step; none when undefined. */
  readonly dropout?: number | undefined;
  readonly optimizer: OptimizerSpec;
  readonly schedule: ScheduleSpec;
  /** Measured besides the loss, and besides the accuracy of a classifier. */
  readonly metrics?: readonly MetricName[] | undefined;
  /** What `patience` and the schedule reduceOnPlateau go by. */
  readonly monitor?: string | undefined;
  /** Whether every epoch tells what its layers do. */
  readonly statistics?: boolean | undefined;
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
  /** What stands for a missing value, in any case, besides the empty field; the usual words when undefined. */
  readonly missing?: readonly string[] | undefined;
  readonly json: boolean;
}

/** Beside what is searched, as for `train`. */
export interface SearchOptions extends TrainOptions {
  readonly trials: number;
  /** Seconds after which no trial begins. */
  readonly timeLimit?: number | undefined;
  /** Folds of the cross-validation that judges each trial; `validation` does when undefined. */
  readonly folds?: number | undefined;
  /** The column by which rows stay in one fold; none when undefined. */
  readonly groups?: string | undefined;
  readonly sampler: SamplerName;
  readonly pruner: SearchPruner;
  readonly parallel?: number | undefined;
  /** JSON file with the space; one that suits most data when undefined. */
  readonly space?: string | undefined;
  /** Journal, from which the search goes on. */
  readonly study?: string | undefined;
  /** Whether the study is known to be of other rows of the same columns. */
  readonly studyData?: 'changed' | undefined;
  /** CSV or JSON file for all trials. */
  readonly results?: string | undefined;
}

export type SamplerName = keyof typeof samplers;

/** The pruners that need nothing but the number of epochs. */
export const searchPruners = ['none', 'median', 'successiveHalving', 'hyperband'] as const;
export type SearchPruner = (typeof searchPruners)[number];

export interface PredictOptions {
  readonly model: string;
  /** CSV or IDX, plain or gzip; `-` for standard input. */
  readonly data: string;
  /** Standard output when undefined. */
  readonly out?: string | undefined;
  readonly delimiter?: string | undefined;
  readonly encoding?: string | undefined;
  readonly unknown: UnknownPolicy;
  /** Whether fields that a spreadsheet would take for formulas are made text. */
  readonly escapeFormulas?: boolean | undefined;
  readonly threads?: number | undefined;
  readonly json: boolean;
}

export interface InspectOptions {
  readonly file: string;
  readonly json: boolean;
}

export interface RepairOptions {
  /** The journal of a study. */
  readonly file: string;
  /** In its place when undefined. */
  readonly out?: string | undefined;
  readonly json: boolean;
}

export interface BuildOptions {
  /** Compilers at a time; as many as there are cores when undefined. */
  readonly jobs?: number | undefined;
  /** Whether everything that the compiler prints is shown. */
  readonly verbose: boolean;
  readonly json: boolean;
}

export interface CourseOptions {
  /** The number or the name of a lesson; all are listed when undefined. */
  readonly lesson?: string | undefined;
  /** That of the locale when undefined. */
  readonly lang?: Language | undefined;
  /** Where the picture goes; into the current folder when undefined. */
  readonly out?: string | undefined;
  /** Whether the program is to be shown and not run. */
  readonly print: boolean;
}

export interface InfoOptions {
  readonly json: boolean;
}

export type Invocation =
  | { readonly command: 'course'; readonly options: CourseOptions }
  | { readonly command: 'train'; readonly options: TrainOptions }
  | { readonly command: 'search'; readonly options: SearchOptions }
  | { readonly command: 'predict'; readonly options: PredictOptions }
  | { readonly command: 'inspect'; readonly options: InspectOptions }
  | { readonly command: 'study repair'; readonly options: RepairOptions }
  | { readonly command: 'build'; readonly options: BuildOptions }
  | { readonly command: 'info'; readonly options: InfoOptions }
  /** `--help` and `--version`: text to print. Without any command the help is an error message. */
  | { readonly command: 'print'; readonly text: string; readonly isError: boolean };
