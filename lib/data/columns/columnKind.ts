import type { ErrorDetails } from '../../errors.js';
import type { CellRules } from '../cellRules.js';
import type { Cell, Fields } from '../cells.js';
import type { DateFormat } from '../dates.js';
import type { ColumnStatistics } from '../tableStatistics.js';
import type { ScalingName } from './scalings.js';

/** What every kind of column has: one file of this folder for each, and a row in columnKinds.ts. */

/**
 * What became of a cell: its value is encoded; it was missing, and something stands in its place; its text was not
 * seen in training, but the network knows what to do with such; its text is not known from training, and zeros stand
 * in its place; or it is nothing that the column can hold, and nothing was written.
 */
export type Outcome = 'value' | 'missing' | 'unseen' | 'unknown' | 'invalid';

/** Encodes the cells of one column. */
export interface ColumnEncoder {
  /**
   * Writes all inputs of the column.
   *
   * @param cell a text is clean, see `cleanField`
   * @param at the place of its first input
   */
  encode(cell: Cell, inputs: Float32Array, at: number): Outcome;
  /** The same for many numbers at once, there where a column takes them as they are. */
  readonly encodeNumbers?: EncodeNumbers | undefined;
}

/**
 * Writes the inputs of all rows of `fields` that are chosen and have a number (no NaN).
 *
 * @param at the place of the first input of the first row; those of the next one lie `stride` behind it
 * @returns how many rows have no number; -1 where a number is one that the column does not hold
 */
export type EncodeNumbers = (
  fields: Fields,
  field: number,
  chosen: Uint32Array,
  inputs: Float32Array,
  at: number,
  stride: number,
) => number;

export interface FitOptions {
  /** How errors call the file. */
  readonly path: string;
  /** Most categories of a text column. */
  readonly maxCategories: number;
  /** Whether numbers are written as people write amounts. */
  readonly amounts: true | undefined;
  /** How dates are written. */
  readonly format: DateFormat | undefined;
  /** Whether the texts that are not among the most frequent have a category in common. */
  readonly others: true | undefined;
  /** How numbers are scaled. */
  readonly scale: ScalingName;
}

/** What a column needs to be told beside its name and its type. */
export type Refusal = Pick<ErrorDetails, 'expected' | 'received' | 'remedy'>;

/**
 * A kind of column. What a column is, is inferred from all rows of a file; what is fitted to its values (scales,
 * categories) may come from some of them alone, those that train.
 */
export interface ColumnKind<Column extends { readonly type: string }> {
  readonly type: Column['type'];
  /**
   * The column as the schema has it.
   *
   * @param statistics of the rows that it is fitted to
   * @throws DataError for values that cannot be encoded
   */
  fit(statistics: ColumnStatistics, options: FitOptions): Column;
  /**
   * Checks a column that was read from a model.
   *
   * @throws FileFormatError
   */
  parse(name: string, record: Readonly<Record<string, unknown>>, path: string): Column;
  /** How many inputs of the network it takes. */
  width(column: Column): number;
  /** Whether the last of its inputs, of several, is 1 where the value is missing, and 0 elsewhere. */
  tellsMissing(column: Column): boolean;
  encoder(column: Column, rules: CellRules): ColumnEncoder;
  /** What inputs stand for, of a row or as a network gives them; null for a missing value. */
  decode(column: Column, inputs: Float32Array): Cell;
  /** What is wrong with a cell that is unknown or invalid. @param cell null for a missing one */
  refusal(column: Column, cell: Cell): Refusal;
}
