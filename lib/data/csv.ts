import { listOf, sizeRule } from '../checks.js';
import { DataError, FileFormatError } from '../errors.js';
import { optionText } from '../optionText.js';
import { columnKey } from './columnNames.js';
import { type CsvBatch, type CsvOptions, type RawBatch, recordsOf } from './csvRecords.js';

export type { CsvBatch, CsvOptions };

/** Reads a CSV table: the names of its columns, then batches of records that know their lines. */

/** A table whose header is known and whose records are still to be read, once. */
export interface CsvReader {
  readonly path: string;
  readonly columns: readonly string[];
  readonly delimiter: string;
  batches(): AsyncGenerator<CsvBatch>;
  /** Closes the file. Reading to the end, or leaving the loop over the batches, does it as well. */
  close(): Promise<void>;
}

export interface HeaderOptions extends CsvOptions {
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
  const records = recordsOf(chunks, path, options);
  const close = async (): Promise<void> => {
    await records.return(undefined);
  };
  try {
    const first = await records.next();
    if (first.done) throw emptyFile(path);
    const { batch, delimiter } = first.value;
    requireFewColumns(batch, path);
    const hasHeader = options.header ?? true;
    const columns = hasHeader ? headerColumns(batch, path, options) : numberedColumns(batch);
    const body = hasHeader ? withoutFirst(batch) : batch;
    const batches = () => checkedBatches(body, records, columns.length, path);
    return { path, columns, delimiter, batches, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function* checkedBatches(
  first: CsvBatch,
  rest: AsyncGenerator<RawBatch>,
  columns: number,
  path: string,
): AsyncGenerator<CsvBatch> {
  try {
    requireWidth(first, columns, path);
    if (first.records.length > 0) yield first;
    for await (const { batch } of rest) {
      requireWidth(batch, columns, path);
      yield batch;
    }
  } finally {
    await rest.return(undefined);
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
  const repeated = repeatedName(columns, isUsed);
  if (repeated !== undefined) throw duplicateColumn(place, columns, repeated);
  return columns;
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

function requireWidth(batch: CsvBatch, columns: number, path: string): void {
  const { records } = batch;
  for (let index = 0; index < records.length; index++) {
    const fields = records[index]?.length ?? 0;
    if (fields === columns) continue;
    throw new DataError({
      path: `${path}:${batch.lineOf(index)}`,
      expected: `${columns} fields, as the first line has`,
      received: String(fields),
      remedy: 'Look for a missing or extra delimiter; a field that contains one is put in quotes.',
    });
  }
}

function emptyFile(path: string): FileFormatError {
  return new FileFormatError({
    path,
    expected: 'a table with a line of column names and at least one row',
    received: 'an empty file',
  });
}
