/** Numbers that sum up other numbers. */

/** Linear between the two nearest ranks: the default of NumPy. @param ascending One or more. */
export function quantileOf(ascending: ArrayLike<number>, quantile: number): number {
  const position = (ascending.length - 1) * quantile;
  const below = Math.floor(position);
  const lower = ascending[below] ?? 0;
  const upper = ascending[below + 1] ?? lower;
  return lower + (upper - lower) * (position - below);
}

export interface Moments {
  readonly mean: number;
  /** Over these numbers (divided by n), not estimated for a larger population. */
  readonly deviation: number;
}

/** Mean and standard deviation. @param values One or more. */
export function momentsOf(values: ArrayLike<number>): Moments {
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += values[index] as number;
  const mean = sum / values.length;
  let squares = 0;
  for (let index = 0; index < values.length; index++) {
    squares += ((values[index] as number) - mean) ** 2;
  }
  return { mean, deviation: Math.sqrt(squares / values.length) };
}

/**
 * The Euclidean norm, to the bits of `Math.hypot`, which takes no more numbers than a function may have
 * arguments: scaled by the largest, so that no square overflows, and with Kahan's compensation.
 */
export function normOf(values: readonly number[]): number {
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (largest === 0 || !Number.isFinite(largest)) return largest;
  let sum = 0;
  let lost = 0;
  for (const value of values) {
    const square = (value / largest) ** 2 - lost;
    const next = sum + square;
    lost = next - sum - square;
    sum = next;
  }
  return Math.sqrt(sum) * largest;
}
