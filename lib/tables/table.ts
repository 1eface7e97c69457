import { type CsvOptions, requireDistinctNames } from '../data/csv.js';
import { openTableAt } from '../data/formats/tableFiles.js';
import { ReadingReport } from '../data/readingReport.js';
import type { OpenOptions, TablePass, TableReader, TableSource } from '../data/tableSource.js';
import { rebaseError } from '../errors.js';
import type { Field } from './cells.js';

/** How a file is read, and who is told of it. */
export interface FileReading extends CsvOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told the bytes that are read in a pass. */
  readonly onBytes?: ((pass: TablePass, bytes: number) => void) | undefined;
}

/** A table, in a file or in memory, that is read as often as it is needed. Made by `readTable`. */
export class Table {
  /** The names of its columns, in their order. */
  readonly columns: readonly string[];
  /** @internal */
  readonly source: TableSource;

  /** @internal Whether the names are those of its first line. */
  readonly header: boolean;

  /** @internal */
  constructor(source: TableSource, columns: readonly string[], header = true) {
    this.source = source;
    this.columns = columns;
    this.header = header;
  }

  /** What it is called in errors: its path, or `rows`. */
  get path(): string {
    return this.source.path;
  }
}

/** A table in a file, which is opened once for its columns. */
export async function tableInFile(path: string, reading: FileReading = {}): Promise<Table> {
  const source = fileSource(path, reading);
  const reader = await source.open('survey', { isUsed: () => false });
  await reader.close();
  return new Table(source, reader.columns, reading.header);
}

/** Nothing is read yet. */
export function fileSource(path: string, { signal, onBytes, ...format }: FileReading): TableSource {
  let columns: readonly string[] | undefined;
  return {
    path,
    async open(pass, options) {
      const onPass = onBytes && ((bytes: number) => onBytes(pass, bytes));
      const wanted = { ...format, ...given(options), columns };
      const reader = await openTableAt(path, { signal, onBytes: onPass }, wanted, format);
      columns = reader.columns;
      return reader;
    },
  };
}

/** What is undefined takes nothing back. */
function given(options: OpenOptions): OpenOptions {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries);
}

/** How tables in memory are called. */
const memoryPath = 'rows';
const rowsPerBatch = 1024;

/** The fields of a row, from 0. @param isRead of each column, whether it is read */
type RecordOfRow = (row: number, isRead: readonly boolean[]) => Field[];

/** A table in memory. Values of columns that are not read may be of any kind. */
export function tableInMemory(
  columns: readonly string[],
  rows: number,
  recordOf: RecordOfRow,
): Table {
  const open: TableSource['open'] = async (_, { isUsed = () => true }): Promise<TableReader> => {
    requireDistinctNames(columns, memoryPath, isUsed);
    const isRead = columns.map(isUsed);
    return readerOf(columns, rows, (row) => recordOf(row, isRead));
  };
  return new Table({ path: memoryPath, open }, columns);
}

function readerOf(
  columns: readonly string[],
  rows: number,
  recordOf: (row: number) => Field[],
): TableReader {
  return {
    ...{ path: memoryPath, columns, delimiter: ',', rowNames: null },
    report: new ReadingReport(),
    async *batches() {
      for (let first = 0; first < rows; first += rowsPerBatch) {
        const count = Math.min(rowsPerBatch, rows - first);
        const records = Array.from({ length: count }, (_, index) => recordOf(first + index));
        // As lines are, rows are counted from 1 here: see `inRows`.
        yield { records, lineOf: (record) => first + record + 1 };
      }
    },
    close: async () => {},
  };
}

/** Errors of the reading of a table, with places in memory as programs write them. */
export async function inRows<Result>(action: () => Promise<Result>): Promise<Result> {
  try {
    return await action();
  } catch (error) {
    throw rebaseError(error, (path) =>
      path.replace(/^rows:(\d+)/, (_, line: string) => `rows[${Number(line) - 1}]`),
    );
  }
}
