import { isArray } from '../builtins.js';
import {
  countRule,
  describeValue,
  isPlainObject,
  ownValue,
  requireInteger,
  requireKnownKeys,
  requireObject,
  withDefault,
} from '../checks.js';
import { ArgumentError } from '../errors.js';
import type { ResolvedFit } from './fitOptions.js';
import { cannotBeginAnywhere, type OpenStream } from './streamReader.js';
import { isArrayOfData } from './upload.js';

/** Data of `fit` that is a stream. */

const defaultShuffleBuffer = 8192;

/** Most rows that an epoch may have, as of data in memory. */
export const rowsRule = { minimum: 1, maximum: 2 ** 31 - 1 } as const;

export interface StreamOptions {
  readonly rows: OpenStream;
  readonly rowsPerEpoch: number | undefined;
  readonly shuffleBuffer: number;
  /** As they were given. */
  readonly classes: unknown;
  /** Those of each output. */
  readonly classesOfOutputs: readonly (readonly string[] | undefined)[] | undefined;
}

/** Whether data is a stream, or is meant as one. (A matrix has rows, too, and rows may be data by a wrong name.) */
export function isStream(data: unknown): data is Record<string, unknown> {
  if (!isPlainObject(data) || !('rows' in data)) return false;
  return !('values' in data) && !isArrayOfData(data.rows);
}

/** Refuses a stream where rows are read more than once, or all at a time. @throws ArgumentError */
export function requireKeptRows(data: unknown, path: string, remedy: string): void {
  if (!isStream(data)) return;
  throw new ArgumentError({
    path,
    expected: 'rows in memory or in a file',
    received: 'a stream',
    remedy,
  });
}

/**
 * @param outputs The names of the outputs; empty for the only one.
 * @param hasClasses Whether names of classes may stand beside the rows.
 * @throws ArgumentError
 */
export function resolveStream(
  data: Record<string, unknown>,
  outputs: readonly string[],
  hasClasses: boolean,
): StreamOptions {
  const keys = ['rows', 'rowsPerEpoch', 'shuffleBuffer', ...(hasClasses ? ['classes'] : [])];
  requireKnownKeys(data, keys, 'data');
  const { rows, rowsPerEpoch, shuffleBuffer, classes } = data;
  const isPlain = typeof rows === 'object' && rows !== null && Symbol.asyncIterator in rows;
  if (typeof rows !== 'function' && !isPlain) {
    throw new ArgumentError({
      path: 'data.rows',
      expected: 'a function ({ epoch, row }) that gives an async iterable, or an async iterable',
      received: describeValue(rows),
    });
  }
  if (isPlain && rowsPerEpoch === undefined) {
    throw new ArgumentError({
      path: 'data.rowsPerEpoch',
      expected:
        'the rows of an epoch, as a plain async iterable cannot be read twice to count them',
      received: 'undefined',
      remedy: 'Give the number, or a function: rows: ({ epoch, row }) => an async iterable.',
    });
  }
  return {
    rows: rows as OpenStream,
    rowsPerEpoch:
      rowsPerEpoch === undefined
        ? undefined
        : requireInteger(rowsPerEpoch, 'data.rowsPerEpoch', rowsRule),
    shuffleBuffer: requireInteger(
      withDefault(shuffleBuffer, defaultShuffleBuffer),
      'data.shuffleBuffer',
      countRule,
    ),
    classes,
    classesOfOutputs: classesOf(classes, outputs),
  };
}

/** Whether they suit the network is looked at with the rows. */
function classesOf(
  classes: unknown,
  outputs: readonly string[],
): StreamOptions['classesOfOutputs'] {
  if (classes === undefined) return undefined;
  return outputs.map((name) => {
    if (name === '') return requireClasses(classes, 'data.classes');
    const own = ownValue(requireObject(classes, 'data.classes'), name);
    return own === undefined ? undefined : requireClasses(own, `data.classes.${name}`);
  });
}

function requireClasses(classes: unknown, path: string): readonly string[] {
  if (isArray(classes) && classes.every((name) => typeof name === 'string')) return classes;
  throw new ArgumentError({
    path,
    expected: 'the names of the classes, strings',
    received: describeValue(classes),
  });
}

/**
 * @param isPart Whether the run is a part of another one, which may go on with it.
 * @throws ArgumentError for what a stream cannot do.
 */
export function requireStreamable(
  { rows }: StreamOptions,
  { resume, validation, training }: ResolvedFit,
  isPart: boolean,
): void {
  if (typeof rows !== 'function') {
    const { action } = training.onNonFinite;
    if (action === 'rollback') throw cannotBeginAnywhere('onNonFinite', action);
    if (resume !== false) throw cannotBeginAnywhere('resume', describeValue(resume));
    if (isPart) throw cannotBeginAnywhere('data.rows', 'a run that a study may go on with');
  }
  if (validation === undefined || !('split' in validation)) return;
  throw new ArgumentError({
    path: 'validation.split',
    expected: 'data to validate with, as no share of a stream can be set aside',
    received: describeValue(validation.split),
    remedy: 'Write validation: { data }.',
  });
}
