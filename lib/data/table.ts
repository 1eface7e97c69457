import { DataError } from '../errors.js';
import { cellRules, targetRules } from './cellRules.js';
import { ColumnPlaces, columnKey, columnSet } from './columnNames.js';
import { needsOrder } from './columns/scalings.js';
import { type CsvOptions, openCsv } from './csv.js';
import { codeNotice, DroppedTargets, dropsACode, wordsBesideCodes } from './droppedTargets.js';
import { ClassLabels, GroupLabels } from './rowLabels.js';
import { StatisticsPass } from './statisticsPass.js';
import { changedFile } from './tableEncoder.js';
import {
  fitSchema,
  type InferenceOptions,
  type InferredColumns,
  inferColumns,
  noInputs,
  requireColumns,
} from './tableInference.js';
import type { TableSchema } from './tableSchema.js';
import type { TablePass, TableReader, TableSource } from './tableSource.js';
import { ColumnStatistics, type StatisticsOptions } from './tableStatistics.js';
import { mostNumericClasses } from './targetInference.js';

/**
 * A table as training data, in passes that stream it from where it is: the first one finds out what the
 * columns are, the second one fits scales and categories to the rows that train (where some do not), the
 * last one encodes (`encodedTable.ts`). Besides the encoded matrix, memory grows by a few bytes for each row.
 */

export type { TablePass, TableReader, TableSource };

/** A table in a file of text. @param read its bytes, from the start. */
export function csvSource(
  path: string,
  read: (pass: TablePass) => AsyncGenerator<Uint8Array>,
): TableSource {
  return { path, open: (pass, options) => openCsv(read(pass), path, options) };
}

export interface SurveyOptions extends Omit<InferenceOptions, 'header'>, CsvOptions, GroupOption {}

export interface GroupOption {
  /** The column that says which rows belong together; it is no input. */
  readonly groups?: string | undefined;
}

export interface Survey extends Pick<InferredColumns, 'task' | 'notices'> {
  /** What the columns are; null where a model said so. */
  readonly inferred: InferredColumns | null;
  /** Fitted to all rows, until it is fitted to those that train. */
  readonly schema: TableSchema;
  /** The number of the class of each row, in any order; null where the target has too many values. Shape (rows). */
  readonly classes: Int32Array | null;
  /** The number of the group of each row; null without a column of groups. Shape (rows). */
  readonly groups: Int32Array | null;
  /** Rows that can be trained on. */
  readonly rows: number;
  /** Rows that were left out because their target is missing. */
  readonly droppedRows: number;
  readonly columns: readonly string[];
  /** What stands between the fields; null where nothing does. */
  readonly delimiter: string | null;
  /** What stands for a missing target; undefined for the usual words. */
  readonly targetMissing: readonly string[] | undefined;
}

/**
 * The first pass: types, scaling, categories, target.
 *
 * @throws ArgumentError for a column name that the file does not have; DataError for data that
 *   cannot be learnt from
 */
export async function surveyTable(source: TableSource, options: SurveyOptions): Promise<Survey> {
  const { path } = source;
  const { target, missing } = options;
  const passing = { pass: 'survey', targetMissing: missing } as const;
  let gathered = await gather(source, options, passing);
  let targetMissing = missing;
  const codes = statisticsOf(gathered, target);
  const holdsCode =
    codes !== undefined && missing === undefined && dropsACode(codes, gathered.dropped);
  if (holdsCode) {
    targetMissing = wordsBesideCodes;
    gathered = await gather(source, options, { ...passing, targetMissing });
  }
  const { statistics, dropped, rows, columns, delimiter, rowNames, report } = gathered;
  if (rows === 0) throw noRows(path, dropped.rows, target);
  const inference = { ...inferenceOf(options, rowNames), texts: gathered.texts };
  const inferred = inferColumns(statistics, inference, path);
  const schema = fitSchema(inferred, statistics, inference, path);
  const notices = [
    ...report.notices(),
    ...(rowNames === null ? [] : [rowNamesNotice(rowNames)]),
    ...(holdsCode ? [codeNotice(target ?? '')] : []),
    ...dropped.notices(target ?? '', inferred.task?.name),
    ...inferred.notices,
  ];
  const { task } = inferred;
  const labels = { classes: gathered.classes, groups: gathered.groups };
  const found = { rows, droppedRows: dropped.rows, columns, delimiter, targetMissing };
  return { inferred, schema, task, notices, ...labels, ...found };
}

/** The column of groups is no input. */
function inferenceOf(options: SurveyOptions, rowNames: string | null): InferenceOptions {
  const ignore = [...options.ignore, ...asList(options.groups), ...asList(rowNames)];
  return { ...options, header: options.header ?? true, ignore };
}

/**
 * The second pass: scales and categories of the rows that train. Which classes there are is known from all rows,
 * as the network has an output for each.
 *
 * @param heldOut 1 for each row that does not train. Shape (rows).
 * @throws DataError when the file is no longer what the first pass saw, and for rows that nothing can be learnt from
 */
export async function fitTable(
  source: TableSource,
  survey: Survey,
  options: SurveyOptions,
  heldOut: Uint8Array,
): Promise<Survey> {
  const { path } = source;
  const { inferred, targetMissing } = survey;
  if (inferred === null) return survey;
  const passing = { pass: 'fit', targetMissing, heldOut, delimiter: survey.delimiter } as const;
  const { statistics, rows, rowNames } = await gather(source, options, passing);
  if (rows !== survey.rows) throw changedFile(path);
  const isClasses = survey.schema.target?.type === 'classes';
  const places = new ColumnPlaces(statistics.map(({ name }) => name));
  const present = (name: string): number => statistics[places.of(name) ?? -1]?.present ?? 0;
  const left = inferred.columns.filter(({ name }) => present(name) > 0);
  const gone = inferred.columns.filter(({ name }) => present(name) === 0);
  const notices = gone.map(
    ({ name }) => `Column '${name}' is empty in every row that trains: left out.`,
  );
  if (left.length === 0) throw noInputs(path, notices);
  const wanted = { ...inferred, columns: left, target: isClasses ? null : inferred.target };
  const fitted = fitSchema(wanted, statistics, inferenceOf(options, rowNames), path);
  const target = isClasses ? survey.schema.target : fitted.target;
  return { ...survey, schema: { ...fitted, target }, notices: [...survey.notices, ...notices] };
}

interface Gathered extends Pick<TableReader, 'columns' | 'delimiter' | 'rowNames' | 'report'> {
  readonly statistics: readonly ColumnStatistics[];
  /** All that have a target. */
  readonly rows: number;
  readonly dropped: DroppedTargets;
  readonly classes: Int32Array | null;
  readonly groups: Int32Array | null;
  /** The columns that the file says are texts. */
  readonly texts: readonly string[];
}

interface Passing {
  readonly pass: 'survey' | 'fit';
  /** The words that stand for a missing target. */
  readonly targetMissing: readonly string[] | undefined;
  /** As it was found. */
  readonly delimiter?: string | null;
  /** 1 for each row that the statistics leave out. */
  readonly heldOut?: Uint8Array;
}

/** More different texts than these are no categories: their vectors would be hundreds of megabytes. */
const mostEmbedded = 2 ** 20;

async function gather(
  source: TableSource,
  options: SurveyOptions,
  { pass, targetMissing, heldOut, delimiter: known = options.delimiter }: Passing,
): Promise<Gathered> {
  const reader = await openForSurvey(source, pass, { ...options, delimiter: known ?? undefined });
  const { columns, delimiter, rowNames, report } = reader;
  const limit = Math.max(options.maxCategories, mostNumericClasses);
  const places = new ColumnPlaces(columns);
  const targetField = options.target === null ? -1 : (places.of(options.target) ?? -1);
  const rulesOfTarget = targetRules({ ...options, missing: targetMissing });
  const rules = cellRules(options);
  const isSampled = needsOrder(options.scale);
  const texts = columns.filter((_, index) => reader.types?.[index] === 'text');
  const codes = columnSet([...(options.categorical ?? []), ...texts]);
  const mostTexts = options.embedAbove === undefined ? limit : mostEmbedded;
  const optionsOf = (name: string, index: number): StatisticsOptions =>
    index === targetField ? {} : { isSampled, mostTexts, isCode: codes.has(columnKey(name)) };
  const statistics = columns.map(
    (name, index) =>
      new ColumnStatistics(
        name,
        limit,
        index === targetField ? rulesOfTarget : rules,
        optionsOf(name, index),
      ),
  );
  const dropped = new DroppedTargets();
  const classes = targetField < 0 ? null : new ClassLabels(limit);
  const groupField = places.of(options.groups ?? '') ?? -1;
  const groups = options.groups === undefined ? null : new GroupLabels(rules.isMissing);
  const told = {
    target: { field: targetField, rules: rulesOfTarget },
    classes,
    groups,
    groupField,
  };
  const passed = new StatisticsPass(statistics, dropped, told, heldOut);
  for await (const batch of reader.batches()) passed.add(batch);
  const { rows } = passed;
  const labels = { classes: classes?.ofRows ?? null, groups: groups?.ofRows ?? null };
  return { statistics, rows, dropped, columns, delimiter, rowNames, report, texts, ...labels };
}

/** The header, against which the names that the user gave are checked. */
async function openForSurvey(
  source: TableSource,
  pass: TablePass,
  options: SurveyOptions,
): Promise<TableReader> {
  const ignored = columnSet(options.ignore);
  const read = columnSet([...asList(options.target), ...asList(options.groups)]);
  const isUsed = (name: string): boolean =>
    !ignored.has(columnKey(name)) || read.has(columnKey(name));
  const reader = await source.open(pass, { ...options, isUsed });
  try {
    requireColumns(options.target === null ? [] : [options.target], reader.columns, 'target');
    for (const option of ['ignore', 'categorical', 'keep'] as const) {
      requireColumns(options[option] ?? [], reader.columns, option);
    }
    requireColumns(asList(options.groups), reader.columns, 'groups');
    return reader;
  } catch (error) {
    await reader.close();
    throw error;
  }
}

function statisticsOf(
  { statistics, columns }: Gathered,
  name: string | null,
): ColumnStatistics | undefined {
  return name === null ? undefined : statistics[new ColumnPlaces(columns).of(name) ?? -1];
}

function asList(name: string | null | undefined): string[] {
  return name === undefined || name === null ? [] : [name];
}

function rowNamesNotice(name: string): string {
  return `The rows have a field more than the header names, the first one: it is taken as the name of the row ('${name}') and left out.`;
}

/** A table that nothing can be learnt from. */
export function noRows(path: string, droppedRows: number, target: string | null): DataError {
  return new DataError({
    path,
    expected: 'at least one row to learn from',
    received:
      droppedRows === 0
        ? 'a header and no rows'
        : `${droppedRows} rows, all of them without a value in the target '${target}'`,
  });
}
