import { ArgumentError } from '../../errors.js';
import { formatCount } from '../../quantities.js';
import { fewRows } from '../../search/rowsToJudge.js';
import type { TrainingPlan } from '../../tables/trainingPlan.js';
import { plural } from '../../terminal/style.js';
import { UsageError } from '../arguments/usageError.js';
import type { TrainingData } from '../training/trainingData.js';
import type { SearchOptions } from './searchArguments.js';

/** By which rows the trials of a search are judged, and what is to be said of them. */

const usualFolds = 5;

/** @throws UsageError, ArgumentError when there are not as many rows, or groups, as folds. */
export function requireFolds({ folds, data: file }: SearchOptions, data: TrainingData): void {
  if (folds === undefined) return;
  const { rows } = data.inputs;
  if (folds > rows) {
    throw new UsageError(
      `--folds ${folds} needs as many rows, and ${file} has ${plural(rows, 'row')}: give --folds ${rows} or less`,
      'search',
    );
  }
  const groups = data.groups === null ? folds : new Set(data.groups).size;
  if (groups >= folds) return;
  throw new ArgumentError({
    path: '--groups',
    expected: `at least as many groups as folds, ${folds}`,
    received: String(groups),
    remedy: groups < 2 ? 'Name a column with more values.' : `Give --folds ${groups} or less.`,
  });
}

/** Where no rows judge: what does, before the search begins. */
export function noRowsNote(
  { folds, validation }: SearchOptions,
  { trainingRows, validationRows }: TrainingPlan,
): string | null {
  if (folds !== undefined || validationRows > 0) return null;
  const none = `${plural(trainingRows, 'row')} with --validation ${validation} leave none to judge by`;
  return `${none}: trials go by the loss of their training, which is least where rows are learnt by heart. ${offer(trainingRows)}`;
}

/** Where few rows have judged: beside what they have found. */
export function fewRowsNote(
  { folds }: SearchOptions,
  { trainingRows, validationRows }: TrainingPlan,
): string | null {
  if (folds !== undefined || validationRows === 0 || validationRows >= fewRows) return null;
  return `The trials were judged by ${plural(validationRows, 'row')}: the best may suit these by chance, and do worse on others. ${offer(trainingRows + validationRows)}`;
}

function offer(rows: number): string {
  if (rows < 2) return 'Give more rows.';
  return `--folds ${Math.min(usualFolds, rows)} judges each trial by all ${formatCount(rows)} rows.`;
}
