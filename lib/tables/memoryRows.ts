import { isArray, isObject } from '../builtins.js';
import { describeValue, listOf, remedyFor } from '../checks.js';
import { columnKey } from '../data/columnNames.js';
import { DataError } from '../errors.js';
import { type Cell, type Field, fieldOf } from './cells.js';

/** Rows of a program, as the records that a table in a file would have. */

/** A row by the names of its columns. What it has besides does no harm. */
export type ObjectRow = Readonly<Record<string, Cell>>;
/** A row in the order of the columns. */
export type ArrayRow = readonly Cell[];
export type TableRow = ObjectRow | ArrayRow;

export interface RecordOptions {
  /**
   * Whether a column that an object lacks is missing in it.
   *
   * @default false
   */
  readonly mayLack?: boolean;
  /**
   * Of each column, whether it is read: what another one holds is of no matter, and empty in the record.
   *
   * @default all are
   */
  readonly isRead?: readonly boolean[];
}

/**
 * The fields of a row, in the order of the columns.
 *
 * @param path where the row stands, for errors
 * @throws DataError for a column that the row lacks, and for a value that no field holds
 */
export function recordOf(
  row: unknown,
  columns: readonly string[],
  path: string,
  options: RecordOptions = {},
): Field[] {
  if (isArray(row)) return recordOfArray(row, columns, path, options);
  if (isObject(row) && !ArrayBuffer.isView(row)) {
    return recordOfObject(row, columns, path, options);
  }
  if (ArrayBuffer.isView(row) && 'length' in row) {
    return recordOfArray(Array.from(row as unknown as ArrayLike<unknown>), columns, path, options);
  }
  throw new DataError({
    path,
    expected: 'a row: an object with a value for each column, or an array of these',
    received: describeValue(row),
  });
}

function recordOfArray(
  row: readonly unknown[],
  columns: readonly string[],
  path: string,
  { isRead }: RecordOptions,
): Field[] {
  if (row.length !== columns.length) {
    throw new DataError({
      path,
      expected: `${columns.length} values, for ${namesText(columns)}`,
      received: String(row.length),
    });
  }
  const fields = new Array<Field>(columns.length);
  for (let at = 0; at < fields.length; at++) {
    fields[at] = isRead?.[at] === false ? '' : fieldOf(row[at], () => `${path}[${at}]`);
  }
  return fields;
}

function recordOfObject(
  row: object,
  columns: readonly string[],
  path: string,
  { mayLack = false, isRead }: RecordOptions,
): Field[] {
  const values = row as Readonly<Record<string, unknown>>;
  const fields = new Array<Field>(columns.length).fill('');
  for (let at = 0; at < fields.length; at++) {
    if (isRead?.[at] === false) continue;
    const name = columns[at] as string;
    const own = Object.hasOwn(values, name) ? name : alike(values, name);
    if (own === undefined && !mayLack) throw absentColumn(values, name, path);
    if (own !== undefined) fields[at] = fieldOf(values[own], () => `${path}.${name}`);
  }
  return fields;
}

/** The name of a column that looks the same, and is composed otherwise. */
function alike(row: object, name: string): string | undefined {
  const key = columnKey(name);
  return Object.keys(row).find((other) => columnKey(other) === key);
}

function absentColumn(row: object, name: string, path: string): DataError {
  const names = Object.keys(row);
  return new DataError({
    path: `${path}.${name}`,
    expected: 'a value; null where it is missing',
    received:
      names.length === 0 ? 'nothing in the row' : `nothing: the row has ${namesText(names)}`,
    remedy: remedyFor(name, names),
  });
}

const mostNamed = 10;

function namesText(names: readonly string[]): string {
  const more = names.length - mostNamed;
  const shown = names.slice(0, mostNamed).map((name) => `'${name}'`);
  return listOf(more > 0 ? [...shown, `${more} more`] : shown);
}
