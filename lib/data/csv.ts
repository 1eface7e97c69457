import { listOf, sizeRule } from '../checks.js';
import { DataError, FileFormatError } from '../errors.js';
import { optionText } from '../optionText.js';
import { columnKey } from './columnNames.js';
import { type CsvBatch, chosenOf } from './csvBatch.js';
import type { CsvOptions } from './csvOptions.js';
import { type CoreOption, type RawBatch, RecordReader } from './csvRecords.js';
import { CutRecords } from './fieldCutter.js';
import { ReadingReport } from './readingReport.js';

export type { CsvBatch, CsvOptions };

/** Reads a CSV table: the names of its columns, then batches of records that know their lines. */

/** A table whose header is known and whose records are still to be read, once. */
export interface CsvReader {
  readonly path: string;
  readonly columns: readonly string[];
  readonly delimiter: string;
  /**
   * The column of the names of the rows, which has no name in the header: R writes it so. It is the first one; null
   * where there is none.
   */
  readonly rowNames: string | null;
  /** What was done about odd lines, when all is read. */
  readonly report: ReadingReport;
  batches(): AsyncGenerator<CsvBatch>;
  /** Closes the file. Reading to the end, or leaving the loop over the batches, does it as well. */
  close(): Promise<void>;
}

export interface HeaderOptions extends CsvOptions, CoreOption {
  /**
   * Whether a column is used: the name of one that is not may stand twice.
   *
   * @default all are
   */
  readonly isUsed?: ((name: string) => boolean) | undefined;
}

/**
 * Reads up to the header.
 *
 * @param chunks the bytes of the file, see bytes.ts
 * @param path how errors call the file
 * @throws FileFormatError when the file is empty or no text; DataError (path `file:line`) when the
 *   header or, later, a record cannot be used
 */
export async function openCsv(
  chunks: AsyncGenerator<Uint8Array>,
  path: string,
  options: HeaderOptions = {},
): Promise<CsvReader> {
  const report = new ReadingReport();
  const source = new RecordReader(path, options, report);
  const records = source.records(chunks);
  const close = async (): Promise<void> => {
    await records.return(undefined);
  };
  try {
    const first = await records.next();
    if (first.done) throw emptyFile(path);
    const { batch, delimiter } = first.value;
    requireFewColumns(batch, path);
    const hasHeader = options.header ?? true;
    const body = hasHeader ? withoutFirst(batch) : batch;
    const named = hasHeader ? headerColumns(batch, path, options) : numberedColumns(batch);
    const rowNames = hasHeader && hasRowNames(named.length, body) ? freeName(named) : null;
    const columns = rowNames === null ? named : [rowNames, ...named];
    source.expectWidth(columns.length);
    const check = new RecordCheck(path, columns.length, options, report);
    const batches = () => checkedBatches(body, records, check);
    return { path, columns, delimiter, rowNames, report, batches, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function* checkedBatches(
  first: CsvBatch,
  rest: AsyncGenerator<RawBatch>,
  check: RecordCheck,
): AsyncGenerator<CsvBatch> {
  try {
    const body = check.rowsOf(first);
    if (body.records.length > 0) yield body;
    for await (const { batch } of rest) {
      if (batch instanceof CutRecords) {
        // The core gives nothing else than rows.
        yield batch;
        continue;
      }
      const rows = check.rowsOf(batch);
      if (rows.records.length > 0) yield rows;
    }
  } finally {
    await rest.return(undefined);
  }
}

const blank = ' '.charCodeAt(0);
const sampledRows = 20;

/** Whether the rows have a field before those that the header names, as `write.table` of R has it. */
function hasRowNames(columns: number, { records }: CsvBatch): boolean {
  const sample = records.slice(0, sampledRows);
  return (
    sample.length > 1 &&
    sample.every(({ length }) => length === columns + 1) &&
    // A delimiter at the end of each line makes no names.
    !sample.every((record) => isEmpty(record[columns]))
  );
}

/** As R calls them. */
function freeName(columns: readonly string[]): string {
  let name = 'row.names';
  while (columns.includes(name)) name += '.';
  return name;
}

function isEmpty(field: string | undefined): boolean {
  return field === undefined || field.trim() === '';
}

/** Makes rows of records: each as wide as the table, or none at all. */
class RecordCheck {
  readonly #path: string;
  readonly #columns: number;
  readonly #skipBadLines: boolean;
  readonly #report: ReadingReport;

  constructor(
    path: string,
    columns: number,
    { skipBadLines = false }: CsvOptions,
    report: ReadingReport,
  ) {
    this.#path = path;
    this.#columns = columns;
    this.#skipBadLines = skipBadLines;
    this.#report = report;
  }

  /** @throws DataError for a record that is too wide, unless such are left out */
  rowsOf(batch: CsvBatch): CsvBatch {
    const { records } = batch;
    let left: Set<number> | undefined;
    for (let index = 0; index < records.length; index++) {
      const record = records[index] as string[];
      // Nearly all records are as wide as the table, and begin with something.
      if (record.length === this.#columns && (record[0] as string).charCodeAt(0) > blank) continue;
      if (this.#isRow(record, batch, index)) continue;
      left ??= new Set();
      left.add(index);
    }
    const others = left;
    if (others === undefined) return batch;
    return chosenOf(
      batch,
      Array.from(records.keys()).filter((index) => !others.has(index)),
    );
  }

  #isRow(record: string[], batch: CsvBatch, index: number): boolean {
    const columns = this.#columns;
    if (record.every(isEmpty)) {
      this.#report.emptyRow(batch.lineOf(index));
      return false;
    }
    if (record.length < columns) {
      this.#report.shortRow(batch.lineOf(index));
      while (record.length < columns) record.push('');
    }
    if (record.length === columns) return true;
    // Delimiters behind the last field say nothing.
    if (record.slice(columns).every(isEmpty)) {
      record.length = columns;
      return true;
    }
    if (!this.#skipBadLines) throw this.#tooWide(record.length, batch.lineOf(index));
    this.#report.badLine(batch.lineOf(index), `${record.length} fields, and not ${columns}`);
    return false;
  }

  #tooWide(fields: number, line: number): DataError {
    return new DataError({
      path: `${this.#path}:${line}`,
      expected: `${this.#columns} fields, as the first line has`,
      received: String(fields),
      remedy:
        'Look for an extra delimiter: a field that contains one is put in quotes. ' +
        `${optionText('skipBadLines', true)} leaves such lines out, ${optionText('skipLines')} those before the table.`,
    });
  }
}

/** No network takes more, and sets of as many names cannot be made. */
function requireFewColumns(batch: CsvBatch, path: string): void {
  const columns = batch.records[0]?.length ?? 0;
  if (columns <= sizeRule.maximum) return;
  throw new DataError({
    path: `${path}:${batch.lineOf(0)}`,
    expected: `at most ${sizeRule.maximum} columns`,
    received: String(columns),
  });
}

function headerColumns(
  batch: CsvBatch,
  path: string,
  { isUsed = () => true }: HeaderOptions,
): string[] {
  const record = batch.records[0] ?? [];
  const place = `${path}:${batch.lineOf(0)}`;
  const columns = record.map((name, index) => name.trim() || `column${index + 1}`);
  if (columns.every((name) => Number.isFinite(Number(name)))) {
    throw new DataError({
      path: place,
      expected: 'the names of the columns in the first line',
      received: 'numbers only',
      remedy:
        `If that line is data, give ${optionText('header', false)}: the columns are then called column1, column2, …. ` +
        'If it is the header, rename at least one column to something that is not a number.',
    });
  }
  requireDistinctNames(columns, place, isUsed);
  return columns;
}

/**
 * @param isUsed Whether a column is used: the name of one that is not may stand twice.
 * @throws DataError for two columns of one name, of which nobody could tell which is meant
 */
export function requireDistinctNames(
  columns: readonly string[],
  path: string,
  isUsed: (name: string) => boolean = () => true,
): void {
  const repeated = repeatedName(columns, isUsed);
  if (repeated !== undefined) throw duplicateColumn(path, columns, repeated);
}

function repeatedName(
  columns: readonly string[],
  isUsed: (name: string) => boolean,
): string | undefined {
  const seen = new Set<string>();
  for (const name of columns) {
    const key = columnKey(name);
    if (seen.has(key) && isUsed(name)) return name;
    seen.add(key);
  }
  return undefined;
}

function duplicateColumn(path: string, columns: readonly string[], name: string): DataError {
  const key = columnKey(name);
  const places = columns.flatMap((other, index) =>
    columnKey(other) === key ? [String(index + 1)] : [],
  );
  return new DataError({
    path,
    expected: 'every column to have its own name',
    received: `'${name}' for the columns ${listOf(places)}`,
    remedy: `Rename all but one of them, or leave all of them out of the training with ${optionText('ignore')}.`,
  });
}

function numberedColumns(batch: CsvBatch): string[] {
  return (batch.records[0] ?? []).map((_, index) => `column${index + 1}`);
}

function withoutFirst(batch: CsvBatch): CsvBatch {
  return { records: batch.records.slice(1), lineOf: (record) => batch.lineOf(record + 1) };
}

function emptyFile(path: string): FileFormatError {
  return new FileFormatError({
    path,
    expected: 'a table with a line of column names and at least one row',
    received: 'an empty file',
  });
}
