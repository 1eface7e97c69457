import { isArray, isNumberArray, isObject } from '../builtins.js';
import { describeValue, requireKnownKeys, requireObject } from '../checks.js';
import type { CsvOptions } from '../data/csv.js';
import { tableSize } from '../data/formats/tableFolder.js';
import { ArgumentError, DataError, ShapeError } from '../errors.js';
import { type ArrowTable, arrowValue, type ColumnVector, isArrow } from './arrowTable.js';
import { type Cell, type Field, fieldOf } from './cells.js';
import { readFormat } from './formatOptions.js';
import { recordOf, type TableRow } from './memoryRows.js';
import { Table, tableInFile, tableInMemory } from './table.js';
import { optionalTexts } from './textChecks.js';

/** The values of a column, row by row: any typed array, an array, or what gives its values by their numbers. */
export type TableColumn = ArrayLike<Cell> | ArrayLike<bigint> | ColumnVector;

/** Columns by their names. */
export type TableColumns = Readonly<Record<string, TableColumn>>;

/** What DuckDB's Node client gives for a query that is read to its end. */
export interface DuckDbResult {
  /** In the order of the columns. */
  columnNames(): readonly string[];
  /** The values of each column, as JavaScript has them; of newer clients. */
  getColumnsJS?(): readonly (readonly unknown[])[];
  /** The values of each column, some of them in classes of the client. */
  getColumns(): readonly (readonly unknown[])[];
  /** False while there are rows that have not been read. */
  readonly done?: boolean | undefined;
}

/**
 * What can be read as a table: the path of a file (Parquet; CSV or JSON lines, plain or packed with gzip) or of a folder of
 * such files; rows; or columns.
 */
export type TableInput =
  | string
  | Table
  | readonly TableRow[]
  | TableColumns
  | ArrowTable
  | DuckDbResult;

/** Options of `readTable`: how a file is read, or what the columns of rows are called. */
export interface ReadTableOptions extends CsvOptions {
  /**
   * The names of the columns, where rows are arrays.
   *
   * @default column1, column2, …
   */
  readonly columns?: readonly string[] | undefined;
}

/**
 * A table to train on, to measure with or to predict. A file stays on the disk: it is read, in passes, when that is
 * needed, and memory does not grow with its rows.
 *
 * ```ts
 * const table = await readTable('pumps.csv.gz', { delimiter: ';' });
 * const parquet = await readTable('pumps.parquet');
 * const rows = await readTable([{ speed: 1149, colour: 'red' }, { speed: 1120, colour: null }]);
 * const columns = await readTable({ speed: Float64Array.of(1149, 1120), colour: ['red', null] });
 * ```
 *
 * @param input The path of a CSV file, of a Parquet file, of JSON lines, or of a folder of such files; rows, as objects or arrays; columns by their names, as typed arrays or arrays;
 * a table of apache-arrow; or a result of DuckDB.
 * @throws ArgumentError (for an option, too, that is not one for such an input), ShapeError (columns of different lengths), DataError and FileFormatError (what a file
 * begins with)
 */
export async function readTable(input: TableInput, options: ReadTableOptions = {}): Promise<Table> {
  const given = requireObject(options, 'options');
  if (typeof input === 'string') {
    const format = readFormat(given);
    await requireOrdinaryFile(input);
    return await tableInFile(input, format);
  }
  requireKnownKeys(given, isArray(input) ? ['columns'] : [], '');
  if (input instanceof Table) return input;
  if (isArray(input)) return tableOfRows(input, optionalTexts(given.columns, 'columns'));
  if (!isObject(input)) throw unknownInput(input);
  if (isDuckDb(input)) return tableOfResult(input);
  if (isArrow(input)) return tableOfArrow(input);
  if (isStream(input)) throw unknownInput(input, 'a stream, which is read once');
  return tableOfColumns(input as TableColumns);
}

/** A table is read more than once, which a pipe does not allow. @throws ArgumentError */
export async function requireOrdinaryFile(path: string): Promise<number> {
  const size = path === '-' ? null : await tableSize(path);
  if (size !== null) return size;
  throw new ArgumentError({
    path,
    expected: 'an ordinary file, as the data is read twice',
    received: 'a pipe or a device',
    remedy: 'Save the data in a file first.',
  });
}

function tableOfRows(rows: readonly unknown[], given: readonly string[] | undefined): Table {
  const [first] = rows;
  if (first === undefined) {
    throw new DataError({ path: 'rows', expected: 'at least one row', received: 'none' });
  }
  const columns = given ?? (isArray(first) ? numbered(first.length) : namesOf(rows));
  const mayLack = given === undefined && !isArray(first);
  return tableInMemory(columns, rows.length, (row, isRead) =>
    recordOf(rows[row], columns, `rows[${row}]`, { mayLack, isRead }),
  );
}

/** Of all rows, as a row may lack what is missing in it. */
function namesOf(rows: readonly unknown[]): string[] {
  const names = new Set<string>();
  for (const row of rows) if (isObject(row)) for (const name of Object.keys(row)) names.add(name);
  return [...names];
}

function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `column${index + 1}`);
}

function tableOfColumns(columns: Readonly<Record<string, unknown>>): Table {
  const names = Object.keys(columns);
  const getters = names.map((name) => getterOf(columns[name], name));
  return tableOfGetters(names, rowsOf(names, getters), getters);
}

function tableOfArrow(table: ArrowTable): Table {
  const { fields } = table.schema;
  const getters = fields.map((field): Getter => {
    const column = getterOf(table.getChild(field.name), field.name);
    const convert = arrowValue(field);
    return { length: column.length, get: (row) => convert(column.get(row)) };
  });
  const names = fields.map(({ name }) => name);
  return tableOfGetters(names, table.numRows, getters);
}

function tableOfResult(result: DuckDbResult): Table {
  requireReadToEnd(result);
  const names = [...result.columnNames()];
  const columns = result.getColumnsJS?.() ?? result.getColumns();
  const getters = names.map((name, index) => getterOf(columns[index], name));
  return tableOfGetters(names, rowsOf(names, getters), getters);
}

/** @throws ArgumentError for a result that gives its columns later, or only the first of its rows */
function requireReadToEnd(result: DuckDbResult): void {
  if (!('fetchChunk' in result) && result.done !== false) return;
  throw new ArgumentError({
    path: 'table',
    expected: 'a result of DuckDB that is read to its end',
    received: result.done === false ? 'the first rows of one' : 'one that is still to be read',
    remedy: 'Read it: await connection.runAndReadAll(query).',
  });
}

/** A column by the numbers of its rows. */
interface Getter {
  readonly length: number;
  get(row: number): unknown;
}

function getterOf(column: unknown, name: string): Getter {
  if (isArray(column) || isNumberArray(column) || ArrayBuffer.isView(column)) {
    const values = column as ArrayLike<unknown>;
    if ('length' in values) return { length: values.length, get: (row) => values[row] };
  }
  const vector = column as ColumnVector;
  if (isObject(column) && typeof vector.get === 'function' && typeof vector.length === 'number') {
    return { length: vector.length, get: (row) => vector.get(row) };
  }
  throw new ArgumentError({
    path: `columns.${name}`,
    expected: 'a typed array or an array of values',
    received: describeValue(column),
    remedy:
      'An object holds columns; a single row is written as [row], and predictSync takes it alone.',
  });
}

function rowsOf(names: readonly string[], getters: readonly Getter[]): number {
  const [first, ...others] = getters;
  if (first === undefined || first.length === 0) {
    throw new DataError({ path: 'columns', expected: 'at least one row', received: 'none' });
  }
  const odd = others.findIndex(({ length }) => length !== first.length);
  if (odd < 0) return first.length;
  throw new ShapeError({
    path: `columns.${names[odd + 1]}`,
    expected: `${first.length} values, as '${names[0]}' has`,
    received: String(others[odd]?.length),
  });
}

function tableOfGetters(names: readonly string[], rows: number, getters: readonly Getter[]): Table {
  return tableInMemory(names, rows, (row, isRead) =>
    getters.map((getter, at): Field => {
      if (isRead[at] === false) return '';
      return fieldOf(getter.get(row), () => `columns.${names[at]}[${row}]`);
    }),
  );
}

function isDuckDb(input: object): input is DuckDbResult {
  const { columnNames, getColumns } = input as Partial<DuckDbResult>;
  return typeof columnNames === 'function' && typeof getColumns === 'function';
}

/** What generators give: not rows yet, and no columns. */
function isStream(input: object): boolean {
  return Symbol.asyncIterator in input || Symbol.iterator in input;
}

function unknownInput(input: unknown, received = describeValue(input)): ArgumentError {
  return new ArgumentError({
    path: 'table',
    expected: 'the path of a file, rows, or columns by their names',
    received,
    remedy:
      'A table is read more than once: collect rows that come one by one in an array, or in a file.',
  });
}
