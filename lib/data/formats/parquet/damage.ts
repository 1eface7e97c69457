import { messageOf } from '../../../builtins.js';
import { FileFormatError, LayerwiseError } from '../../../errors.js';

/** Errors of files that are not as their format has them. */

export function damaged(path: string, received: string, cause?: unknown): FileFormatError {
  return new FileFormatError(
    {
      path,
      expected: 'a whole Parquet file',
      received,
      remedy: 'Copy or write the file again.',
    },
    { cause },
  );
}

/**
 * Whatever a parser of bytes throws is damage of the file; our own errors are what they are.
 *
 * @param place within the file, in words
 */
export function asDamage(error: unknown, path: string, place: string): unknown {
  if (error instanceof LayerwiseError) return error;
  return damaged(path, `damage in ${place} (${messageOf(error)})`, error);
}

export function unsupported(path: string, expected: string, received: string): FileFormatError {
  return new FileFormatError({
    path,
    expected,
    received,
    remedy: 'Write the file otherwise: with zstd or snappy, and without encryption.',
  });
}
