/** What stands in a table: a text as files have it, a number as programs do, or null for nothing. */
export type Cell = string | number | null;

/** Rows that were read together. */
export interface CellBatch {
  readonly records: readonly (readonly Cell[])[];
  /** The line of the file at which a record begins, from 1: asked only for what is told of it. */
  lineOf(record: number): number;
}
