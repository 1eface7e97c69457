import { DataError } from '../errors.js';
import { optionText } from '../optionText.js';
import type { ColumnStatistics } from './tableStatistics.js';

/** How the numbers of a column are standardised, and which numbers cannot be. */

export interface Scaling {
  readonly mean: number;
  readonly deviation: number;
}

/**
 * Mean and standard deviation; the deviation is 1 where all numbers are the same.
 *
 * @param path how errors call the file
 * @throws DataError for infinities, and for numbers whose spread no double holds
 */
export function scalingOf(column: ColumnStatistics, path: string): Scaling {
  const { name, firstInfinite, minimum, maximum, mean, deviation } = column;
  if (firstInfinite) {
    throw new DataError({
      path: `${path}:${firstInfinite.line}`,
      expected: `finite numbers in column '${name}'`,
      received: firstInfinite.value,
      remedy: `Write a missing value as an empty field, or leave the column out with ${optionText('ignore', [name])}.`,
    });
  }
  if (isConstant(minimum, maximum)) return { mean: minimum, deviation: 1 };
  // A spread of 1e-200 or 1e200 leaves the range of a double when it is squared.
  if (Number.isFinite(deviation) && deviation > 0) return { mean, deviation };
  throw new DataError({
    path,
    expected: `numbers of ordinary size in column '${name}'`,
    received: `values from ${minimum} to ${maximum}`,
    remedy: `Rescale the column, or leave it out with ${optionText('ignore', [name])}.`,
  });
}

/** Values that differ by their rounding alone have no spread that could be told from zero. */
function isConstant(minimum: number, maximum: number): boolean {
  const rounding = 4 * Number.EPSILON * Math.max(Math.abs(minimum), Math.abs(maximum));
  return maximum - minimum <= rounding;
}
