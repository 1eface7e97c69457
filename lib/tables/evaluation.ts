import { prAuc, rocAuc } from '../metrics/probability.js';
import type { TablePredictions } from './predictions.js';

/** How good a model of a table is, by rows of which the truth is known. */

/** What is told of a class, as scikit-learn's `classification_report` has it. */
export interface ClassScores {
  /** The share of the rows taken for this class that are of it; 0 where none was taken for it. */
  readonly precision: number;
  /** The share of the rows of this class that were taken for it; 0 where there is none. */
  readonly recall: number;
  readonly f1: number;
  /** Rows that are of this class. */
  readonly support: number;
}

/** Of a classifier. */
export interface ClassEvaluation {
  readonly task: 'classification';
  readonly rows: number;
  /** The share of the rows whose likeliest class is the right one. */
  readonly accuracy: number;
  /** The cross-entropy. */
  readonly logLoss: number;
  /** In the order of the classes of the model. */
  readonly classes: readonly (ClassScores & { readonly name: string })[];
  /** The mean over the classes that rows are of, or were taken for. */
  readonly macro: ClassScores;
  /** The mean over the rows. */
  readonly weighted: ClassScores;
  /** Rows of each class (down) that were taken for each class (across); null for more than 1,000 classes. */
  readonly confusion: readonly (readonly number[])[] | null;
}

/** Of a regressor: errors are in the unit of the target. */
export interface NumberEvaluation {
  readonly task: 'regression';
  readonly rows: number;
  readonly target: string;
  /** The share of the variance that is explained: 1 is perfect, 0 as good as the mean of these rows. */
  readonly r2: number;
  readonly rootMeanSquaredError: number;
  readonly meanAbsoluteError: number;
  /** Of a model with intervals; else null. */
  readonly intervals: EvaluatedIntervals | null;
}

export interface EvaluatedIntervals {
  /** The share of the rows whose truth lies within. */
  readonly coverage: number;
  /** From one end to the other, in the unit of the target. */
  readonly meanWidth: number;
}

/** Of an autoencoder. */
export interface AnomalyEvaluation {
  readonly task: 'autoencoding';
  readonly rows: number;
  readonly meanScore: number;
  /** Rows above the threshold; null where there is none. */
  readonly anomalies: number | null;
  /** Where a column says which rows are wrong; else null. */
  readonly found: FoundAnomalies | null;
}

export interface FoundAnomalies {
  /** Rows that are wrong. */
  readonly wrong: number;
  /** The chance that a wrong row has a higher score than another. */
  readonly rocAuc: number;
  /** The area under precision and recall. */
  readonly prAuc: number;
  /** By the threshold; null where there is none. */
  readonly precision: number | null;
  readonly recall: number | null;
}

export type TableEvaluation = ClassEvaluation | NumberEvaluation | AnomalyEvaluation;

/** Nobody looks through a larger matrix, and it would not fit into memory. */
const mostShownClasses = 1000;

/** Counts classes. */
export class ClassTally {
  readonly #names: readonly string[];
  /** Rows by the numbers of their class and of the one that they were taken for. */
  readonly #counts = new Map<number, number>();
  readonly #numbers: ReadonlyMap<string, number>;
  #loss = 0;

  constructor(names: readonly string[]) {
    this.#names = names;
    this.#numbers = new Map(names.map((name, number) => [name, number]));
  }

  /** @param truths the number of the class of each row */
  add({ predictions, probabilities }: TablePredictions, truths: readonly number[]): void {
    for (const [row, truth] of truths.entries()) {
      const taken = this.#numbers.get(String(predictions[row])) ?? 0;
      const pair = truth * this.#names.length + taken;
      this.#counts.set(pair, (this.#counts.get(pair) ?? 0) + 1);
      const share = probabilities?.values[row * this.#names.length + truth] ?? 0;
      this.#loss -= Math.log(Math.max(Number.EPSILON, share));
    }
  }

  result(): ClassEvaluation {
    const { length } = this.#names;
    const actual = new Float64Array(length);
    const taken = new Float64Array(length);
    for (const [pair, count] of this.#counts) {
      const truth = Math.floor(pair / length);
      actual[truth] = (actual[truth] ?? 0) + count;
      taken[pair % length] = (taken[pair % length] ?? 0) + count;
    }
    const hitsOf = (kind: number): number => this.#counts.get(kind * length + kind) ?? 0;
    const rows = actual.reduce((total, count) => total + count, 0);
    const classes = this.#names.map((name, kind) => {
      const hits = hitsOf(kind);
      const [support = 0, guesses = 0] = [actual[kind], taken[kind]];
      const [precision, recall] = [ratio(hits, guesses), ratio(hits, support)];
      return { name, precision, recall, f1: ratio(2 * hits, guesses + support), support };
    });
    const seen = classes.filter((_, kind) => (actual[kind] ?? 0) + (taken[kind] ?? 0) > 0);
    const mean = (weight: (of: ClassScores) => number): ClassScores => {
      const all = sum(seen.map(weight));
      const of = (name: 'precision' | 'recall' | 'f1'): number =>
        ratio(sum(seen.map((each) => weight(each) * each[name])), all);
      return { precision: of('precision'), recall: of('recall'), f1: of('f1'), support: rows };
    };
    return {
      task: 'classification',
      rows,
      accuracy: ratio(sum(this.#names.map((_, kind) => hitsOf(kind))), rows),
      logLoss: ratio(this.#loss, rows),
      classes,
      macro: mean(() => 1),
      weighted: mean(({ support }) => support),
      confusion: length > mostShownClasses ? null : this.#confusion(),
    };
  }

  #confusion(): number[][] {
    const names = this.#names;
    return names.map((_, truth) =>
      names.map((__, taken) => this.#counts.get(truth * names.length + taken) ?? 0),
    );
  }
}

/** Sums errors of numbers. */
export class NumberTally {
  readonly #target: string;
  #rows = 0;
  #squares = 0;
  #absolutes = 0;
  #mean = 0;
  #spread = 0;
  #within = 0;
  #widths = 0;
  #hasIntervals = false;

  constructor(target: string) {
    this.#target = target;
  }

  add({ predictions, lower, upper }: TablePredictions, truths: readonly number[]): void {
    this.#hasIntervals = lower !== null;
    for (const [row, truth] of truths.entries()) {
      const [low = Number.NaN, high = Number.NaN] = [lower?.[row], upper?.[row]];
      this.#within += Number(low <= truth && truth <= high);
      this.#widths += high - low;
      const error = Number(predictions[row]) - truth;
      this.#rows++;
      this.#squares += error ** 2;
      this.#absolutes += Math.abs(error);
      // Welford's update: exact enough for a target that is large beside its spread.
      const difference = truth - this.#mean;
      this.#mean += difference / this.#rows;
      this.#spread += difference * (truth - this.#mean);
    }
  }

  result(): NumberEvaluation {
    const squares = this.#squares;
    // As scikit-learn has it where all truths are the same.
    const unexplained = this.#spread > 0 ? squares / this.#spread : Number(squares > 0);
    return {
      ...{ task: 'regression', rows: this.#rows, target: this.#target, r2: 1 - unexplained },
      rootMeanSquaredError: Math.sqrt(ratio(squares, this.#rows)),
      meanAbsoluteError: ratio(this.#absolutes, this.#rows),
      intervals: this.#hasIntervals
        ? {
            coverage: ratio(this.#within, this.#rows),
            meanWidth: ratio(this.#widths, this.#rows),
          }
        : null,
    };
  }
}

/** Keeps scores, of which the order counts. */
export class AnomalyTally {
  readonly #scores: number[] = [];
  readonly #labels: number[] = [];
  #threshold: number | null = null;

  /** @param wrong whether each row is wrong; undefined where nobody knows */
  add({ predictions, threshold }: TablePredictions, wrong: readonly boolean[] | undefined): void {
    this.#threshold = threshold;
    for (const score of predictions) this.#scores.push(Number(score));
    for (const label of wrong ?? []) this.#labels.push(Number(label));
  }

  /** @throws DataError where all rows are wrong, or none is */
  result(): AnomalyEvaluation {
    const scores = this.#scores;
    const limit = this.#threshold;
    const anomalies = limit === null ? null : scores.filter((score) => score > limit).length;
    return {
      ...{ task: 'autoencoding', rows: scores.length, anomalies },
      meanScore: ratio(sum(scores), scores.length),
      found: this.#labels.length === 0 ? null : this.#found(anomalies),
    };
  }

  #found(anomalies: number | null): FoundAnomalies {
    const [scores, labels, limit] = [this.#scores, this.#labels, this.#threshold];
    const wrong = sum(labels);
    const isHit = (score: number, row: number): boolean =>
      score > (limit ?? 0) && labels[row] === 1;
    const hits = limit === null ? null : scores.filter(isHit).length;
    return {
      wrong,
      rocAuc: rocAuc(scores, labels),
      prAuc: prAuc(scores, labels),
      precision: hits === null ? null : ratio(hits, anomalies ?? 0),
      recall: hits === null ? null : ratio(hits, wrong),
    };
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** 0 where there is nothing to divide by. */
function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
