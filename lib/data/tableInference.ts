import { listOf, remedyFor } from '../checks.js';
import { ArgumentError, DataError } from '../errors.js';
import type { CellFormat } from './cellRules.js';
import { inferColumn, missingNotices } from './columnInference.js';
import { ColumnPlaces, columnKey, columnSet } from './columnNames.js';
import { type ColumnChoice, fitColumn } from './columns/columnKinds.js';
import type { ScalingName } from './columns/scalings.js';
import type { TableSchema } from './tableSchema.js';
import type { ColumnStatistics } from './tableStatistics.js';
import {
  type ChosenTask,
  chooseTask,
  type Task,
  targetColumn,
  targetNotices,
} from './targetInference.js';

/** From the statistics of a table to its schema: the rules, and what the user should know of them. */

export interface InferenceOptions extends CellFormat {
  /** Column to predict; null for an autoencoder. */
  readonly target: string | null;
  /** Chosen from the target column when undefined. */
  readonly task?: Task | undefined;
  /** Columns that are no inputs. */
  readonly ignore: readonly string[];
  /** Columns that are categories, each of their texts one, whatever these look like. */
  readonly categorical?: readonly string[] | undefined;
  /**
   * Beyond how many different texts a column is one input, the index of a category that a network has a vector for.
   *
   * @default none is
   */
  readonly embedAbove?: number | undefined;
  /**
   * How numbers are scaled.
   *
   * @default 'standard'
   */
  readonly scale?: ScalingName | undefined;
  /** Columns that the file says are texts, of which none is read as a number. */
  readonly texts?: readonly string[] | undefined;
  /** Columns that are inputs, though they count the rows or have the same value in all of them. */
  readonly keep?: readonly string[] | undefined;
  /** Most categories of a text column, and most classes. */
  readonly maxCategories: number;
  readonly header: boolean;
}

/** What the columns are, before anything is fitted to their values. */
export interface InferredColumns {
  /** The inputs, in their order. */
  readonly columns: readonly ColumnChoice[];
  /** Null for an autoencoder. */
  readonly target: string | null;
  /** Which task was chosen, and why, in words; null for an autoencoder. */
  readonly task: ChosenTask | null;
  /** Sentences about columns that were left out or look odd. */
  readonly notices: readonly string[];
}

export interface InferredSchema extends Pick<InferredColumns, 'task' | 'notices'> {
  readonly schema: TableSchema;
}

/**
 * Makes the schema: what the columns are, and what is fitted to them, by the same rows.
 *
 * @param statistics of every column of the file, over the rows that have a target
 * @param path how errors call the file
 */
export function inferSchema(
  statistics: readonly ColumnStatistics[],
  options: InferenceOptions,
  path: string,
): InferredSchema {
  const inferred = inferColumns(statistics, options, path);
  const { task, notices } = inferred;
  return { schema: fitSchema(inferred, statistics, options, path), task, notices };
}

/**
 * What the columns are.
 *
 * @throws DataError where none is left to learn from
 */
export function inferColumns(
  statistics: readonly ColumnStatistics[],
  options: InferenceOptions,
  path: string,
): InferredColumns {
  const notices: string[] = [];
  const target = options.target === null ? undefined : statisticsBy(statistics)(options.target);
  const ignored = columnSet(options.ignore);
  const task = target ? chooseTask(target, options.task, path) : null;
  if (target && task) notices.push(...targetNotices(target, task.name));
  const rules = {
    isAutoencoder: options.target === null,
    hasHeader: options.header,
    embedAbove: options.embedAbove,
    categorical: columnSet(options.categorical ?? []),
    texts: columnSet(options.texts ?? []),
    keep: columnSet(options.keep ?? []),
    maxCategories: options.maxCategories,
  };
  const inputs = statistics
    .filter((column) => column !== target && !ignored.has(columnKey(column.name)))
    .flatMap((column) => {
      const choice = inferColumn(column, rules, notices);
      return choice === undefined ? [] : [{ column, choice }];
    });
  notices.push(...missingNotices(inputs));
  if (inputs.length === 0) throw noInputs(path, notices);
  const columns = inputs.map(({ choice }) => choice);
  return { columns, target: target?.name ?? null, task, notices };
}

/**
 * Fits scales, categories and classes.
 *
 * @param statistics of every column of the file, over the rows that it is fitted to
 * @param path how errors call the file
 * @throws DataError for values that cannot be encoded
 */
export function fitSchema(
  { columns, target, task }: InferredColumns,
  statistics: readonly ColumnStatistics[],
  { header, missing, decimal, maxCategories, scale = 'standard' }: InferenceOptions,
  path: string,
): TableSchema {
  const of = statisticsBy(statistics);
  const fitOptions = { path, maxCategories, scale };
  const targetStatistics = target === null ? undefined : of(target);
  return {
    kind: 'table',
    header,
    ...(missing !== undefined && { missing }),
    ...(decimal !== undefined && { decimal }),
    columns: columns.flatMap((choice) => {
      const column = of(choice.name);
      return column === undefined ? [] : [fitColumn(choice, column, fitOptions)];
    }),
    target:
      targetStatistics && task
        ? targetColumn(targetStatistics, task.name, maxCategories, path)
        : null,
  };
}

function statisticsBy(
  statistics: readonly ColumnStatistics[],
): (name: string) => ColumnStatistics | undefined {
  const places = new ColumnPlaces(statistics.map(({ name }) => name));
  return (name) => statistics[places.of(name) ?? -1];
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

/** A table of 100,000 constant columns is described by the first of them. */
const mostNoticesShown = 10;

export function noInputs(path: string, notices: readonly string[]): DataError {
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
