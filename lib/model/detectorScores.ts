/** How unusual a row is, from how large its errors are beside those that are usual. */

/**
 * The root of the mean square of the errors of a row. One that is far off tells more than many that are a little off: a mean
 * over many columns would hardly notice it.
 *
 * @param errors `[rows, columns]`
 */
export function rootMeanSquare(errors: Float64Array, row: number, columns: number): number {
  let sum = 0;
  for (let at = row * columns; at < (row + 1) * columns; at++) sum += (errors[at] as number) ** 2;
  return Math.sqrt(sum / columns);
}

const largest = 3.4e38;

/** What is beyond all numbers is as unusual as a number can say. */
export function finiteScore(score: number): number {
  return Number.isNaN(score) ? largest : Math.min(score, largest);
}

/** Part of the rows whose errors are left out of what is usual, if no more of them are taken for anomalies. */
export const leftOut = 0.01;
/** Smallest part of its variance that is usual for a column: below it, an anomaly would be made of every rounding. */
export const smallestPart = 1e-3;

/** The mean of errors without a part of the largest, which may be anomalies themselves. @param errors sorted in place */
export function usualError(errors: Float64Array, without: number): number {
  errors.sort();
  const kept = Math.ceil(errors.length * (1 - without));
  if (kept === 0) return 0;
  return errors.subarray(0, kept).reduce((sum, error) => sum + error, 0) / kept;
}
