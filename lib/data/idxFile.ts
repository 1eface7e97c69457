import { requirePath } from '../checks.js';
import { readBytes } from './bytes.js';
import { type IdxHeader, type IdxValues, openIdx, readIdx } from './idx.js';

/** A whole IDX file. */
export interface IdxData extends IdxHeader {
  /** Item after item; `items * itemSize` values. */
  readonly values: IdxValues;
}

/**
 * Reads an IDX file, plain or gzip, into memory: the format of MNIST and its relatives. The images
 * of MNIST become inputs with `matrix(values, items, itemSize, { scale: 1 / 255 })`.
 *
 * ```ts
 * const { values, items, itemSize } = await readIdxFile('train-images-idx3-ubyte.gz');
 * const inputs = matrix(values, items, itemSize, { scale: 1 / 255 });
 * ```
 *
 * @throws ArgumentError when the file cannot be read, FileFormatError when it is damaged or no IDX
 * file, MemoryError.
 */
export async function readIdxFile(path: string): Promise<IdxData> {
  const reader = await openIdx(readBytes(requirePath(path)), path);
  const { type, dimensions, items, itemSize } = reader;
  return { type, dimensions, items, itemSize, values: await readIdx(reader) };
}
