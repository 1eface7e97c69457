import type { CsvOptions } from '../csv.js';
import type { OpenOptions, TableReader } from '../tableSource.js';
import type { TableWriter, WriterOptions } from './tableWriter.js';

export type FormatName = 'csv' | 'parquet' | 'jsonl';

/** A kind of file that tables lie in: one object, and a file for each. */
export interface TableFormat {
  readonly name: FormatName;
  /** As errors call a file of it. */
  readonly kind: string;
  /** What names of files end with, without `.gz`. */
  readonly endings: readonly string[];
  /** Options of reading that mean something to it; another one that is given is an error. */
  readonly options: readonly (keyof CsvOptions)[];
  /** Whether it is read here and there, and not from a stream. */
  readonly needsFile: boolean;
  /** Whether the first bytes, unpacked, are those of such a file. */
  begins(bytes: Uint8Array): boolean;
  open(input: FormatInput, options: FormatOptions): Promise<TableReader>;
  /** Whether what it writes is text. */
  readonly isText: boolean;
  write(options: WriterOptions): Promise<TableWriter>;
}

/** A table that is to be read. */
export interface TableInput {
  /** How errors call it. */
  readonly name: string;
  /** Null for a stream, whose bytes come once. */
  readonly path: string | null;
  /** Its bytes from the start, unpacked. */
  read(): AsyncGenerator<Uint8Array>;
  readonly signal?: AbortSignal | undefined;
  /** Told the bytes of the file that are read. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
}

export interface FormatInput extends TableInput {
  /** The bytes from the start, unpacked, once; none for a format that needs the file. */
  readonly chunks: AsyncGenerator<Uint8Array>;
}

export interface FormatOptions extends OpenOptions {
  /** The columns, where an earlier pass has found them. */
  readonly columns?: readonly string[] | undefined;
}
