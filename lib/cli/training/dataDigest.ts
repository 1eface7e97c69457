import { createHash, type Hash } from 'node:crypto';
import type { CsvOptions } from '../../data/csv.js';
import { encodedParts } from '../../data/encodedTable.js';
import { FileRows } from '../../data/fileRows.js';
import type { Survey, TableSource } from '../../data/table.js';
import { encodedWidth } from '../../data/tableSchema.js';
import type { TrainingData } from './trainingData.js';

/** Data that may know its digest. */
type Digested = Pick<TrainingData, 'inputs' | 'targets' | 'groups'> &
  Partial<Pick<TrainingData, 'digest'>>;

/** The most that a hash takes at once. */
const sliceBytes = 2 ** 26;

/** Of inputs in a file with more slices, so many pieces are looked at: the first, the last, and those between. */
const mostSlices = 16;
const pieces = 512;
const pieceBytes = 2 ** 19;

/**
 * Tells data from other data: of the rows as networks see them, with targets and groups, and so the
 * same for a file that was compressed, or whose ignored columns have changed. A million rows of thirty
 * columns take a fraction of what reading them takes. Of inputs that lie in a file of more than a gigabyte it is of 256 MB
 * from all parts of it.
 *
 * @throws What reading the file throws.
 */
export async function digestOf({
  inputs,
  targets,
  groups,
  digest = null,
}: Digested): Promise<string> {
  if (digest !== null) return digest;
  const hash = createHash('sha256');
  const addAll = (values: Values | null): void => {
    hash.update(`${values?.length ?? 'none'};`);
    if (values !== null) addTo(hash, values);
  };
  if (FileRows.isFileRows(inputs)) {
    hash.update(`${inputs.rows * inputs.columns};`);
    for (const [start, end] of partsOf(inputs)) addTo(hash, await inputs.read(start, end));
  } else {
    addAll(inputs.values);
  }
  addAll(targets);
  addAll(groups);
  return hash.digest('hex');
}

/**
 * The same of a table, as if all of its rows trained: which of them are held out, and so how numbers are scaled,
 * does not matter.
 *
 * @param whole what is known of all of its rows.
 * @throws What reading throws.
 */
export async function digestOfTable(
  source: TableSource,
  whole: Survey,
  options: CsvOptions,
): Promise<string> {
  const hash = createHash('sha256');
  hash.update(`${whole.rows * encodedWidth(whole.schema)};`);
  const targets: (Int32Array | Float32Array)[] = [];
  let targetRows = 0;
  for await (const part of encodedParts(source, whole, options)) {
    addTo(hash, part.inputs);
    if (part.targets === null) continue;
    targets.push(part.targets.slice());
    targetRows += part.targets.length;
  }
  hash.update(`${whole.schema.target === null ? 'none' : targetRows};`);
  for (const part of targets) addTo(hash, part);
  hash.update(`${whole.groups?.length ?? 'none'};`);
  if (whole.groups !== null) addTo(hash, whole.groups);
  return hash.digest('hex');
}

function addTo(hash: Hash, values: Values): void {
  for (let start = 0; start < values.byteLength; start += sliceBytes) {
    const bytes = Math.min(sliceBytes, values.byteLength - start);
    hash.update(new Uint8Array(values.buffer, values.byteOffset + start, bytes));
  }
}

type Values = Float32Array | Float64Array | Uint8Array | Int32Array;

/** The rows that are looked at, from and to. */
function partsOf({ rows, columns }: FileRows): (readonly [from: number, to: number])[] {
  const rowsOf = (bytes: number): number => Math.max(1, Math.floor(bytes / (4 * columns)));
  const whole = rowsOf(sliceBytes);
  if (rows <= mostSlices * whole) return cut(rows, whole);
  const all = cut(rows, rowsOf(pieceBytes));
  return Array.from({ length: pieces }, (_, index) => {
    return all[Math.round((index * (all.length - 1)) / (pieces - 1))] as (typeof all)[number];
  });
}

function cut(rows: number, each: number): (readonly [from: number, to: number])[] {
  return Array.from({ length: Math.ceil(rows / each) }, (_, index) => {
    return [index * each, Math.min(rows, (index + 1) * each)] as const;
  });
}
