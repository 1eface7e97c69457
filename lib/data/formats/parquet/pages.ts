import type { Cell } from '../../cells.js';
import type { Unpack } from './codecs.js';
import { readHybrid } from './hybrid.js';
import type { ParquetColumn } from './parquetColumn.js';
import type { PageHeader, ParquetPackages } from './parquetPackages.js';
import { readValues } from './values.js';

/** From a page of a column to its cells. Sizes and counts are checked before anything is reserved by them. */

/** What is needed to read the pages of a column. */
export interface PageContext {
  readonly column: ParquetColumn;
  readonly unpack: Unpack;
  readonly packages: ParquetPackages;
}

/** A page of more bytes is a size that nobody has written. */
const largestPage = 2 ** 30;

/**
 * The cells that the indices of later pages point at.
 *
 * @throws RangeError and whatever parsers throw
 */
export function dictionaryCells(
  { dictionary_page_header: header, uncompressed_page_size: size }: PageHeader,
  body: Uint8Array,
  { column, unpack, packages }: PageContext,
): Cell[] {
  const bytes = unpacked(body, size, unpack);
  const count = requireCount(header?.num_values, size);
  const values = readValues(
    'PLAIN',
    { bytes, start: 0, end: bytes.length },
    count,
    column,
    packages,
  );
  return Array.from(values, (value) => column.cellOf(value as never));
}

/**
 * The cells of a page of data, with null for what is missing.
 *
 * @param mostRows that the page may have
 * @throws RangeError and whatever parsers throw
 */
export function pageCells(
  header: PageHeader,
  body: Uint8Array,
  context: PageContext,
  dictionary: readonly Cell[] | undefined,
  mostRows: number,
): Cell[] {
  const { bytes, at, encoding, rows, present } = levelsOf(header, body, context, mostRows);
  const count = present === null ? rows : countOf(present);
  const range = { bytes, start: at, end: bytes.length };
  const { column, packages } = context;
  if (encoding === 'RLE_DICTIONARY' || encoding === 'PLAIN_DICTIONARY') {
    return spread(dictionaryValues(range, count, dictionary), present);
  }
  const { cellOf } = column;
  const values = readValues(encoding, range, count, column, packages);
  const cells = new Array<Cell>(count);
  for (let index = 0; index < count; index++) cells[index] = cellOf(values[index] as never);
  return spread(cells, present);
}

interface Levels {
  /** Unpacked; the values stand behind `at`. */
  readonly bytes: Uint8Array;
  readonly at: number;
  readonly encoding: string;
  readonly rows: number;
  /** 1 for each row that has a value; null where all have. */
  readonly present: Uint8Array | null;
}

function levelsOf(
  header: PageHeader,
  body: Uint8Array,
  { column, unpack }: PageContext,
  mostRows: number,
): Levels {
  const size = header.uncompressed_page_size;
  const { data_page_header: first, data_page_header_v2: second } = header;
  if (header.type === 'DATA_PAGE' && first !== undefined) {
    const rows = requireCount(first.num_values, mostRows);
    const bytes = unpacked(body, size, unpack);
    const { encoding } = first;
    if (!column.isOptional) return { bytes, at: 0, encoding, rows, present: null };
    if (first.definition_level_encoding !== 'RLE') {
      throw new RangeError(`levels as ${first.definition_level_encoding}`);
    }
    const length = requireCount(
      new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(0, true),
      size - 4,
    );
    const present = presence({ bytes, start: 4, end: 4 + length }, rows);
    return { bytes, at: 4 + length, encoding, rows, present };
  }
  if (header.type === 'DATA_PAGE_V2' && second !== undefined) {
    const rows = requireCount(second.num_values, mostRows);
    const repetition = requireCount(second.repetition_levels_byte_length, body.length);
    const definition = requireCount(second.definition_levels_byte_length, body.length - repetition);
    const levels = repetition + definition;
    const packed = body.subarray(levels);
    const isPacked = second.is_compressed !== false && size - levels > 0;
    const bytes = isPacked ? unpacked(packed, size - levels, unpack) : packed;
    const { encoding } = second;
    const present = column.isOptional
      ? presence({ bytes: body, start: repetition, end: levels }, rows)
      : null;
    return { bytes, at: 0, encoding, rows, present };
  }
  throw new RangeError(`a page of the type ${header.type}`);
}

function presence(range: Parameters<typeof readHybrid>[0], rows: number): Uint8Array {
  const present = new Uint8Array(rows);
  readHybrid(range, 1, present);
  return present;
}

function countOf(present: Uint8Array): number {
  let count = 0;
  for (const each of present) count += each;
  return count;
}

function dictionaryValues(
  {
    bytes,
    start,
    end,
  }: { readonly bytes: Uint8Array; readonly start: number; readonly end: number },
  count: number,
  dictionary: readonly Cell[] | undefined,
): Cell[] {
  if (count === 0) return [];
  if (dictionary === undefined) throw new RangeError('indices without a dictionary');
  const indices = new Uint32Array(count);
  const width = bytes[start] ?? 0;
  // Of no bits at all, every index is the first.
  if (width > 0) readHybrid({ bytes, start: start + 1, end }, width, indices);
  const cells = new Array<Cell>(count);
  for (let index = 0; index < count; index++) {
    const cell = dictionary[indices[index] as number];
    if (cell === undefined) throw new RangeError('an index beyond the dictionary');
    cells[index] = cell;
  }
  return cells;
}

/** Values, and null between them. */
function spread(values: Cell[], present: Uint8Array | null): Cell[] {
  if (present === null || values.length === present.length) return values;
  const cells = new Array<Cell>(present.length);
  let next = 0;
  for (let row = 0; row < present.length; row++) {
    cells[row] = present[row] === 1 ? (values[next++] as Cell) : null;
  }
  return cells;
}

function unpacked(body: Uint8Array, size: number, unpack: Unpack): Uint8Array {
  requireCount(size, largestPage);
  const bytes = unpack(body, size);
  if (bytes.length !== size) throw new RangeError(`${bytes.length} bytes in a page of ${size}`);
  return bytes;
}

export function requireCount(value: number | undefined, most: number): number {
  if (value !== undefined && Number.isInteger(value) && value >= 0 && value <= most) return value;
  throw new RangeError(`${value} where there are at most ${most}`);
}
