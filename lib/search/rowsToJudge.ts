import type { Autoencoder } from '../autoencoders/autoencoder.js';
import { isPlainObject } from '../checks.js';
import { type RowData, rowCountOf } from '../data/takeRows.js';
import { ArgumentError, LayerwiseError } from '../errors.js';
import type { Sequential } from '../model/sequential.js';
import { type CrossValidationOption, foldsOf } from './crossValidation.js';

/** The rows by which the trials of a search for a model are judged. */

/** What a search has noticed without being wrong. */
export interface SearchWarning {
  readonly code: 'fewRowsToJudge';
  /** The option that it is about. */
  readonly path: string;
  /** What was seen, with its numbers. */
  readonly problem: string;
  /** What to do, in full sentences. */
  readonly remedy: string;
  /** All of it in one text. */
  readonly message: string;
}

/** By fewer rows than these, the best of many trials is often the one that suits them by chance. */
export const fewRows = 100;

interface Judged extends CrossValidationOption {
  readonly model: Sequential | Autoencoder;
  readonly data: unknown;
  readonly validation: unknown;
}

/**
 * How many they are; undefined where `fit` will say what is wrong with the data or the options.
 *
 * @throws ArgumentError, ShapeError where there are none, or fewer than folds.
 */
export function rowsToJudge({ model, data, validation, crossValidation }: Judged) {
  const rows = rowsIn(data, model.inputSize);
  if (rows === undefined) return undefined;
  if (crossValidation !== undefined) {
    foldsOf(model, data as RowData, crossValidation);
    return rows;
  }
  if (isPlainObject(validation) && 'data' in validation) {
    return rowsIn(validation.data, model.inputSize);
  }
  const share = isPlainObject(validation) ? validation.split : validation;
  if (typeof share !== 'number' || !(share >= 0 && share < 1)) return undefined;
  const judging = Math.floor(rows * share);
  if (judging > 0) return judging;
  throw new ArgumentError({
    path: 'validation',
    expected: 'a share that leaves rows to judge the trials by',
    received: `${share} of ${rows} rows`,
    remedy:
      'Judge them by cross-validation, crossValidation: 5 say, or by rows of their own: { data }.',
  });
}

/** Undefined for what is no data of the model, whose `fit` says why. */
function rowsIn(data: unknown, columns: number): number | undefined {
  try {
    return rowCountOf(data as RowData, columns);
  } catch (error) {
    if (error instanceof LayerwiseError) return undefined;
    throw error;
  }
}

/** What is to be said of so many rows. */
export function warningsOf(rows: number | undefined, { crossValidation }: CrossValidationOption) {
  if (rows === undefined || rows >= fewRows || crossValidation !== undefined) return [];
  const path = 'validation';
  const problem = `the trials were judged by ${rows === 1 ? '1 row' : `${rows} rows`}, which the best of them may suit by chance`;
  const remedy = 'Judge them by all rows: crossValidation: 5, say.';
  const message = `${path}: ${problem}. ${remedy}`;
  const warning: SearchWarning = { code: 'fewRowsToJudge', path, problem, remedy, message };
  return [warning];
}
