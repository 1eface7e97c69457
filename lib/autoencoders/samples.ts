import { type MatrixInput, matrix } from '../data/matrix.js';
import { RandomStream } from '../random.js';

/**
 * Codes drawn from the standard normal distribution: the same for the same seed.
 *
 * @returns [rows, columns].
 */
export function standardNormalCodes(rows: number, columns: number, seed: number): MatrixInput {
  const stream = new RandomStream(seed);
  const values = Float32Array.from({ length: rows * columns }, () => stream.normal());
  return matrix(values, rows, columns);
}
