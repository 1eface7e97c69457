import { matrix } from '../../lib/index.js';

/** Four rows that no linear function tells apart. */
export const xor = {
  inputs: [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ],
  targets: [0, 1, 1, 0],
};

/** Points around three corners, in a fixed pseudo-random order. */
export function clusters(rows: number) {
  const random = randomNumbers(7);
  const values = new Float32Array(rows * 2);
  const labels = new Int32Array(rows);
  const corners = [
    [0, 0],
    [3, 0],
    [0, 3],
  ] as const;
  for (let row = 0; row < rows; row++) {
    const label = Math.floor(random() * 3);
    const [x, y] = corners[label as 0 | 1 | 2];
    labels[row] = label;
    values[row * 2] = x + random() - 0.5;
    values[row * 2 + 1] = y + random() - 0.5;
  }
  return { inputs: matrix(values, rows, 2), targets: labels };
}

/** Numbers from 0 to 1, the same each time (a linear congruential generator of 32 bits). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
