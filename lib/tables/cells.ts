import { isDate } from '../builtins.js';
import { describeValue } from '../checks.js';
import { DataError } from '../errors.js';

/** Values of a program as the fields that a file would have. */

/** What a row may hold. NaN, null, undefined and '' stand for a missing value. */
export type Cell = string | number | bigint | boolean | Date | null | undefined;

/** What a file would have for such a value, numbers as they are. */
export type Field = string | number;

/**
 * The field of a value: what is written is what is read, as for a table in a file.
 *
 * @param pathOf where the value stands, for errors
 * @throws DataError for objects
 */
export function fieldOf(value: unknown, pathOf: () => string): Field {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
      // As it is: what decimal sign a file has is of no matter.
      return Number.isNaN(value) ? '' : value;
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
    remedy: 'Give what is in it as columns of their own, or leave the column out.',
  });
}
