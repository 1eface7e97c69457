import { listOf } from '../../checks.js';
import { DataError, rebaseError } from '../../errors.js';
import type { Cell } from '../cells.js';
import { ColumnPlaces, columnKey, columnSet } from '../columnNames.js';
import type { TableBatch, TableReader } from '../tableSource.js';
import type { TablePart } from './tableFolder.js';
import type { FormatOptions } from './tableFormat.js';

/** Reads the files of a folder one after the other, as one table. */

/** Opens one of the files. @param bytesBefore in the files before it */
export type OpenPart = (
  part: TablePart,
  bytesBefore: number,
  options: FormatOptions,
) => Promise<TableReader>;

/** The files, of which all have the same columns, but for those of objects that may lack some. */
export interface FolderParts {
  readonly folder: string;
  readonly parts: readonly TablePart[];
  readonly open: OpenPart;
  /** Whether what a file lacks is missing in its rows: all of them are looked at for their columns. */
  readonly mayLack: boolean;
}

/** @throws DataError for a file that has other columns than the first; what opening the files throws */
export async function openFolder(
  { folder, parts, open, mayLack }: FolderParts,
  options: FormatOptions,
): Promise<TableReader> {
  const [firstPart] = parts;
  if (firstPart === undefined) throw new TypeError('a folder of no files');
  requireSameKeys(parts);
  const known = options.columns ?? (mayLack ? await columnsOfAll(parts, open, options) : undefined);
  const opened = { ...options, columns: known };
  const first = await open(firstPart, 0, opened);
  const own = new ColumnPlaces(first.columns);
  const keys = firstPart.keys.map(([name]) => name).filter((name) => own.of(name) === undefined);
  const rows = new FolderRows(folder, parts, first, keys, (part, before) =>
    open(part, before, opened),
  );
  return {
    path: folder,
    columns: [...first.columns, ...keys],
    delimiter: first.delimiter,
    rowNames: first.rowNames,
    types: first.types && [...first.types, ...keys.map(() => undefined)],
    report: { notices: () => rows.notices() },
    batches: () => rows.batches(),
    placed: (error) => rows.placed(error),
    close: () => rows.close(),
  };
}

async function columnsOfAll(
  parts: readonly TablePart[],
  open: OpenPart,
  options: FormatOptions,
): Promise<string[]> {
  const all = new Set<string>();
  for (const part of parts) {
    const reader = await open(part, 0, { ...options, isUsed: () => false });
    await reader.close();
    for (const column of reader.columns) all.add(column);
  }
  return [...all];
}

function requireSameKeys(parts: readonly TablePart[]): void {
  const namesOf = ({ keys }: TablePart): string => keys.map(([name]) => name).join(', ');
  const [first, ...others] = parts as readonly [TablePart, ...TablePart[]];
  const other = others.find((part) => namesOf(part) !== namesOf(first));
  if (other === undefined) return;
  throw new DataError({
    path: other.path,
    expected: `folders that name the same columns (${namesOf(first) || 'none'}), as ${first.path}`,
    received: namesOf(other) || 'none',
  });
}

class FolderRows {
  readonly #folder: string;
  readonly #parts: readonly TablePart[];
  readonly #keys: readonly string[];
  readonly #open: (part: TablePart, bytesBefore: number) => Promise<TableReader>;
  readonly #first: TableReader;
  #current: TableReader;
  /** Lines of the files before each of those that were begun. */
  readonly #linesBefore: number[] = [];
  readonly #notices: string[] = [];

  constructor(
    folder: string,
    parts: readonly TablePart[],
    first: TableReader,
    keys: readonly string[],
    open: (part: TablePart, bytesBefore: number) => Promise<TableReader>,
  ) {
    this.#folder = folder;
    this.#parts = parts;
    this.#first = first;
    this.#current = first;
    this.#keys = keys;
    this.#open = open;
  }

  async *batches(): AsyncGenerator<TableBatch> {
    let bytes = 0;
    let lines = 0;
    try {
      for (const [index, part] of this.#parts.entries()) {
        if (index > 0) this.#current = await this.#open(part, bytes);
        const order = this.#orderOf(this.#current, part.path);
        this.#linesBefore.push(lines);
        const before = lines;
        for await (const batch of this.#current.batches()) {
          const lineOf = (record: number): number => before + batch.lineOf(record);
          lines = lineOf(batch.records.length - 1);
          yield { ...this.#rowsOf(batch, order, part), lineOf };
        }
        this.#keepNotices(part.path);
        bytes += part.bytes;
      }
    } finally {
      await this.close();
    }
  }

  notices(): string[] {
    return [...this.#notices];
  }

  /** Lines are counted through all files: an error is put into its own. */
  placed(error: unknown): unknown {
    const start = `${this.#folder}:`;
    return rebaseError(error, (path) => {
      const line = Number(path.startsWith(start) ? path.slice(start.length) : Number.NaN);
      const index = this.#linesBefore.findLastIndex((before) => before < line);
      const part = this.#parts[index];
      return part === undefined ? path : `${part.path}:${line - (this.#linesBefore[index] ?? 0)}`;
    });
  }

  async close(): Promise<void> {
    await this.#current.close();
  }

  #keepNotices(path: string): void {
    for (const notice of this.#current.report.notices()) this.#notices.push(`${path}: ${notice}`);
  }

  /** Where the columns of the first file stand in another one; null where they stand in the same places. */
  #orderOf({ columns, types }: TableReader, path: string): number[] | null {
    const { columns: wanted, types: wantedTypes } = this.#first;
    const places = new ColumnPlaces(columns);
    const absent = wanted.filter((name) => places.of(name) === undefined);
    const known = columnSet(wanted);
    const others = columns.filter((name) => !known.has(columnKey(name)));
    if (absent.length > 0 || others.length > 0) throw this.#otherColumns(path, absent, others);
    const order = wanted.map((name) => places.of(name) ?? 0);
    const odd = order.findIndex(
      (place, index) => JSON.stringify(types?.[place]) !== JSON.stringify(wantedTypes?.[index]),
    );
    if (odd >= 0) throw this.#otherType(path, wanted[odd] ?? '');
    return order.every((place, index) => place === index) ? null : order;
  }

  #otherColumns(path: string, absent: readonly string[], others: readonly string[]): DataError {
    const quoted = (names: readonly string[]): string =>
      listOf(names.slice(0, 10).map((name) => `'${name}'`));
    const parts = [
      ...(absent.length > 0 ? [`without ${quoted(absent)}`] : []),
      ...(others.length > 0 ? [`with ${quoted(others)} besides`] : []),
    ];
    return new DataError({
      path,
      expected: `the columns of ${this.#parts[0]?.path}`,
      received: `a file ${parts.join(' and ')}`,
    });
  }

  #otherType(path: string, column: string): DataError {
    return new DataError({
      path,
      expected: `the column '${column}' to be of the same type as in ${this.#parts[0]?.path}`,
      received: 'another type',
      remedy: 'Write the files anew with one schema.',
    });
  }

  #rowsOf(
    { records, objects }: TableBatch,
    order: readonly number[] | null,
    { keys }: TablePart,
  ): Omit<TableBatch, 'lineOf'> {
    if (order === null && this.#keys.length === 0) {
      return objects === undefined ? { records } : { records, objects };
    }
    const values = this.#keys.map((name): Cell => keys.find(([key]) => key === name)?.[1] ?? null);
    const ordered = (record: readonly Cell[]): readonly Cell[] =>
      order === null ? record : order.map((place) => record[place] as Cell);
    const all = records.map((record) => [...ordered(record), ...values]);
    if (objects === undefined) return { records: all };
    const named = Object.fromEntries(this.#keys.map((name, index) => [name, values[index]]));
    return { records: all, objects: objects.map((object) => ({ ...object, ...named })) };
  }
}
