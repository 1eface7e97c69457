import { DataError } from '../errors.js';
import { optionText } from '../optionText.js';
import { requireFinite, requirePositive } from './schemaChecks.js';
import type { ColumnStatistics } from './tableStatistics.js';

/** How the numbers of a column are standardised, and which numbers cannot be. */

export interface Scaling {
  /** Mean over the rows that it is fitted to. */
  readonly mean: number;
  /** Standard deviation over them; 1 where all values are the same. */
  readonly deviation: number;
}

/** Checks that of a model. @throws FileFormatError */
export function parseScaling(record: Readonly<Record<string, unknown>>, path: string): Scaling {
  return {
    mean: requireFinite(record.mean, `${path}.mean`),
    deviation: requirePositive(record.deviation, `${path}.deviation`),
  };
}

/**
 * Mean and standard deviation; the deviation is 1 where all numbers are the same.
 *
 * @param path how errors call the file
 * @throws DataError for infinities, and for numbers whose spread no double holds
 */
export function scalingOf(
  column: Pick<ColumnStatistics, 'name' | 'firstInfinite' | 'moments'>,
  path: string,
): Scaling {
  const { name, firstInfinite, moments } = column;
  const { minimum, maximum, mean, deviation } = moments;
  if (firstInfinite) {
    throw new DataError({
      path: `${path}:${firstInfinite.line}`,
      expected: `finite numbers in column '${name}'`,
      received: firstInfinite.value,
      remedy: `Write a missing value as an empty field, or leave the column out with ${optionText('ignore', [name])}.`,
    });
  }
  // Of the rows that it is fitted to, all may lack it.
  if (minimum > maximum) return { mean: 0, deviation: 1 };
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
