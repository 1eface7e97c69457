import type { CellBatch } from './cells.js';
import type { HeaderOptions } from './csv.js';
import type { FieldType } from './fieldTypes.js';
import type { ReadingReport } from './readingReport.js';

/** What every table is to those that read it, in whatever file or in memory it lies. */

export type TablePass = 'survey' | 'fit' | 'encode';

/** Where a table is. */
export interface TableSource {
  /** How errors call it. */
  readonly path: string;
  /** Opens it anew, at its start, for every pass. */
  open(pass: TablePass, options: OpenOptions): Promise<TableReader>;
}

export interface OpenOptions extends HeaderOptions {
  /**
   * Whether columns that are not used are read all the same, because they are written again.
   *
   * @default false: what they hold is of no matter, and empty in the records
   */
  readonly readsAll?: boolean | undefined;
}

/** Rows that were read together; every one has as many cells as the table has columns. */
export interface TableBatch extends CellBatch {
  /** The rows as a program has them, with all that is in them, where a format keeps it. */
  readonly objects?: readonly Readonly<Record<string, unknown>>[];
}

/** A table whose columns are known and whose rows are still to be read, once. */
export interface TableReader {
  readonly path: string;
  readonly columns: readonly string[];
  /** What stands between the fields; null where nothing does. */
  readonly delimiter: string | null;
  /** The column of the names of the rows, which has no name of its own; null where there is none. */
  readonly rowNames: string | null;
  /** What the file says that the columns hold; undefined where, or of which, it says nothing. */
  readonly types?: readonly (FieldType | undefined)[] | undefined;
  /** What was done about odd rows, when all is read. */
  readonly report: Pick<ReadingReport, 'notices'>;
  batches(): AsyncGenerator<TableBatch>;
  /** The same error with the file and the line of its own, for a table in several files. */
  readonly placed?: ((error: unknown) => unknown) | undefined;
  /** Closes the file. Reading to the end, or leaving the loop over the batches, does it as well. */
  close(): Promise<void>;
}

/** An error that arose with the rows of a table, where it is in its own file. */
export function placedBy({ placed }: TableReader, error: unknown): unknown {
  return placed === undefined ? error : placed(error);
}
