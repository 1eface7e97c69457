import { allocateNumbers } from '../memory.js';
import type { FileRows } from './fileRows.js';
import { type MatrixInput, matrix } from './matrix.js';

/** The most numbers that are read at once. */
const sliceNumbers = 2 ** 22;

/**
 * Reads all rows of a file of float32, for what takes some of them again and again.
 *
 * @throws MemoryError; what reading throws.
 */
export async function rowsInMemory(file: FileRows): Promise<MatrixInput> {
  const { path, rows, columns } = file;
  const values = allocateNumbers(Float32Array, rows * columns, path, 'all rows of the file');
  const rowsAtOnce = Math.max(1, Math.floor(sliceNumbers / columns));
  for (let start = 0; start < rows; start += rowsAtOnce) {
    const end = Math.min(rows, start + rowsAtOnce);
    values.set(await file.read(start, end), start * columns);
  }
  return matrix(values, rows, columns);
}
