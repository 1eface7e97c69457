import { readStream } from '../../data/bytes.js';
import type { CsvOptions } from '../../data/csv.js';
import { openTable } from '../../data/formats/openTable.js';
import { openTableAt } from '../../data/formats/tableFiles.js';
import type { OpenOptions, TableReader } from '../../data/tableSource.js';
import type { CliContext } from '../context.js';

/** How a table is read that is read once. */
export interface RowsOptions extends Omit<CsvOptions, 'header'> {
  /** A file, a folder, a pipe, or `-` for standard input. */
  readonly data: string;
}

/** As errors call it. */
export function nameOfRows({ data }: Pick<RowsOptions, 'data'>): string {
  return data === '-' ? 'standard input' : data;
}

/**
 * Opens the table that a command applies a model to.
 *
 * @throws ArgumentError, FileFormatError, DataError
 */
export async function openRows(
  options: RowsOptions,
  { stdin, interrupted: signal }: Pick<CliContext, 'stdin' | 'interrupted'>,
  wanted: Pick<OpenOptions, 'header' | 'isUsed' | 'readsAll'>,
  onBytes?: (bytes: number) => void,
): Promise<TableReader> {
  const { data, delimiter, encoding, skipLines, comment, skipBadLines } = options;
  const given = { delimiter, encoding, skipLines, comment, skipBadLines };
  const reading = { ...given, ...wanted };
  if (data !== '-') {
    return await openTableAt(data, { signal, onBytes, pipes: true }, reading, given);
  }
  const name = nameOfRows(options);
  const read = () => readStream(stdin, name, { signal });
  return await openTable({ name, path: null, read, signal }, reading, given);
}
