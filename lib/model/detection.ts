/** What a detector says of a row: plain data, which JSON keeps as it is. */

/**
 * A value of a column: a number, the text or the class of a table, the inputs of a column that takes
 * several where nothing says what they stand for, or null where it is missing.
 */
export type DetectedValue = number | string | readonly number[] | null;

/** A column that a row fails on. */
export interface DetectedColumn {
  readonly name: string;
  /** How much of the score goes once the column has the value that is expected, from 0 to 1. */
  readonly share: number;
  /** What the row has. */
  readonly value: DetectedValue;
  /** What fits the other columns of the row. */
  readonly expected: DetectedValue;
}

export interface Detection {
  /** How unusual the row is. */
  readonly score: number;
  /** Whether the score is above the threshold. */
  readonly anomaly: boolean;
  /** The columns that the row fails on, the worst first; none where it was not explained. */
  readonly columns: readonly DetectedColumn[];
}
