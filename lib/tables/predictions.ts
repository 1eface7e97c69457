import type { Matrix } from '../data/matrix.js';
import type { TargetColumn } from '../data/tableSchema.js';
import type { Ends } from './intervals.js';
import { stacked } from './outOfFold.js';

/** What a model of a table says of rows, in the terms of the table. */

/** What is predicted for one row: plain data. */
export interface TablePrediction {
  /**
   * The likeliest class by its name, or the number in the unit of the target. Of an autoencoder, how unusual the row
   * is: the score of its detector or, where it has none, the mean squared error of its reconstruction.
   */
  readonly prediction: string | number;
  /**
   * Of a model with intervals, between which the number lies with the probability that was asked for, in the unit of the
   * target. The prediction is within.
   */
  readonly lower?: number;
  readonly upper?: number;
  /** Of a classifier, the probability of each class. */
  readonly probabilities?: Readonly<Record<string, number>>;
  /** Of an autoencoder with a threshold, whether the row lies above it. */
  readonly anomaly?: boolean;
}

/** What is predicted for rows, column by column; iterated, or made into JSON, row by row. */
export class TablePredictions implements Iterable<TablePrediction> {
  /** As of `TablePrediction.prediction`: names of classes, or numbers. Shape (rows). */
  readonly predictions: readonly string[] | Float64Array;
  /** As of `TablePrediction.lower` and `upper`. Shape (rows); null where there are none. */
  readonly lower: Float64Array | null;
  readonly upper: Float64Array | null;
  /** The names of the classes, in the order of the probabilities; null where there are none. */
  readonly classes: readonly string[] | null;
  /** Shape (rows, classes); null where there are none. */
  readonly probabilities: Matrix | null;
  /** Above which a row is an anomaly; null where there is none. */
  readonly threshold: number | null;

  /** @internal Made by the predictions of a `TableModel`. */
  constructor(parts: PredictedColumns) {
    this.predictions = parts.predictions;
    this.lower = parts.ends?.lower ?? null;
    this.upper = parts.ends?.upper ?? null;
    this.classes = parts.classes ?? null;
    this.probabilities = parts.probabilities ?? null;
    this.threshold = parts.threshold ?? null;
  }

  /** Rows that were predicted. */
  get rows(): number {
    return this.predictions.length;
  }

  /** The prediction of a row, from 0; undefined where there is none. */
  at(row: number): TablePrediction | undefined {
    const prediction = this.predictions[row];
    if (prediction === undefined) return undefined;
    const { classes, probabilities, threshold, lower, upper } = this;
    return {
      prediction,
      ...(lower !== null && upper !== null && { lower: lower[row], upper: upper[row] }),
      ...(classes !== null &&
        probabilities !== null && { probabilities: sharesOf(row, classes, probabilities) }),
      ...(threshold !== null && { anomaly: Number(prediction) > threshold }),
    };
  }

  /** Row by row, as `at` gives them. */
  *[Symbol.iterator](): Generator<TablePrediction, void, void> {
    for (let row = 0; row < this.rows; row++) yield this.at(row) as TablePrediction;
  }

  /** The rows as plain data. */
  toJSON(): TablePrediction[] {
    return [...this];
  }
}

interface PredictedColumns {
  readonly predictions: readonly string[] | Float64Array;
  readonly classes?: readonly string[];
  readonly probabilities?: Matrix;
  readonly ends?: Ends | undefined;
  readonly threshold?: number | undefined;
}

function sharesOf(
  row: number,
  classes: readonly string[],
  { values, columns }: Matrix,
): Record<string, number> {
  const entries = classes.map((name, at) => [name, values[row * columns + at] as number] as const);
  return Object.fromEntries(entries);
}

/**
 * The outputs of a network in the terms of the target.
 *
 * @param ends of the intervals of numbers, in those of the network
 */
export function predictionsOf(
  outputs: Matrix,
  target: TargetColumn,
  ends?: Ends,
): TablePredictions {
  if (target.type === 'number') {
    const { mean, deviation } = target;
    const inUnit = (value: number) => value * deviation + mean;
    const predictions = Float64Array.from(outputs.values, inUnit);
    return new TablePredictions({ predictions, ends: ends && around(predictions, ends, inUnit) });
  }
  const { classes } = target;
  const { values, rows, columns } = outputs;
  const predictions = new Array<string>(rows);
  for (let row = 0; row < rows; row++) {
    const shares = values.subarray(row * columns, (row + 1) * columns);
    predictions[row] = classes[indexOfLargest(shares)] ?? '';
  }
  return new TablePredictions({ predictions, classes, probabilities: outputs });
}

/** Intervals, none without what is predicted. */
function around(
  predictions: Float64Array,
  { lower, upper }: Ends,
  inUnit: (value: number) => number,
): Ends {
  return {
    lower: lower.map((value, row) => Math.min(inUnit(value), predictions[row] as number)),
    upper: upper.map((value, row) => Math.max(inUnit(value), predictions[row] as number)),
  };
}

/** How unusual rows are, with the threshold that there may be. */
export function scoresOf(scores: Float32Array, threshold: number | undefined): TablePredictions {
  return new TablePredictions({ predictions: Float64Array.from(scores), threshold });
}

/** Those of batches, one behind the other. */
export function joinedPredictions(parts: readonly TablePredictions[]): TablePredictions {
  const [first] = parts;
  const { classes, threshold = null } = first ?? {};
  if (!classes) {
    const predictions = joined(parts, ({ predictions: own }) => own);
    const ends = first?.lower && {
      lower: joined(parts, (part) => part.lower ?? []),
      upper: joined(parts, (part) => part.upper ?? []),
    };
    return new TablePredictions({
      ...{ predictions, threshold: threshold ?? undefined, ends: ends ?? undefined },
    });
  }
  const predictions = parts.flatMap((part) =>
    Array.from<string | number, string>(part.predictions, String),
  );
  const probabilities = stacked(parts.flatMap((part) => part.probabilities ?? []));
  return new TablePredictions({ predictions, classes, probabilities });
}

function joined(
  parts: readonly TablePredictions[],
  numbersOf: (part: TablePredictions) => ArrayLike<number | string>,
): Float64Array {
  const all = new Float64Array(parts.reduce((sum, part) => sum + part.rows, 0));
  let at = 0;
  for (const part of parts) {
    for (const number of Array.from(numbersOf(part))) all[at++] = Number(number);
  }
  return all;
}

/** The first of the largest values. */
export function indexOfLargest(values: ArrayLike<number>): number {
  let best = 0;
  for (let index = 1; index < values.length; index++) {
    if ((values[index] ?? 0) > (values[best] ?? 0)) best = index;
  }
  return best;
}
