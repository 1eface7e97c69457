import type { ByteRange } from './hybrid.js';
import { readHybrid } from './hybrid.js';
import type { ParquetColumn } from './parquetColumn.js';
import type { ParquetPackages } from './parquetPackages.js';

/** The values of a page as they are stored, by the encoding of the page. */

type StoredValues = ArrayLike<unknown>;

/** Bytes of a value; undefined where each has a length of its own. */
const sizes: Readonly<Record<string, number | undefined>> = {
  INT32: 4,
  INT64: 8,
  INT96: 12,
  FLOAT: 4,
  DOUBLE: 8,
};

/**
 * @param encoding as Parquet calls it
 * @param range where they stand
 * @throws RangeError where there are fewer, and for an encoding that is not known
 */
export function readValues(
  encoding: string,
  range: ByteRange,
  count: number,
  { element }: ParquetColumn,
  packages: ParquetPackages,
): StoredValues {
  if (count === 0) return [];
  const { type = 'BOOLEAN', type_length: length } = element;
  const { start, end } = range;
  const size = type === 'FIXED_LEN_BYTE_ARRAY' ? length : sizes[type];
  switch (encoding) {
    case 'PLAIN':
      if (type === 'BYTE_ARRAY') return plainByteArrays(range, count);
      requireBytes(type === 'BOOLEAN' ? Math.ceil(count / 8) : count * (size ?? 1), end - start);
      return packages.readPlain(readerOf(range), type, count, length);
    case 'RLE':
      return runsOfBooleans(range, count);
    case 'BYTE_STREAM_SPLIT':
      requireBytes(count * (size ?? 1), end - start);
      return packages.byteStreamSplit(readerOf(range), count, type, length);
    case 'DELTA_BINARY_PACKED':
      return deltas(readerOf(range), count, type, packages);
    case 'DELTA_LENGTH_BYTE_ARRAY':
      return deltaLengths(range, count, packages);
    case 'DELTA_BYTE_ARRAY':
      return deltaByteArrays(range, count, packages);
    default:
      throw new RangeError(`the encoding ${encoding}, which is not known`);
  }
}

interface Reader {
  readonly view: DataView;
  offset: number;
}

function readerOf({ bytes, start, end }: ByteRange): Reader {
  return { view: new DataView(bytes.buffer, bytes.byteOffset + start, end - start), offset: 0 };
}

function requireBytes(wanted: number, there: number): void {
  if (wanted > there) throw new RangeError(`${there} bytes where values take ${wanted}`);
}

/** Each behind its length. */
function plainByteArrays({ bytes, start, end }: ByteRange, count: number): Uint8Array[] {
  requireBytes(4 * count, end - start);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new Array<Uint8Array>(count);
  let at = start;
  for (let index = 0; index < count; index++) {
    requireBytes(4, end - at);
    const length = view.getUint32(at, true);
    at += 4;
    requireBytes(length, end - at);
    values[index] = bytes.subarray(at, at + length);
    at += length;
  }
  return values;
}

function runsOfBooleans({ bytes, start, end }: ByteRange, count: number): boolean[] {
  requireBytes(4, end - start);
  const bits = new Uint8Array(count);
  readHybrid({ bytes, start: start + 4, end }, 1, bits);
  return Array.from(bits, (bit) => bit === 1);
}

function deltas(
  reader: Reader,
  count: number,
  type: string,
  { deltaBinaryUnpack }: ParquetPackages,
): Int32Array | BigInt64Array {
  const values = type === 'INT32' ? new Int32Array(count) : new BigInt64Array(count);
  deltaBinaryUnpack(reader, count, values);
  return values;
}

/** Lengths, and behind them the bytes. */
function deltaLengths(range: ByteRange, count: number, packages: ParquetPackages): Uint8Array[] {
  const reader = readerOf(range);
  const lengths = deltas(reader, count, 'INT32', packages);
  return slices(range, reader, lengths as Int32Array);
}

function slices(
  { bytes, start, end }: ByteRange,
  reader: Reader,
  lengths: Int32Array,
): Uint8Array[] {
  let at = start + reader.offset;
  return Array.from(lengths, (length) => {
    if (length < 0) throw new RangeError('a text of less than no bytes');
    requireBytes(length, end - at);
    at += length;
    return bytes.subarray(at - length, at);
  });
}

/** Each begins as the one before it does. */
function deltaByteArrays(range: ByteRange, count: number, packages: ParquetPackages): Uint8Array[] {
  const reader = readerOf(range);
  const prefixes = deltas(reader, count, 'INT32', packages) as Int32Array;
  const lengths = deltas(reader, count, 'INT32', packages) as Int32Array;
  let last: Uint8Array = new Uint8Array(0);
  return slices(range, reader, lengths).map((suffix, index) => {
    const prefix = prefixes[index] ?? 0;
    if (prefix < 0 || prefix > last.length) throw new RangeError('a text that begins as none does');
    last = prefix === 0 ? suffix : Buffer.concat([last.subarray(0, prefix), suffix]);
    return last;
  });
}
