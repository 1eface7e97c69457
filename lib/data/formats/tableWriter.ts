import type { Cell } from '../cells.js';
import type { FieldType } from '../fieldTypes.js';

/** Writes a table as a file of some kind, some rows at a time. */

export interface WrittenColumn {
  readonly name: string;
  /** What its cells are; undefined for texts of which nothing is known. */
  readonly type: FieldType | undefined;
}

export interface WriterOptions {
  readonly columns: readonly WrittenColumn[];
  /** What stands between the fields of a format that has such; null for its usual one. */
  readonly delimiter: string | null;
  /** Whether texts that a spreadsheet would take for formulas are made plain, where the format is for those. */
  readonly escapeFormulas: boolean;
}

/** Rows with a cell for each column. */
export interface WrittenRows {
  readonly records: readonly (readonly Cell[])[];
  /** The rows as programs have them, for a format that writes these; they win over the cells. */
  readonly objects?: readonly Readonly<Record<string, unknown>>[] | undefined;
}

/** What is written, to be put one behind the other: text, or bytes. */
export type Written = string | Uint8Array;

export interface TableWriter {
  /** What stands in front of the rows. */
  head(): Written;
  /** The next rows, or those of them that are ready to be written. */
  rows(rows: WrittenRows): Written;
  /** What is left, and what stands behind the rows. */
  end(): Written;
}
