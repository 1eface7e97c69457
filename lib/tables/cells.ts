import { isDate } from '../builtins.js';
import { describeValue } from '../checks.js';
import { DataError } from '../errors.js';

/** Values of a program as the fields that a file would have. */

/** What a row may hold. NaN, null, undefined and '' stand for a missing value. */
export type Cell = string | number | bigint | boolean | Date | null | undefined;

/**
 * The field of a value: what is written is what is read, as for a table in a file.
 *
 * @param pathOf where the value stands, for errors
 * @throws DataError for objects
 */
export function fieldOf(value: unknown, pathOf: () => string): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
      return Number.isNaN(value) ? '' : String(value);
    case 'boolean':
    case 'bigint':
      return String(value);
    case 'undefined':
      return '';
    default:
      return value === null ? '' : fieldOfObject(value, pathOf);
  }
}

function fieldOfObject(value: unknown, pathOf: () => string): string {
  if (isDate(value)) return Number.isNaN(value.getTime()) ? '' : value.toISOString();
  throw new DataError({
    path: pathOf(),
    expected: 'a text, a number, a boolean, a date, or nothing',
    received: describeValue(value),
  });
}
