import { listOf, remedyFor } from '../checks.js';
import { ArgumentError, DataError } from '../errors.js';
import { optionText } from '../optionText.js';
import { ColumnPlaces, columnKey, columnSet } from './columnNames.js';
import { scalingOf } from './numberScaling.js';
import type { FeatureColumn, NumberColumn, TableSchema } from './tableSchema.js';
import type { ColumnStatistics } from './tableStatistics.js';
import { isDecimalComma } from './tableValues.js';
import {
  type ChosenTask,
  chooseTask,
  type Task,
  targetColumn,
  targetNotices,
} from './targetInference.js';

/** From the statistics of a table to its schema: the rules, and what the user should know of them. */

export interface InferenceOptions {
  /** Column to predict; null for an autoencoder. */
  readonly target: string | null;
  /** Chosen from the target column when undefined. */
  readonly task?: Task | undefined;
  /** Columns that are no inputs. */
  readonly ignore: readonly string[];
  /** Most categories of a text column, and most classes. */
  readonly maxCategories: number;
  /** What stands for a missing value; see `missingRule`. */
  readonly missing?: readonly string[] | undefined;
  readonly header: boolean;
}

export interface InferredSchema {
  readonly schema: TableSchema;
  /** Which task was chosen, and why, in words; null for an autoencoder. */
  readonly task: ChosenTask | null;
  /** Sentences about columns that were left out or look odd. */
  readonly notices: readonly string[];
}

/**
 * Makes the schema.
 *
 * @param statistics of every column of the file, over the rows that have a target
 * @param path how errors call the file
 */
export function inferSchema(
  statistics: readonly ColumnStatistics[],
  options: InferenceOptions,
  path: string,
): InferredSchema {
  const notices: string[] = [];
  const places = new ColumnPlaces(statistics.map(({ name }) => name));
  const target =
    statistics[(options.target === null ? undefined : places.of(options.target)) ?? -1];
  const ignored = columnSet(options.ignore);
  const task = target ? chooseTask(target, options.task, path) : null;
  if (target && task) notices.push(...targetNotices(target, task.name));
  const columns = statistics
    .filter((column) => column !== target && !ignored.has(columnKey(column.name)))
    .flatMap((column) => featureColumn(column, options, path, notices));
  if (columns.length === 0) throw noInputs(path, notices);
  return {
    schema: {
      kind: 'table',
      header: options.header,
      ...(options.missing !== undefined && { missing: options.missing }),
      columns,
      target: target && task ? targetColumn(target, task.name, options.maxCategories, path) : null,
    },
    task,
    notices,
  };
}

/**
 * Checks the names that a user gave against the columns of the file.
 *
 * @throws ArgumentError with the nearest name
 */
export function requireColumns(
  names: readonly string[],
  columns: readonly string[],
  option: string,
): void {
  const known = columnSet(columns);
  const unknown = names.find((name) => !known.has(columnKey(name)));
  if (unknown === undefined) return;
  throw new ArgumentError({
    path: option,
    expected: `a column of the file: ${listOf(columns.slice(0, 30), 'or')}${columns.length > 30 ? ', …' : ''}`,
    received: `'${unknown}'`,
    remedy: remedyFor(unknown, columns),
  });
}

function featureColumn(
  column: ColumnStatistics,
  options: InferenceOptions,
  path: string,
  notices: string[],
): FeatureColumn[] {
  const { name } = column;
  if (column.present === 0) {
    notices.push(`Column '${name}' is empty in every row: left out.`);
    return [];
  }
  const different = column.values?.size ?? Number.POSITIVE_INFINITY;
  // A constant says nothing about a target, but to an autoencoder a change of it is an anomaly.
  if (different === 1 && column.missing === 0 && options.target !== null) {
    notices.push(`Column '${name}' has the same value in every row: left out.`);
    return [];
  }
  if (!column.isNumeric) {
    const feature = textColumn(column, options, path);
    if (column.numbers + column.decimalCommas > column.present / 2) {
      notices.push(almostNumbers(column));
    }
    return [feature];
  }
  if (column.counting && column.present > 2) {
    notices.push(
      `Column '${name}' counts the rows: if it is only a number of the row, leave it out with ${optionText('ignore', [name])}.`,
    );
  }
  return [numberColumn(column, path)];
}

function numberColumn(column: ColumnStatistics, path: string): NumberColumn {
  return {
    name: column.name,
    type: 'number',
    ...scalingOf(column, path),
    missingIndicator: column.missing > 0,
  };
}

function textColumn(
  column: ColumnStatistics,
  { maxCategories }: InferenceOptions,
  path: string,
): FeatureColumn {
  const { name, values, missing } = column;
  if (values === undefined || values.size > maxCategories) {
    throw tooManyCategories(column, maxCategories, path);
  }
  const categories = [...values.keys()].sort();
  return { name, type: 'text', categories, missingCategory: missing > 0 };
}

function almostNumbers(column: ColumnStatistics): string {
  const { name, numbers, decimalCommas, present, firstText } = column;
  const cause = `because of '${firstText?.value}' in line ${firstText?.line}`;
  const counted = `though ${numbers + decimalCommas} of its ${present} values are numbers`;
  const commas = decimalCommas > 0 ? ' Numbers are written with a decimal point, not a comma.' : '';
  return `Column '${name}' is taken as text ${cause}, ${counted}.${commas}`;
}

function tooManyCategories(column: ColumnStatistics, limit: number, path: string): DataError {
  const { name, firstText, numbers, present } = column;
  const place = firstText ? `${path}:${firstText.line}` : path;
  if (numbers > present / 2 && firstText) {
    return new DataError({
      path: place,
      expected: `a number in column '${name}', in which most values are numbers`,
      received: `'${firstText.value}'`,
      remedy: `Correct it, leave the field empty, call it missing with ${optionText('missing', [firstText.value])}, or leave the column out with ${optionText('ignore', [name])}.`,
    });
  }
  const decimalComma = firstText && isDecimalComma(firstText.value);
  return new DataError({
    path: place,
    expected: `at most ${limit} different texts in column '${name}'`,
    received: `more, such as '${firstText?.value ?? ''}'`,
    remedy: decimalComma
      ? 'If these are numbers, write them with a decimal point.'
      : `Leave the column out with ${optionText('ignore', [name])}, or allow more with ${optionText('maxCategories')}.`,
  });
}

/** A table of 100,000 constant columns is described by the first of them. */
const mostNoticesShown = 10;

function noInputs(path: string, notices: readonly string[]): DataError {
  return new DataError({
    path,
    expected: 'at least one column to learn from',
    received: 'none',
    remedy: [
      ...notices.slice(0, mostNoticesShown),
      ...(notices.length > mostNoticesShown ? ['And so on.'] : []),
    ].join(' '),
  });
}
