import { DataError } from '../../../errors.js';
import { optionText } from '../../../optionText.js';
import type { Cell } from '../../cells.js';
import { requireDistinctNames } from '../../csv.js';
import { isUnreadable } from '../../fieldTypes.js';
import { ReadingReport } from '../../readingReport.js';
import type { TableBatch, TableReader } from '../../tableSource.js';
import type { FormatInput, FormatOptions } from '../tableFormat.js';
import { ColumnCursor } from './columnCursor.js';
import type { ParquetColumn } from './parquetColumn.js';
import { ParquetFile, type RowGroup } from './parquetFile.js';

/** Reads a table in a Parquet file: some rows at a time of the columns that are wanted. */

const rowsPerBatch = 1024;
/** Bytes that all columns together read at a time; what a page has besides comes on top. */
const bytesReadAhead = 2 ** 25;
const leastReadAhead = 2 ** 16;
const mostReadAhead = 2 ** 20;

/**
 * @throws FileFormatError for a file that is damaged, encrypted or packed in another way; DataError for a column that is
 * used and holds more than a value in a row
 */
export async function openParquet(
  input: FormatInput,
  { isUsed = () => true, readsAll = false }: FormatOptions,
): Promise<TableReader> {
  const { name: path, signal, onBytes } = input;
  const file = await ParquetFile.open(input.path ?? path);
  try {
    const report = new ReadingReport();
    const columns = file.columns.filter((column) => {
      if (!isUnreadable(column.type)) return true;
      if (isUsed(column.name)) throw nested(path, column);
      if (readsAll) report.leftOut(column.name, column.type.what);
      return !readsAll;
    });
    const names = columns.map(({ name }) => name);
    requireDistinctNames(names, path, isUsed);
    const read = columns.map(
      (column) => isUsed(column.name) || (readsAll && !isUnreadable(column.type)),
    );
    const rows = new ParquetRows(file, columns, read);
    return {
      ...{ path, columns: names, delimiter: null, rowNames: null, report },
      types: columns.map(({ type }) => type),
      batches: () => watched(rows.batches(), file, { signal, onBytes }),
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

function nested(path: string, { name, type }: ParquetColumn): DataError {
  return new DataError({
    path,
    expected: 'columns of numbers, texts, booleans, dates or times',
    received: `${isUnreadable(type) ? type.what : 'others'} in the column '${name}'`,
    remedy: `Leave it out with ${optionText('ignore', [name])}, or write what is in it as columns of their own.`,
  });
}

async function* watched(
  batches: AsyncGenerator<TableBatch>,
  file: ParquetFile,
  { signal, onBytes }: Pick<FormatInput, 'signal' | 'onBytes'>,
): AsyncGenerator<TableBatch> {
  const all = Math.max(1, file.rows);
  let rows = 0;
  try {
    signal?.throwIfAborted();
    for await (const batch of batches) {
      yield batch;
      signal?.throwIfAborted();
      rows += batch.records.length;
      onBytes?.(Math.round((rows / all) * file.size));
    }
    await file.requireUnchanged();
  } finally {
    await file.close();
  }
}

class ParquetRows {
  readonly #file: ParquetFile;
  readonly #columns: readonly ParquetColumn[];
  readonly #places: readonly number[];

  /** @param isRead of each column, whether its values are */
  constructor(file: ParquetFile, columns: readonly ParquetColumn[], isRead: readonly boolean[]) {
    this.#file = file;
    this.#columns = columns;
    this.#places = columns.flatMap((_, place) => (isRead[place] ? [place] : []));
  }

  async *batches(): AsyncGenerator<TableBatch> {
    let first = 1;
    for (const group of this.#file.groups) {
      const cursors = await this.#cursorsOf(group);
      for (let done = 0; done < group.rows; ) {
        const count = Math.min(rowsPerBatch, group.rows - done);
        const start = first + done;
        yield { records: await this.#next(cursors, count), lineOf: (record) => start + record };
        done += count;
      }
      first += group.rows;
    }
  }

  async #cursorsOf(group: RowGroup): Promise<ColumnCursor[]> {
    const each = Math.floor(bytesReadAhead / Math.max(1, this.#places.length));
    const readAhead = Math.min(mostReadAhead, Math.max(leastReadAhead, each));
    const cursors: ColumnCursor[] = [];
    for (const place of this.#places) {
      const column = this.#columns[place] as ParquetColumn;
      cursors.push(await ColumnCursor.open(this.#file, column, group, readAhead));
    }
    return cursors;
  }

  async #next(cursors: readonly ColumnCursor[], count: number): Promise<Cell[][]> {
    const width = this.#columns.length;
    const isWhole = this.#places.length === width;
    const records = Array.from({ length: count }, () => {
      const record = new Array<Cell>(width);
      return isWhole ? record : record.fill('');
    });
    for (const [index, cursor] of cursors.entries()) {
      await cursor.fill(records, this.#places[index] as number);
    }
    return records;
  }
}
