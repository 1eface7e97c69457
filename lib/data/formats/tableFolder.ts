import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FileFormatError } from '../../errors.js';
import { fileSize } from '../bytes.js';
import { formatByName } from './openTable.js';

/**
 * A folder of files that are a table together, as Spark, Dask and pandas write large ones. Names of folders within it such as
 * `year=2024` are columns.
 */

/** One of these files. */
export interface TablePart {
  readonly path: string;
  readonly bytes: number;
  /** Of the folders that it lies in, in their order. */
  readonly keys: readonly (readonly [name: string, value: string | null])[];
}

/** What Hive writes for a value that is missing. */
const missingValue = '__HIVE_DEFAULT_PARTITION__';

export async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    // What is wrong with it is said by whoever opens it.
    return false;
  }
}

/** Bytes of a table in a file or a folder; null for pipes and devices. @throws as `fileSize` */
export async function tableSize(path: string): Promise<number | null> {
  if (!(await isFolder(path))) return await fileSize(path);
  const parts = await partsOf(path);
  return parts.reduce((bytes, part) => bytes + part.bytes, 0);
}

/**
 * The files of a folder, in the order of their names; what begins with a point or an
 * underscore is no part of the table, and neither is a file whose name says nothing of a table.
 *
 * @throws FileFormatError for a folder without a file of a table, or with files of several kinds
 */
export async function partsOf(folder: string): Promise<TablePart[]> {
  const parts: TablePart[] = [];
  await addParts(folder, [], parts);
  const [first, ...others] = parts;
  if (first === undefined) throw wrongFolder(folder, 'none in it');
  const format = formatByName(first.path);
  const other = others.find(({ path }) => formatByName(path) !== format);
  if (other !== undefined) throw wrongFolder(folder, `'${first.path}' and '${other.path}'`);
  return parts;
}

function wrongFolder(path: string, received: string): FileFormatError {
  return new FileFormatError({
    path,
    expected: 'a folder with the files of one table, all of one kind: .parquet, .jsonl or .csv',
    received,
  });
}

async function addParts(
  folder: string,
  keys: TablePart['keys'],
  parts: TablePart[],
): Promise<void> {
  const entries = (await readdir(folder, { withFileTypes: true })).sort(byName);
  for (const entry of entries) {
    const { name } = entry;
    if (name.startsWith('.') || name.startsWith('_')) continue;
    const path = join(folder, name);
    const status = await stat(path);
    if (status.isDirectory()) await addParts(path, [...keys, ...keyOf(name)], parts);
    else if (status.isFile() && formatByName(name)) parts.push({ path, bytes: status.size, keys });
  }
}

function byName({ name }: Dirent, other: Dirent): number {
  if (name === other.name) return 0;
  return name < other.name ? -1 : 1;
}

function keyOf(folder: string): TablePart['keys'] {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(folder) ?? [];
  if (name === undefined || value === undefined) return [];
  return [[decoded(name), value === missingValue ? null : decoded(value)]];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
