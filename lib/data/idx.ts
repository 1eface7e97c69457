import { endianness } from 'node:os';
import { FileFormatError, MemoryError } from '../errors.js';

/**
 * Reads IDX files, the format of MNIST and its relatives: two zero bytes, one byte for the type of
 * the values, one for the number of dimensions, the dimensions as big-endian 32-bit integers, then
 * the values, big-endian. http://yann.lecun.com/exdb/mnist/
 */

const typesOfCodes = {
  8: { name: 'uint8', bytes: 1, array: Uint8Array },
  9: { name: 'int8', bytes: 1, array: Int8Array },
  11: { name: 'int16', bytes: 2, array: Int16Array },
  12: { name: 'int32', bytes: 4, array: Int32Array },
  13: { name: 'float32', bytes: 4, array: Float32Array },
  14: { name: 'float64', bytes: 8, array: Float64Array },
} as const;

type TypeCode = keyof typeof typesOfCodes;
export type IdxType = (typeof typesOfCodes)[TypeCode]['name'];
export type IdxValues =
  | Uint8Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Float32Array
  | Float64Array;

const mostDimensions = 8;
/** Larger items are no data for a network, but a damaged or hostile header. */
const largestItem = 2 ** 24;

export interface IdxHeader {
  readonly type: IdxType;
  /** The first dimension counts the items: images, labels. */
  readonly dimensions: readonly number[];
  readonly items: number;
  /** Values per item. */
  readonly itemSize: number;
}

/** A file whose header is known and whose values are still to be read, once. */
export interface IdxReader extends IdxHeader {
  readonly path: string;
  /** Whole items, at most `itemsPerBatch` a time. Ends with an error when the file is cut off. */
  batches(itemsPerBatch: number): AsyncGenerator<IdxValues>;
}

/** Whether a file begins as IDX files do. Four bytes are enough. */
export function looksLikeIdx(start: Uint8Array): boolean {
  const [first, second, type = 0, dimensions = 0] = start;
  return first === 0 && second === 0 && type in typesOfCodes && dimensions > 0;
}

/**
 * Reads up to the values.
 *
 * @param chunks the bytes of the file, unpacked, see bytes.ts
 * @param path how errors call the file
 * @throws FileFormatError
 */
export async function openIdx(
  chunks: AsyncGenerator<Uint8Array>,
  path: string,
): Promise<IdxReader> {
  const bytes = new ByteQueue(chunks);
  try {
    return await readHeader(bytes, path);
  } catch (error) {
    // Nobody else would let go of the file.
    await bytes.close();
    throw error;
  }
}

async function readHeader(bytes: ByteQueue, path: string): Promise<IdxReader> {
  const magic = await bytes.take(4);
  if (magic === undefined || !looksLikeIdx(magic)) throw notIdx(path);
  const rank = magic[3] ?? 0;
  if (rank > mostDimensions) throw damaged(path, `1 to ${mostDimensions} dimensions`, `${rank}`);
  const sizes = await bytes.take(4 * rank);
  if (sizes === undefined) throw damaged(path, 'a whole header', 'the end of the file within it');
  const view = new DataView(sizes.buffer, sizes.byteOffset, sizes.byteLength);
  const dimensions = Array.from({ length: rank }, (_, index) => view.getUint32(4 * index));
  const { name, bytes: valueBytes, array } = typesOfCodes[magic[2] as TypeCode];
  const itemSize = dimensions.slice(1).reduce((product, size) => product * size, 1);
  requireSizes(dimensions, itemSize, path);
  const header = { path, type: name, dimensions, items: dimensions[0] ?? 0, itemSize };
  return {
    ...header,
    batches: (itemsPerBatch) => itemBatches(bytes, header, itemsPerBatch, valueBytes, array),
  };
}

/**
 * All values at once. Memory is taken as the values arrive, so that a header which lies about the
 * number of items costs nothing.
 */
export async function readIdx(reader: IdxReader): Promise<IdxValues> {
  const { items, itemSize, path } = reader;
  const parts: IdxValues[] = [];
  const itemsPerBatch = Math.max(1, Math.floor(2 ** 20 / itemSize));
  for await (const part of reader.batches(itemsPerBatch)) parts.push(part);
  const [first] = parts;
  if (first === undefined) throw damaged(path, 'at least one item', 'none');
  try {
    const values = new (first.constructor as new (length: number) => IdxValues)(items * itemSize);
    let start = 0;
    for (const part of parts) {
      values.set(part, start);
      start += part.length;
    }
    return values;
  } catch (cause) {
    const received = `${items} items of ${itemSize} values`;
    throw new MemoryError({ path, expected: 'data that fits into memory', received }, { cause });
  }
}

async function* itemBatches(
  bytes: ByteQueue,
  { path, items, itemSize }: IdxHeader & { path: string },
  itemsPerBatch: number,
  valueBytes: number,
  array: new (buffer: ArrayBuffer) => IdxValues,
): AsyncGenerator<IdxValues> {
  try {
    for (let item = 0; item < items; item += itemsPerBatch) {
      const count = Math.min(itemsPerBatch, items - item);
      const part = await bytes.take(count * itemSize * valueBytes);
      if (part === undefined) {
        const there = item + Math.floor(bytes.available / (itemSize * valueBytes));
        throw damaged(path, `${items} items, as its header says`, `${there}: the file is cut off`);
      }
      // A copy of its own is aligned, and may be reordered in place.
      yield new array(nativeOrder(Uint8Array.from(part), valueBytes).buffer);
    }
    if (await bytes.isEmpty()) return;
    throw damaged(path, `${items} items, as its header says`, 'more bytes behind them');
  } finally {
    await bytes.close();
  }
}

function nativeOrder(bytes: Uint8Array<ArrayBuffer>, valueBytes: number): Uint8Array<ArrayBuffer> {
  if (valueBytes === 1 || endianness() === 'BE') return bytes;
  const buffer = Buffer.from(bytes.buffer);
  if (valueBytes === 2) buffer.swap16();
  else if (valueBytes === 4) buffer.swap32();
  else buffer.swap64();
  return bytes;
}

function requireSizes(dimensions: readonly number[], itemSize: number, path: string): void {
  const product = itemSize * (dimensions[0] ?? 0);
  if (product > 0 && itemSize <= largestItem) return;
  const expected = `at least one item, and at most ${largestItem} values in each`;
  throw damaged(path, expected, dimensions.join(' x '));
}

function notIdx(path: string): FileFormatError {
  return new FileFormatError({
    path,
    expected: 'an IDX file (two zero bytes, the type of the values, the number of dimensions)',
    received: 'other bytes',
  });
}

function damaged(path: string, expected: string, received: string): FileFormatError {
  return new FileFormatError({
    path,
    expected,
    received,
    remedy: 'Copy or download the file again.',
  });
}

/** Gives bytes in the sizes that are asked for. */
class ByteQueue {
  readonly #chunks: AsyncGenerator<Uint8Array>;
  #parts: Uint8Array[] = [];
  #available = 0;

  constructor(chunks: AsyncGenerator<Uint8Array>) {
    this.#chunks = chunks;
  }

  /** Bytes that have arrived and were not taken. */
  get available(): number {
    return this.#available;
  }

  /** The next `count` bytes; undefined when fewer are left. */
  async take(count: number): Promise<Uint8Array | undefined> {
    while (this.#available < count) {
      if (!(await this.#fill())) return undefined;
    }
    const all = this.#parts.length === 1 ? this.#parts[0] : Buffer.concat(this.#parts);
    if (all === undefined) return undefined;
    this.#parts = all.length > count ? [all.subarray(count)] : [];
    this.#available -= count;
    return all.subarray(0, count);
  }

  async isEmpty(): Promise<boolean> {
    return this.#available === 0 && !(await this.#fill());
  }

  async close(): Promise<void> {
    await this.#chunks.return(undefined);
  }

  async #fill(): Promise<boolean> {
    const next = await this.#chunks.next();
    if (next.done) return false;
    this.#parts.push(next.value);
    this.#available += next.value.length;
    return true;
  }
}
