import {
  requireInteger,
  requireKnownKeys,
  requireObject,
  seedRule,
  withDefault,
} from '../checks.js';
import { type Matrix, type MatrixInput, matrix } from '../data/matrix.js';
import { inputColumnsOf, type TableSchema } from '../data/tableSchema.js';
import { logLoss } from '../metrics/probability.js';
import type { Sequential } from '../model/sequential.js';
import { RandomStream } from '../random.js';
import { momentsOf } from '../statistics.js';
import { meanPrediction } from './meanOutputs.js';

/**
 * How much a model needs each column: the rise of its error when the values of the column are dealt out among the rows
 * anew, so that they tell nothing of the target, and all else stays (Breiman 2001). Columns that say the same stand in
 * for each other, and each looks unimportant.
 */

/** What a column is worth to a model. */
export interface ColumnImportance {
  readonly column: string;
  /**
   * By how much the loss rises without the column: the mean squared error in squared standard deviations of the target,
   * or the cross-entropy. About 0, or below, where the model does not need it.
   */
  readonly importance: number;
  /** The standard deviation over the repetitions. */
  readonly spread: number;
}

interface Judged {
  readonly schema: TableSchema;
  readonly networks: readonly Sequential[];
  readonly inputs: MatrixInput;
  /** Class indices, or standardised numbers. */
  readonly targets: Int32Array | Float32Array;
}

/** Options of `TableModel.importance`. */
export interface ImportanceOptions {
  /**
   * How often the values of a column are dealt out, from 1.
   *
   * @default 5
   */
  readonly repeats?: number | undefined;
  /**
   * Of the dealing, 32 bits.
   *
   * @default 0
   */
  readonly seed?: number | undefined;
  /**
   * Threads that compute. The result does not depend on it.
   *
   * @default all cores of the process
   */
  readonly threads?: number | undefined;
}

interface ImportanceSettings {
  readonly repeats: number;
  readonly seed: number;
  readonly threads?: number | undefined;
}

/** @throws ArgumentError */
export function readImportanceOptions(given: ImportanceOptions): ImportanceSettings {
  const options = requireObject(given, 'options');
  requireKnownKeys(options, ['repeats', 'seed', 'threads'], '');
  const { threads } = options as ImportanceOptions;
  return {
    repeats: requireInteger(withDefault(options.repeats, 5), 'repeats', {
      minimum: 1,
      maximum: 1_000_000,
    }),
    seed: requireInteger(withDefault(options.seed, 0), 'seed', seedRule),
    threads,
  };
}

/** The columns by their importance, the largest first. */
export async function columnImportance(
  { schema, networks, inputs, targets }: Judged,
  { repeats, seed, threads }: ImportanceSettings,
): Promise<ColumnImportance[]> {
  const lossOf = async (rows: MatrixInput): Promise<number> =>
    lossBetween(await meanPrediction(networks, rows, { threads }), targets, schema);
  const usual = await lossOf(inputs);
  const found: ColumnImportance[] = [];
  // A single copy, of which one column at a time is that of other rows.
  const dealt = matrix(Float32Array.from(inputs.values), inputs.rows, inputs.columns);
  const inOrder = Uint32Array.from({ length: inputs.rows }, (_, row) => row);
  let first = 0;
  for (const [number, column] of inputColumnsOf(schema).entries()) {
    const rises: number[] = [];
    const place = { first, width: column.inputs };
    for (let repeat = 0; repeat < repeats; repeat++) {
      const order = new RandomStream(seed, number, repeat).permutation(inputs.rows);
      copyColumn(inputs, dealt, place, order);
      rises.push((await lossOf(dealt)) - usual);
    }
    copyColumn(inputs, dealt, place, inOrder);
    const { mean, deviation } = momentsOf(rises);
    found.push({ column: column.name, importance: mean, spread: deviation });
    first += column.inputs;
  }
  return found.sort((a, b) => b.importance - a.importance);
}

/** Gives the inputs of a column those that other rows have there. @param order the row that each takes them from */
function copyColumn(
  { values, rows, columns }: MatrixInput,
  to: MatrixInput,
  { first, width }: { readonly first: number; readonly width: number },
  order: ArrayLike<number>,
): void {
  for (let row = 0; row < rows; row++) {
    const other = (order[row] ?? row) * columns + first;
    for (let at = 0; at < width; at++) {
      to.values[row * columns + first + at] = values[other + at] as number;
    }
  }
}

function lossBetween(
  outputs: Matrix,
  targets: Int32Array | Float32Array,
  { target }: TableSchema,
): number {
  if (target?.type === 'classes') return logLoss(outputs, targets);
  let sum = 0;
  for (const [row, value] of outputs.values.entries()) sum += (value - (targets[row] ?? 0)) ** 2;
  return sum / outputs.rows;
}
