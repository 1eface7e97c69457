/** What stands in a table: a text as files have it, a number as programs do, or null for nothing. */
export type Cell = string | number | null;

/** Rows that were read together. */
export interface CellBatch {
  readonly records: readonly (readonly Cell[])[];
  /** The same as numbers and texts, where the core has cut them; valid until the next batch is asked for. */
  readonly fields?: Fields | undefined;
  /** The line of the file at which a record begins, from 1: asked only for what is told of it. */
  lineOf(record: number): number;
}

/** Rows of text whose numbers are read already: nobody makes strings of these. */
export interface Fields {
  readonly rows: number;
  /** Fields of each row. */
  readonly width: number;
  /** What \`parseNumber\` reads in the field; NaN for no number, and for some rare ones. Shape (rows, width) */
  readonly numbers: Float64Array;
  /** Whether all fields of a column have their number there. */
  isNumeric(column: number): boolean;
  /** Whether any field of a column begins with a zero and another digit. */
  hasLeadingZeros(column: number): boolean;
  /** A field without the blanks around it. */
  cleanText(row: number, column: number): string;
  /** Whether the clean text begins with a zero and another digit. */
  hasLeadingZero(row: number, column: number): boolean;
}
