/**
 * What a report shows, as plain data: JSON that stands in the page. The program that collects it and the page that draws
 * it share this file alone. A number that JSON has no word for (NaN, the infinities) is null.
 */

export type ReportLanguage = 'en' | 'ko';

export interface ReportData {
  readonly language: ReportLanguage;
  /** The name of the file or of the run. */
  readonly title: string;
  readonly subject: 'training' | 'search' | 'model';
  /** Of the package that made it. */
  readonly version: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly facts: readonly Fact[];
  readonly sections: readonly Section[];
  /** Of a page that is told of a training while it runs; null in a file. */
  readonly live: LiveState | null;
}

/** What stands at the head of the page; the page has words for the names. */
export interface Fact {
  readonly name: FactName;
  readonly value: string | number | null;
}

export type FactName =
  | 'data'
  | 'model'
  | 'task'
  | 'target'
  | 'rows'
  | 'validationRows'
  | 'networks'
  | 'parameters'
  | 'epochs'
  | 'loss'
  | 'validationLoss'
  | 'seconds'
  | 'stopReason'
  | 'trials'
  | 'bestTrial'
  | 'bestValue'
  | 'direction';

/** How a live page speaks to its server. */
export interface LiveState {
  /** Whether it runs still. */
  readonly isRunning: boolean;
  /** Whether it may be asked to stop. */
  readonly canStop: boolean;
}

export type Section =
  | CurvesSection
  | ClassesSection
  | NumbersSection
  | AnomaliesSection
  | LayersSection
  | ImportanceSection
  | StudySection;

/** A number, or null where it is not finite. */
export type Value = number | null;

/** Loss, metrics and learning rate, epoch by epoch. */
export interface CurvesSection {
  readonly type: 'curves';
  /** One for each training. */
  readonly networks: readonly NetworkCurves[];
}

export interface NetworkCurves {
  /** Of several that predict together, or of several trainings: which it is, from 1; null for one alone. */
  readonly member: number | null;
  /** Which of the two `member` counts. */
  readonly counted: 'networks' | 'trainings';
  /** Whether it is the last training, on all rows. */
  readonly refit: boolean;
  /** Epochs that were trained: more than are shown, where they are thinned out. */
  readonly trained: number;
  /** The one whose weights were kept, by validation; null where it is the last. */
  readonly bestEpoch: number | null;
  /** Epochs that are shown, from 1. The lists below have one value for each. */
  readonly epochs: readonly number[];
  /** The loss first, then the metrics. */
  readonly measures: readonly Measure[];
  readonly learningRate: readonly Value[];
}

export interface Measure {
  /** `loss`, or that of a metric. */
  readonly name: string;
  readonly training: readonly Value[];
  /** Null without validation. */
  readonly validation: readonly Value[] | null;
}

/** Which rows a model was judged by. */
export interface JudgedRows {
  readonly rows: number;
  /** `validation`: those that were kept from the training; `file`: those of a file; `training`: those that it learned. */
  readonly from: 'validation' | 'file' | 'training';
  /** The name of the file; null where there is none. */
  readonly file: string | null;
}

/** How good a classifier is. */
export interface ClassesSection {
  readonly type: 'classes';
  readonly judged: JudgedRows;
  readonly target: string;
  readonly accuracy: number;
  readonly logLoss: number;
  readonly calibrationError: number;
  readonly classes: readonly ClassMeasures[];
  /** Rows of each class (down) taken for each class (across); null for too many classes to be looked at. */
  readonly confusion: readonly (readonly number[])[] | null;
  /** The likeliest class of each row, in bins of its probability. */
  readonly calibration: readonly CalibrationBin[];
  /** Those to which the right class seemed the least likely. */
  readonly worst: readonly WrongRow[];
}

export interface ClassMeasures {
  readonly name: string;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly support: number;
  /** One class against the others; null where there is no row of it, or of no other, or too many classes. */
  readonly curves: RankingCurves | null;
}

export interface RankingCurves {
  readonly rocAuc: number;
  readonly prAuc: number;
  readonly roc: readonly Point[];
  readonly pr: readonly Point[];
}

/** `[x, y]`. */
export type Point = readonly [number, number];

export interface CalibrationBin {
  /** Ends of the bin, as probabilities. */
  readonly from: number;
  readonly to: number;
  readonly rows: number;
  /** The mean of what was said. */
  readonly said: number;
  /** The share that came true. */
  readonly true: number;
}

/** A row with what it holds. */
export interface ShownRow {
  /** The line of the file, or the number of the row, from 1; null where it is not known. */
  readonly place: number | null;
  readonly values: readonly NamedValue[];
}

export interface NamedValue {
  readonly name: string;
  readonly value: string | number | null;
}

export interface WrongRow extends ShownRow {
  readonly actual: string;
  readonly predicted: string;
  /** What was given to the right class. */
  readonly probability: number;
}

/** How good a regressor is, in the unit of its target. */
export interface NumbersSection {
  readonly type: 'numbers';
  readonly judged: JudgedRows;
  readonly target: string;
  readonly r2: number;
  readonly rootMeanSquaredError: number;
  readonly meanAbsoluteError: number;
  /** `[real, predicted]`, of a sample where there are many. */
  readonly points: readonly Point[];
  /** Predicted less real. */
  readonly residuals: Histogram;
  readonly worst: readonly FarRow[];
}

export interface FarRow extends ShownRow {
  readonly actual: number;
  readonly predicted: number;
}

/** Bins of the same width. */
export interface Histogram {
  readonly from: number;
  readonly to: number;
  readonly counts: readonly number[];
  /** Numbers beyond either end. */
  readonly below: number;
  readonly above: number;
}

/** How a detector judges rows. */
export interface AnomaliesSection {
  readonly type: 'anomalies';
  readonly judged: JudgedRows;
  readonly meanScore: number;
  /** Above it, a row is an anomaly; null for a model without a detector. */
  readonly threshold: number | null;
  readonly anomalies: number | null;
  readonly scores: Histogram;
  /** Where a column says which rows are wrong. */
  readonly found: FoundRows | null;
  readonly worst: readonly UnusualRow[];
}

export interface FoundRows {
  readonly column: string;
  readonly wrong: number;
  readonly wrongScores: Histogram;
  readonly curves: RankingCurves | null;
  readonly precision: number | null;
  readonly recall: number | null;
}

export interface UnusualRow extends ShownRow {
  readonly score: number;
  readonly wrong: boolean | null;
  readonly columns: readonly BlamedColumn[];
}

/** A column that a row fails on. */
export interface BlamedColumn {
  readonly name: string;
  readonly share: number;
  readonly value: string | number | null;
  readonly expected: string | number | null;
}

export interface LayersSection {
  readonly type: 'layers';
  /** Of the first network, where several predict together. */
  readonly networks: number;
  readonly layers: readonly LayerFacts[];
}

export interface LayerFacts {
  /** As `summary()` shows it. */
  readonly name: string;
  readonly type: string;
  readonly activation: string | null;
  readonly inputs: number;
  readonly outputs: number;
  readonly parameters: number;
  readonly tensors: readonly TensorFacts[];
  /** What the layer did with the training rows, where the training was asked. */
  readonly outputsMean: Value;
  readonly outputsDeviation: Value;
  readonly deadUnits: Value;
  readonly updateRatio: Value;
}

export interface TensorFacts {
  readonly name: string;
  readonly shape: readonly number[];
  readonly mean: number;
  readonly deviation: number;
  readonly values: Histogram;
}

export interface ImportanceSection {
  readonly type: 'importance';
  readonly judged: JudgedRows;
  /** The most important first. */
  readonly columns: readonly {
    readonly name: string;
    readonly importance: number;
    readonly spread: number;
  }[];
}

export interface StudySection {
  readonly type: 'study';
  readonly direction: 'minimize' | 'maximize';
  readonly best: number | null;
  readonly parameters: readonly StudyParameter[];
  readonly trials: readonly StudyTrial[];
  /** The most important first; empty where too few trials are complete. */
  readonly importance: readonly {
    readonly name: string;
    readonly importance: number;
    readonly deviation: number;
  }[];
}

export interface StudyParameter {
  readonly name: string;
  readonly log: boolean;
  /** The words of one that is no number; null for numbers. */
  readonly choices: readonly string[] | null;
}

export interface StudyTrial {
  readonly number: number;
  readonly state: 'running' | 'complete' | 'pruned' | 'failed';
  readonly value: Value;
  /** The last value on the way, of one that is not complete. */
  readonly last: Value;
  /** In the order of the parameters; null where one is not active. */
  readonly values: readonly (string | number | null)[];
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly finishedAt: number | null;
}

/** What a live page is told. */
export type LiveEvent =
  /** In place of what it shows. */
  | { readonly type: 'report'; readonly report: ReportData }
  /** In place of the section of the same type. */
  | { readonly type: 'section'; readonly section: Section }
  | {
      readonly type: 'progress';
      readonly epoch: number;
      /** That were asked for; null where it was said before. */
      readonly epochs: number | null;
      /** Of the epoch, from 0 to 1. */
      readonly share: number;
      readonly loss: Value;
      readonly rowsPerSecond: Value;
    };
