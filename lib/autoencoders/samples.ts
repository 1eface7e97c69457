import { type MatrixInput, matrix } from '../data/matrix.js';
import { allocateNumbers } from '../memory.js';
import { RandomStream } from '../random.js';

/**
 * Codes drawn from the standard normal distribution: the same for the same seed.
 *
 * @returns [rows, columns].
 * @throws MemoryError
 */
export function standardNormalCodes(rows: number, columns: number, seed: number): MatrixInput {
  const stream = new RandomStream(seed);
  const length = rows * columns;
  const values = allocateNumbers(Float32Array, length, 'rows', `${length} numbers of codes`);
  for (let index = 0; index < length; index++) values[index] = stream.normal();
  return matrix(values, rows, columns);
}
