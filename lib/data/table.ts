import { DataError, MemoryError } from '../errors.js';
import { ColumnPlaces, columnKey, columnSet } from './columnNames.js';
import { type CsvOptions, type CsvReader, openCsv } from './csv.js';
import { changedFile, GroupEncoder, TableEncoder, TargetEncoder } from './tableEncoder.js';
import {
  type InferenceOptions,
  type InferredSchema,
  inferSchema,
  mostNumericClasses,
  requireColumns,
} from './tableInference.js';
import type { TableSchema } from './tableSchema.js';
import { ColumnStatistics } from './tableStatistics.js';
import { cleanField, isMissing } from './tableValues.js';

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
  const ignored = columnSet(options.ignore);
  const isUsed = (name: string): boolean => !ignored.has(columnKey(name));
  const reader = await openCsv(source.read('survey'), path, { ...options, isUsed });
  const { columns, delimiter } = reader;
  try {
    requireColumns(options.target === null ? [] : [options.target], columns, '--target');
    requireColumns(options.ignore, columns, '--ignore');
    requireColumns(asList(options.groups), columns, '--groups');
  } catch (error) {
    await reader.close();
    throw error;
  }
  const limit = Math.max(options.maxCategories, mostNumericClasses);
  const statistics = columns.map((name) => new ColumnStatistics(name, limit));
  const { rows, droppedRows } = await gather(reader, statistics, options.target);
  if (rows === 0) throw noRows(path, droppedRows, options.target);
  const header = options.header ?? true;
  const ignore = [...options.ignore, ...asList(options.groups)];
  const inferred = inferSchema(statistics, { ...options, header, ignore }, path);
  return { ...inferred, rows, droppedRows, columns, delimiter };
}

async function gather(
  reader: CsvReader,
  statistics: readonly ColumnStatistics[],
  target: string | null,
): Promise<{ rows: number; droppedRows: number }> {
  const targetField = target === null ? -1 : (new ColumnPlaces(reader.columns).of(target) ?? -1);
  let rows = 0;
  let droppedRows = 0;
  for await (const batch of reader.batches()) {
    const { records } = batch;
    for (let record = 0; record < records.length; record++) {
      const fields = records[record] ?? [];
      if (targetField >= 0 && isMissing(cleanField(fields[targetField] ?? ''))) {
        droppedRows++;
        continue;
      }
      rows++;
      for (let index = 0; index < statistics.length; index++) {
        statistics[index]?.add(fields[index] ?? '', batch, record);
      }
    }
  }
  return { rows, droppedRows };
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
  const { path } = source;
  const reader = await openCsv(source.read('encode'), path, {
    ...options,
    delimiter: survey.delimiter,
    // The first pass found nothing against the header.
    isUsed: () => false,
  });
  const encoder = new TableEncoder(schema, reader.columns, path);
  const targetEncoder = schema.target && new TargetEncoder(schema.target, reader.columns, path);
  const inputs = allocate(rows, encoder.width, path);
  const targets = allocateTargets(schema, rows);
  const groups = options.groups === undefined ? null : new Int32Array(rows);
  const groupField = new ColumnPlaces(reader.columns).of(options.groups ?? '') ?? -1;
  const groupEncoder = new GroupEncoder();
  let row = 0;
  for await (const batch of reader.batches()) {
    for (let record = 0; record < batch.records.length; record++) {
      if (targetEncoder && !targetEncoder.has(batch.records[record] ?? [])) continue;
      if (row === rows) throw changedFile(path);
      encoder.encodeRow(batch, record, inputs, row * encoder.width);
      if (targets && targetEncoder) targets[row] = targetEncoder.encodeRow(batch, record);
      if (groups) groups[row] = groupEncoder.encode(batch.records[record]?.[groupField] ?? '');
      row++;
    }
  }
  if (row < rows) throw changedFile(path);
  return { rows, columns: encoder.width, inputs, targets, groups };
}

function asList(name: string | undefined): string[] {
  return name === undefined ? [] : [name];
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
        remedy:
          'Use a sample of the rows, leave columns out with --ignore, or lower --max-categories.',
      },
      { cause },
    );
  }
}

function noRows(path: string, droppedRows: number, target: string | null): DataError {
  return new DataError({
    path,
    expected: 'at least one row to learn from',
    received:
      droppedRows === 0
        ? 'a header and no rows'
        : `${droppedRows} rows, all of them without a value in the target '${target}'`,
  });
}
