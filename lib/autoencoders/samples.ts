import { type MatrixInput, matrix } from '../data/matrix.js';

/**
 * Codes drawn from the standard normal distribution: the same for the same seed.
 *
 * @returns [rows, columns].
 */
export function standardNormalCodes(rows: number, columns: number, seed: number): MatrixInput {
  const uniform = uniformNumbers(seed);
  const values = new Float32Array(rows * columns);
  for (let index = 0; index < values.length; index += 2) {
    // Box and Muller: two numbers at a time; 1 - u lies in (0, 1], where the logarithm is finite.
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    const angle = 2 * Math.PI * uniform();
    values[index] = radius * Math.cos(angle);
    if (index + 1 < values.length) values[index + 1] = radius * Math.sin(angle);
  }
  return matrix(values, rows, columns);
}

/** Numbers from 0 to below 1: the generator mulberry32 of Tommy Ettinger. */
function uniformNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}
