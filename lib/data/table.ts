import { DataError, MemoryError } from '../errors.js';
import { optionText } from '../optionText.js';
import { cellRules, targetRules } from './cellRules.js';
import type { CellBatch } from './cells.js';
import { ColumnPlaces, columnKey, columnSet } from './columnNames.js';
import { needsOrder } from './columns/scalings.js';
import { type CsvOptions, type CsvReader, type HeaderOptions, openCsv } from './csv.js';
import { codeNotice, DroppedTargets, dropsACode, wordsBesideCodes } from './droppedTargets.js';
import { ClassLabels, GroupLabels } from './rowLabels.js';
import { changedFile, TableEncoder, TargetEncoder } from './tableEncoder.js';
import {
  fitSchema,
  type InferenceOptions,
  type InferredColumns,
  inferColumns,
  noInputs,
  requireColumns,
} from './tableInference.js';
import { encodedWidth, type TableSchema } from './tableSchema.js';
import { ColumnStatistics, type StatisticsOptions } from './tableStatistics.js';
import { cellText } from './tableValues.js';
import { mostNumericClasses } from './targetInference.js';

/**
 * A table as training data, in passes that stream it from where it is: the first one finds out what the
 * columns are, the second one fits scales and categories to the rows that train (where some do not), the
 * last one encodes. Besides the encoded matrix, memory grows by a few bytes for each row.
 */

export type TablePass = 'survey' | 'fit' | 'encode';

/** Where a table is. */
export interface TableSource {
  /** How errors call it. */
  readonly path: string;
  /** Opens it anew, at its start, for every pass. */
  open(pass: TablePass, options: HeaderOptions): Promise<TableReader>;
}

/** A table that is read once, as a file of text is, or rows of a program. */
export interface TableReader extends Omit<CsvReader, 'batches'> {
  batches(): AsyncGenerator<CellBatch>;
}

/** A table in a file. @param read its bytes, from the start. */
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
  const inference = inferenceOf(options, rowNames);
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

interface Gathered extends Pick<CsvReader, 'columns' | 'delimiter' | 'rowNames' | 'report'> {
  readonly statistics: readonly ColumnStatistics[];
  /** All that have a target. */
  readonly rows: number;
  readonly dropped: DroppedTargets;
  readonly classes: Int32Array | null;
  readonly groups: Int32Array | null;
}

interface Passing {
  readonly pass: 'survey' | 'fit';
  /** The words that stand for a missing target. */
  readonly targetMissing: readonly string[] | undefined;
  /** As it was found. */
  readonly delimiter?: string;
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
  const reader = await openForSurvey(source, pass, { ...options, delimiter: known });
  const { columns, delimiter, rowNames, report } = reader;
  const limit = Math.max(options.maxCategories, mostNumericClasses);
  const places = new ColumnPlaces(columns);
  const targetField = options.target === null ? -1 : (places.of(options.target) ?? -1);
  const rulesOfTarget = targetRules({ ...options, missing: targetMissing });
  const rules = cellRules(options);
  const isSampled = needsOrder(options.scale);
  const codes = columnSet(options.categorical ?? []);
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
  let rows = 0;
  for await (const batch of reader.batches()) {
    const { records } = batch;
    for (let record = 0; record < records.length; record++) {
      const fields = records[record] ?? [];
      const value = targetField < 0 ? undefined : cellText(fields[targetField]);
      if (value !== undefined && rulesOfTarget.isMissing(value)) {
        dropped.add(value);
        continue;
      }
      if (value !== undefined) classes?.add(value);
      groups?.add(cellText(fields[groupField]));
      const isHeldOut = heldOut?.[rows] === 1;
      rows++;
      if (isHeldOut) continue;
      for (let index = 0; index < statistics.length; index++) {
        statistics[index]?.add(fields[index] ?? '', batch, record);
      }
    }
  }
  const labels = { classes: classes?.ofRows ?? null, groups: groups?.ofRows ?? null };
  return { statistics, rows, dropped, columns, delimiter, rowNames, report, ...labels };
}

/** The header, against which the names that the user gave are checked. */
async function openForSurvey(
  source: TableSource,
  pass: TablePass,
  options: SurveyOptions,
): Promise<TableReader> {
  const ignored = columnSet(options.ignore);
  const isUsed = (name: string): boolean => !ignored.has(columnKey(name));
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

/**
 * The last pass: the rows that have a target, encoded; those that train in front, then those that are held out,
 * each in their order.
 *
 * @param heldOut 1 for each row that does not train; none where all do.
 * @throws DataError when the file is no longer what the first pass saw
 */
export async function encodeTable(
  source: TableSource,
  survey: Survey,
  options: CsvOptions = {},
  heldOut?: Uint8Array,
): Promise<EncodedTable> {
  const { schema, rows } = survey;
  const columns = encodedWidth(schema);
  const inputs = allocate(rows, columns, source.path);
  const targets = allocateTargets(schema, rows);
  const places = new RowPlaces(rows, heldOut);
  for await (const part of encodedParts(source, survey, options, heldOut)) {
    for (const [start, end, at] of places.next(part.rows)) {
      inputs.set(part.inputs.subarray(start * columns, end * columns), at * columns);
      if (part.targets) targets?.set(part.targets.subarray(start, end), at);
    }
  }
  return { rows, columns, inputs, targets };
}

/** Where rows go that come in their order. */
class RowPlaces {
  readonly #heldOut: Uint8Array | undefined;
  #row = 0;
  #training = 0;
  #held: number;

  constructor(rows: number, heldOut: Uint8Array | undefined) {
    this.#heldOut = heldOut;
    this.#held = heldOut === undefined ? rows : trainingRowsOf(heldOut);
  }

  /** Stretches of the next rows that stay together: from, to, and where the first of them goes. */
  *next(rows: number): Generator<[start: number, end: number, at: number]> {
    const first = this.#row;
    const end = first + rows;
    while (this.#row < end) {
      const start = this.#row;
      const held = this.#heldOut?.[start] ?? 0;
      while (this.#row < end && (this.#heldOut?.[this.#row] ?? 0) === held) this.#row++;
      const at = held === 1 ? this.#held : this.#training;
      if (held === 1) this.#held += this.#row - start;
      else this.#training += this.#row - start;
      yield [start - first, this.#row - first, at];
    }
  }
}

/** Rows that are not held out. */
export function trainingRowsOf(heldOut: Uint8Array): number {
  return heldOut.reduce((rows, held) => rows + 1 - held, 0);
}

/** Inputs that are encoded at a time. */
const inputsInPart = 2 ** 18;

/**
 * The rows in their order, some at a time, which are valid until the next ones are asked for.
 *
 * @param heldOut as of `encodeTable`: texts that only these have are encoded as no category.
 * @throws DataError when the file is no longer what the first pass saw
 */
export async function* encodedParts(
  source: TableSource,
  survey: Survey,
  options: CsvOptions = {},
  heldOut?: Uint8Array,
): AsyncGenerator<EncodedTable, void, void> {
  const reader = await source.open('encode', {
    ...options,
    delimiter: survey.delimiter,
    // The first pass found nothing against the header.
    isUsed: () => false,
  });
  try {
    yield* partsOf(reader, survey, heldOut);
  } finally {
    await reader.close();
  }
}

async function* partsOf(
  reader: TableReader,
  survey: Survey,
  heldOut: Uint8Array | undefined,
): AsyncGenerator<EncodedTable, void, void> {
  const { schema } = survey;
  const { path } = reader;
  const encoder = new TableEncoder(schema, reader.columns, path, 'refuse');
  // A model that is trained has said what there is, in whichever rows.
  const policy = survey.inferred === null && heldOut?.includes(0) ? 'refuse' : 'ignore';
  const lenient = new TableEncoder(schema, reader.columns, path, policy);
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
  const part = (rows: number): EncodedTable => ({
    ...{ rows, columns, inputs: inputs.subarray(0, rows * columns) },
    targets: targets?.subarray(0, rows) ?? null,
  });
  let done = 0;
  let row = 0;
  for await (const batch of reader.batches()) {
    for (let record = 0; record < batch.records.length; record++) {
      if (targetEncoder && !targetEncoder.has(batch.records[record] ?? [])) continue;
      if (done + row === survey.rows) throw changedFile(path);
      const own = heldOut?.[done + row] === 1 ? lenient : encoder;
      own.encodeRow(batch, record, inputs, row * columns);
      if (targets && targetEncoder) targets[row] = targetEncoder.encodeRow(batch, record);
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
