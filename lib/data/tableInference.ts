import { listOf, remedyFor } from '../checks.js';
import { ArgumentError, DataError } from '../errors.js';
import { ColumnPlaces, columnKey, columnSet } from './columnNames.js';
import type {
  ClassTarget,
  FeatureColumn,
  NumberColumn,
  NumberTarget,
  TableSchema,
  TargetColumn,
} from './tableSchema.js';
import type { ColumnStatistics } from './tableStatistics.js';
import { parseNumber } from './tableValues.js';

/** From the statistics of a table to its schema: the rules, and what the user should know of them. */

export type Task = 'classification' | 'regression';

export interface InferenceOptions {
  /** Column to predict; null for an autoencoder. */
  readonly target: string | null;
  /** Chosen from the target column when undefined. */
  readonly task?: Task | undefined;
  /** Columns that are no inputs. */
  readonly ignore: readonly string[];
  /** Most categories of a text column, and most classes. */
  readonly maxCategories: number;
  readonly header: boolean;
}

export interface InferredSchema {
  readonly schema: TableSchema;
  /** Which task was chosen, and why, in words; null for an autoencoder. */
  readonly task: { readonly name: Task; readonly reason: string } | null;
  /** Sentences about columns that were left out or look odd. */
  readonly notices: readonly string[];
}

/** At most so many different whole numbers in a target are taken for classes. */
export const mostNumericClasses = 20;

/**
 * Makes the schema.
 *
 * The task, when it is not given: a target column with any text is classification. Numbers are
 * classification when all of them are whole, at most 20 of them differ, and each occurs twice on
 * average; otherwise regression.
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
  const task = target ? chooseTask(target, options.task) : null;
  const columns = statistics
    .filter((column) => column !== target && !ignored.has(columnKey(column.name)))
    .flatMap((column) => featureColumn(column, options, path, notices));
  if (columns.length === 0) throw noInputs(path, notices);
  return {
    schema: {
      kind: 'table',
      header: options.header,
      columns,
      target: target && task ? targetColumn(target, task.name, options, path) : null,
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

function chooseTask(
  target: ColumnStatistics,
  asked: Task | undefined,
): { name: Task; reason: string } {
  if (asked) return { name: asked, reason: 'as asked for with --task' };
  const { name, firstText, whole, present } = target;
  if (firstText) return { name: 'classification', reason: `'${name}' holds text` };
  if (!whole)
    return { name: 'regression', reason: `'${name}' holds numbers that are not all whole` };
  const different = classNames(target, true)?.length ?? Number.POSITIVE_INFINITY;
  if (different > mostNumericClasses || different * 2 > present) {
    return { name: 'regression', reason: `'${name}' holds many different whole numbers` };
  }
  return {
    name: 'classification',
    reason: `'${name}' holds only ${different} different whole numbers`,
  };
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
    if (column.numbers > column.present / 2) notices.push(almostNumbers(column));
    return [feature];
  }
  if (column.counting && column.present > 2) {
    notices.push(
      `Column '${name}' counts the rows: if it is only a number of the row, leave it out with --ignore ${quoted(name)}.`,
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

function scalingOf(column: ColumnStatistics, path: string): { mean: number; deviation: number } {
  const { name, firstInfinite, minimum, maximum, mean, deviation } = column;
  if (firstInfinite) {
    throw new DataError({
      path: `${path}:${firstInfinite.line}`,
      expected: `finite numbers in column '${name}'`,
      received: firstInfinite.value,
      remedy: `Write a missing value as an empty field, or leave the column out with --ignore ${quoted(name)}.`,
    });
  }
  if (isConstant(minimum, maximum)) return { mean: minimum, deviation: 1 };
  // A spread of 1e-200 or 1e200 leaves the range of a double when it is squared.
  if (Number.isFinite(deviation) && deviation > 0) return { mean, deviation };
  throw new DataError({
    path,
    expected: `numbers of ordinary size in column '${name}'`,
    received: `values from ${minimum} to ${maximum}`,
    remedy: `Rescale the column, or leave it out with --ignore ${quoted(name)}.`,
  });
}

/** Values that differ by their rounding alone have no spread that could be told from zero. */
function isConstant(minimum: number, maximum: number): boolean {
  const rounding = 4 * Number.EPSILON * Math.max(Math.abs(minimum), Math.abs(maximum));
  return maximum - minimum <= rounding;
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

function almostNumbers({ name, numbers, present, firstText }: ColumnStatistics): string {
  return (
    `Column '${name}' is taken as text because of '${firstText?.value}' in line ${firstText?.line}, ` +
    `though ${numbers} of its ${present} values are numbers.`
  );
}

function tooManyCategories(column: ColumnStatistics, limit: number, path: string): DataError {
  const { name, firstText, numbers, present } = column;
  const place = firstText ? `${path}:${firstText.line}` : path;
  if (numbers > present / 2 && firstText) {
    return new DataError({
      path: place,
      expected: `a number in column '${name}', in which most values are numbers`,
      received: `'${firstText.value}'`,
      remedy: `Correct it, leave the field empty, or leave the column out with --ignore ${quoted(name)}.`,
    });
  }
  const decimalComma = firstText && /^[+-]?\d+,\d+$/.test(firstText.value);
  return new DataError({
    path: place,
    expected: `at most ${limit} different texts in column '${name}'`,
    received: `more, such as '${firstText?.value ?? ''}'`,
    remedy: decimalComma
      ? 'If these are numbers, write them with a decimal point.'
      : `Leave the column out with --ignore ${quoted(name)}, or allow more with --max-categories.`,
  });
}

function targetColumn(
  target: ColumnStatistics,
  task: Task,
  options: InferenceOptions,
  path: string,
): TargetColumn {
  return task === 'classification'
    ? classTarget(target, options, path)
    : numberTarget(target, path);
}

function classTarget(
  target: ColumnStatistics,
  { maxCategories }: InferenceOptions,
  path: string,
): ClassTarget {
  const { name } = target;
  const numeric = target.isNumeric;
  const classes = classNames(target, numeric);
  if (classes === undefined || classes.length > maxCategories) {
    throw new DataError({
      path,
      expected: `at most ${maxCategories} classes in the target '${name}'`,
      received: 'more',
      remedy: numeric
        ? 'Give --task regression to predict the number itself, or allow more with --max-categories.'
        : 'Choose another target, or allow more with --max-categories.',
    });
  }
  if (classes.length >= 2) return { name, type: 'classes', classes, numeric };
  throw nothingToLearn(path, name, `only '${classes.join()}'`);
}

function numberTarget(target: ColumnStatistics, path: string): NumberTarget {
  const { name, firstText, minimum, maximum } = target;
  if (firstText) {
    throw new DataError({
      path: `${path}:${firstText.line}`,
      expected: `a number in the target '${name}'`,
      received: `'${firstText.value}'`,
      remedy: 'Correct it, leave the field empty (the row is then not used), or classify instead.',
    });
  }
  const scaling = scalingOf(target, path);
  if (minimum < maximum) return { name, type: 'number', ...scaling };
  throw nothingToLearn(path, name, `only ${minimum}`);
}

function nothingToLearn(path: string, name: string, received: string): DataError {
  return new DataError({
    path,
    expected: `at least two different values in the target '${name}'`,
    received,
    remedy: 'With a single value there is nothing to learn: check the column.',
  });
}

/** Numbers in their order, else texts in the order of their code units; undefined if too many. */
function classNames(target: ColumnStatistics, numeric: boolean): string[] | undefined {
  if (target.values === undefined) return undefined;
  const names = [...target.values.keys()];
  if (!numeric) return names.sort();
  const numbers = new Set(names.map(parseNumber));
  return [...numbers].sort((left, right) => left - right).map(String);
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

/** A name as it can be typed into a shell. */
function quoted(name: string): string {
  return /^[\w.-]+$/.test(name) ? name : `'${name.replaceAll("'", String.raw`'\''`)}'`;
}
