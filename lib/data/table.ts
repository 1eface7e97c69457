import { DataError, MemoryError } from '../errors.js';
import { optionText } from '../optionText.js';
import { cellRules, targetRules } from './cellRules.js';
import { ColumnPlaces, columnKey, columnSet } from './columnNames.js';
import { type CsvOptions, type CsvReader, openCsv } from './csv.js';
import { codeNotice, DroppedTargets, dropsACode, wordsBesideCodes } from './droppedTargets.js';
import { missingRules } from './missingWords.js';
import { changedFile, GroupEncoder, TableEncoder, TargetEncoder } from './tableEncoder.js';
import {
  type InferenceOptions,
  type InferredSchema,
  inferSchema,
  requireColumns,
} from './tableInference.js';
import { encodedWidth, type TableSchema } from './tableSchema.js';
import { ColumnStatistics } from './tableStatistics.js';
import { cleanField } from './tableValues.js';
import { mostNumericClasses } from './targetInference.js';

/**
 * A CSV file as training data, in two passes that stream it from the disk: the first one finds the
 * schema, the second one encodes. Besides the encoded matrix, memory does not grow with the rows.
 */

/** Opens the file anew, at its start, for every pass. */
export interface TableSource {
  readonly path: string;
  read(pass: 'survey' | 'encode'): AsyncGenerator<Uint8Array>;
}

export interface SurveyOptions extends Omit<InferenceOptions, 'header'>, CsvOptions, GroupOption {}

export interface GroupOption {
  /** The column that says which rows belong together; it is no input. */
  readonly groups?: string | undefined;
}

export interface Survey extends InferredSchema {
  /** Rows that can be trained on. */
  readonly rows: number;
  /** Rows that were left out because their target is missing. */
  readonly droppedRows: number;
  readonly columns: readonly string[];
  readonly delimiter: string;
  /** What stands for a missing target; undefined for the usual words. */
  readonly targetMissing: readonly string[] | undefined;
}

/** Encoded training data. */
export interface EncodedTable {
  readonly rows: number;
  readonly columns: number;
  /** Shape (rows, columns), row by row. */
  readonly inputs: Float32Array<ArrayBuffer>;
  /** Class indices, or standardised numbers; null for an autoencoder. Shape (rows). */
  readonly targets: Int32Array | Float32Array | null;
  /** The number of the group of each row; null without a column of groups. Shape (rows). */
  readonly groups: Int32Array | null;
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
  let gathered = await gather(source, options, missing);
  let targetMissing = missing;
  const codes = statisticsOf(gathered, target);
  const holdsCode =
    codes !== undefined && missing === undefined && dropsACode(codes, gathered.dropped);
  if (holdsCode) {
    targetMissing = wordsBesideCodes;
    gathered = await gather(source, options, targetMissing);
  }
  const { statistics, dropped, rows, columns, delimiter, rowNames, report } = gathered;
  if (rows === 0) throw noRows(path, dropped.rows, target);
  const header = options.header ?? true;
  const ignore = [...options.ignore, ...asList(options.groups), ...asList(rowNames)];
  const inferred = inferSchema(statistics, { ...options, header, ignore }, path);
  const notices = [
    ...report.notices(),
    ...(rowNames === null ? [] : [rowNamesNotice(rowNames)]),
    ...(holdsCode ? [codeNotice(target ?? '')] : []),
    ...dropped.notices(target ?? '', inferred.task?.name),
    ...inferred.notices,
  ];
  const found = { rows, droppedRows: dropped.rows, columns, delimiter, targetMissing };
  return { ...inferred, ...found, notices };
}

interface Gathered extends Pick<CsvReader, 'columns' | 'delimiter' | 'rowNames' | 'report'> {
  readonly statistics: readonly ColumnStatistics[];
  readonly rows: number;
  readonly dropped: DroppedTargets;
}

/** @param targetMissing the words that stand for a missing target */
async function gather(
  source: TableSource,
  options: SurveyOptions,
  targetMissing: readonly string[] | undefined,
): Promise<Gathered> {
  const reader = await openForSurvey(source, options);
  const { columns, delimiter, rowNames, report } = reader;
  const limit = Math.max(options.maxCategories, mostNumericClasses);
  const places = new ColumnPlaces(columns);
  const targetField = options.target === null ? -1 : (places.of(options.target) ?? -1);
  const rulesOfTarget = targetRules({ ...options, missing: targetMissing });
  const rules = cellRules(options);
  const statistics = columns.map(
    (name, index) =>
      new ColumnStatistics(name, limit, index === targetField ? rulesOfTarget : rules),
  );
  const dropped = new DroppedTargets();
  let rows = 0;
  for await (const batch of reader.batches()) {
    const { records } = batch;
    for (let record = 0; record < records.length; record++) {
      const fields = records[record] ?? [];
      const value = targetField < 0 ? undefined : cleanField(fields[targetField] ?? '');
      if (value !== undefined && rulesOfTarget.isMissing(value)) {
        dropped.add(value);
        continue;
      }
      rows++;
      for (let index = 0; index < statistics.length; index++) {
        statistics[index]?.add(fields[index] ?? '', batch, record);
      }
    }
  }
  return { statistics, rows, dropped, columns, delimiter, rowNames, report };
}

/** The header, against which the names that the user gave are checked. */
async function openForSurvey(source: TableSource, options: SurveyOptions): Promise<CsvReader> {
  const ignored = columnSet(options.ignore);
  const isUsed = (name: string): boolean => !ignored.has(columnKey(name));
  const reader = await openCsv(source.read('survey'), source.path, { ...options, isUsed });
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

/**
 * The second pass: the rows that have a target, encoded.
 *
 * @throws DataError when the file is no longer what the first pass saw
 */
export async function encodeTable(
  source: TableSource,
  survey: Survey,
  options: CsvOptions & GroupOption = {},
): Promise<EncodedTable> {
  const { schema, rows } = survey;
  const columns = encodedWidth(schema);
  const inputs = allocate(rows, columns, source.path);
  const targets = allocateTargets(schema, rows);
  const groups = options.groups === undefined ? null : new Int32Array(rows);
  let row = 0;
  for await (const part of encodedParts(source, survey, options)) {
    inputs.set(part.inputs, row * columns);
    if (part.targets) targets?.set(part.targets, row);
    if (part.groups) groups?.set(part.groups, row);
    row += part.rows;
  }
  return { rows, columns, inputs, targets, groups };
}

/** Inputs that are encoded at a time. */
const inputsInPart = 2 ** 18;

/**
 * The same, some rows at a time, which are valid until the next ones are asked for.
 *
 * @throws DataError when the file is no longer what the first pass saw
 */
export async function* encodedParts(
  source: TableSource,
  survey: Survey,
  options: CsvOptions & GroupOption = {},
): AsyncGenerator<EncodedTable, void, void> {
  const { schema } = survey;
  const { path } = source;
  const reader = await openCsv(source.read('encode'), path, {
    ...options,
    delimiter: survey.delimiter,
    // The first pass found nothing against the header.
    isUsed: () => false,
  });
  const encoder = new TableEncoder(schema, reader.columns, path, 'refuse');
  const targetEncoder =
    schema.target &&
    new TargetEncoder(
      schema.target,
      reader.columns,
      path,
      targetRules({ missing: survey.targetMissing, decimal: schema.decimal }),
    );
  const columns = encoder.width;
  const capacity = Math.min(survey.rows, Math.max(1, Math.floor(inputsInPart / columns)));
  const inputs = allocate(capacity, columns, path);
  const targets = allocateTargets(schema, capacity);
  const groups = options.groups === undefined ? null : new Int32Array(capacity);
  const groupField = new ColumnPlaces(reader.columns).of(options.groups ?? '') ?? -1;
  const groupEncoder = new GroupEncoder(missingRules(schema.missing).isMissing);
  const part = (rows: number): EncodedTable => ({
    ...{ rows, columns, inputs: inputs.subarray(0, rows * columns) },
    targets: targets?.subarray(0, rows) ?? null,
    groups: groups?.subarray(0, rows) ?? null,
  });
  let done = 0;
  let row = 0;
  for await (const batch of reader.batches()) {
    for (let record = 0; record < batch.records.length; record++) {
      if (targetEncoder && !targetEncoder.has(batch.records[record] ?? [])) continue;
      if (done + row === survey.rows) throw changedFile(path);
      encoder.encodeRow(batch, record, inputs, row * columns);
      if (targets && targetEncoder) targets[row] = targetEncoder.encodeRow(batch, record);
      if (groups) groups[row] = groupEncoder.encode(batch.records[record]?.[groupField] ?? '');
      row++;
      if (row < capacity) continue;
      yield part(row);
      done += row;
      row = 0;
    }
  }
  if (row > 0) yield part(row);
  if (done + row < survey.rows) throw changedFile(path);
}

function asList(name: string | null | undefined): string[] {
  return name === undefined || name === null ? [] : [name];
}

function rowNamesNotice(name: string): string {
  return `The rows have a field more than the header names, the first one: it is taken as the name of the row ('${name}') and left out.`;
}

function allocateTargets(schema: TableSchema, rows: number): Int32Array | Float32Array | null {
  if (schema.target === null) return null;
  return schema.target.type === 'classes' ? new Int32Array(rows) : new Float32Array(rows);
}

function allocate(rows: number, columns: number, path: string): Float32Array<ArrayBuffer> {
  try {
    return new Float32Array(rows * columns);
  } catch (cause) {
    const gigabytes = (rows * columns * 4) / 1e9;
    throw new MemoryError(
      {
        path,
        expected: 'a table that fits into memory once encoded',
        received: `${rows} rows of ${columns} inputs (${gigabytes.toFixed(1)} GB)`,
        remedy: `Use a sample of the rows, leave columns out with ${optionText('ignore')}, or lower ${optionText('maxCategories')}.`,
      },
      { cause },
    );
  }
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
