import { zerosLike } from '../builtins.js';

/** A copy of some rows of values that lie row after row. */
export function pickRows<Values extends Float32Array | Float64Array | Uint8Array>(
  values: Values,
  rows: readonly number[],
  columns: number,
): Values {
  const picked = zerosLike(values, rows.length * columns);
  for (const [at, row] of rows.entries()) {
    picked.set(values.subarray(row * columns, (row + 1) * columns), at * columns);
  }
  return picked;
}
