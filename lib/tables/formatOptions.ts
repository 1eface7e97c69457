import { countRule, describeValue, requireBoolean, requireInteger } from '../checks.js';
import { isCommentMark } from '../data/commentLines.js';
import type { CsvOptions } from '../data/csv.js';
import { isDelimiter } from '../data/delimiter.js';
import { encodingOf } from '../data/encodings.js';
import { ArgumentError } from '../errors.js';
import { type Checks, checkedBy } from './tableOptions.js';

/** The checks of how a file is read. */

const linesRule = { minimum: 0, maximum: Number.MAX_SAFE_INTEGER } as const;

const formatChecks: Checks<CsvOptions> = {
  delimiter: (value, path) =>
    requireTextThat(
      isDelimiter,
      value,
      path,
      'one character that is neither a quote nor a line end',
    ),
  skipLines: (value, path) => requireInteger(value, path, linesRule),
  comment: (value, path) =>
    requireTextThat(
      isCommentMark,
      value,
      path,
      'what lines begin with, without a quote or a line end',
    ),
  skipBadLines: requireBoolean,
  header: requireBoolean,
  encoding: (value, path) =>
    requireTextThat(
      (label) => encodingOf(label) !== undefined,
      value,
      path,
      'the name of an encoding, utf-8 or windows-1252 say',
    ),
  sampleSize: (value, path) => requireInteger(value, path, countRule),
};

/** @throws ArgumentError */
export function readFormat(given: unknown): CsvOptions {
  return checkedBy(formatChecks, given);
}

function requireTextThat(
  isRight: (text: string) => boolean,
  value: unknown,
  path: string,
  expected: string,
): string {
  if (typeof value === 'string' && isRight(value)) return value;
  throw new ArgumentError({ path, expected, received: describeValue(value) });
}
