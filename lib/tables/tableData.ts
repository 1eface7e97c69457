import { isInt32Array } from '../builtins.js';
import type { CsvOptions } from '../data/csv.js';
import { encodeTable, trainingRowsOf } from '../data/encodedTable.js';
import { heldOutNotices } from '../data/heldOutNotices.js';
import { drawnGroups, drawnRows, lastRows } from '../data/heldOutRows.js';
import { surveyKnownTable } from '../data/knownTable.js';
import { type MatrixInput, matrix } from '../data/matrix.js';
import { fitTable, type Survey, type SurveyOptions, surveyTable } from '../data/table.js';
import { encodedWidth, type TableSchema } from '../data/tableSchema.js';
import { ArgumentError, rebaseError } from '../errors.js';
import { inRows, type Table } from './table.js';
import {
  type PlannedData,
  type PlanOptions,
  planTraining,
  type TableTask,
  type TrainingPlan,
} from './trainingPlan.js';

/** Encoded rows, of which some train and others tell how good the model is. */

/** Rows with what is to be learned of each. */
export interface EncodedRows {
  readonly inputs: MatrixInput;
  /** Class indices or standardised numbers; null for an autoencoder. */
  readonly targets: Int32Array | Float32Array | null;
}

/** A table as networks are trained on it. */
export interface TableData extends EncodedRows {
  /** Fitted to the rows that train. */
  readonly schema: TableSchema;
  readonly task: TableTask;
  /** Why this task; null where there was nothing to choose. */
  readonly reason: string | null;
  /** The rows of the table that are held out; they stand behind those that train. */
  readonly heldOut: number;
  /** The rows for validation where they are another table. */
  readonly validation: EncodedRows | null;
  /** The group of each row, in the order of the inputs; null without a column of groups. */
  readonly groups: Int32Array | null;
  /** What stands between the fields; null where nothing does. */
  readonly delimiter: string | null;
  /** Columns of the table. */
  readonly columns: number;
  /** Rows that were left out because their target is missing. */
  readonly droppedRows: number;
  /** How all of its rows would be encoded, whichever train. */
  readonly whole: Survey;
  /** What is good to know about the columns, and the rows that are held out, in sentences. */
  readonly notices: readonly string[];
}

/** Which rows of a table are kept from the training. At most one of the three. */
export interface HeldOut {
  /** A share of the rows, of each class its own; with `groups` of the survey, whole groups. */
  readonly share?: number | undefined;
  /** The last rows. */
  readonly last?: number | undefined;
  /** Another table. */
  readonly table?: Table | undefined;
}

/** What is known of a table when it has been looked through. */
export type SurveyedTable = PlannedData;

export interface TableDataOptions {
  /** How the columns are read. */
  readonly survey: SurveyOptions;
  /** Decides it, once it is known what there is to learn. */
  readonly holdOut: (table: SurveyedTable) => HeldOut;
  /** Whether groups of rows are drawn, in place of rows. */
  readonly byGroups: boolean;
  /** Of the drawing. */
  readonly seed: number;
  /** The schema of a model that goes on to learn. */
  readonly known?: TableSchema | undefined;
  /** Whether a table of such a model may have columns that it does not know, and that are not ignored. */
  readonly mayHaveOthers?: boolean | undefined;
}

/**
 * Reads and encodes a table for a training.
 *
 * @throws ArgumentError, DataError
 */
export async function readTableData(table: Table, options: TableDataOptions): Promise<TableData> {
  const { survey: reading } = options;
  const { source } = table;
  return await inRows(async () => {
    const found = await survey(table, options);
    const wanted = options.holdOut(surveyed(found));
    const heldOut = heldOutOf(found, wanted, options);
    const fitted = heldOut === null ? found : await fitTable(source, found, reading, heldOut);
    const rows = encodedRows(await encodeTable(source, fitted, reading, heldOut ?? undefined));
    const held = heldOut === null ? 0 : found.rows - trainingRowsOf(heldOut);
    const { share } = wanted;
    const { byGroups } = options;
    return {
      ...dataOf(fitted, rows),
      notices: [
        ...fitted.notices,
        ...heldOutNotices({ rows: found.rows, share, heldOut: held, byGroups }),
      ],
      whole: found,
      groups: found.groups && (heldOut === null ? found.groups : inOrder(found.groups, heldOut)),
      heldOut: held,
      validation:
        wanted.table === undefined
          ? null
          : await encodedTable(wanted.table, fitted.schema, reading),
    };
  });
}

/** The first pass. */
async function survey({ source }: Table, options: TableDataOptions): Promise<Survey> {
  const { survey: reading, known, byGroups, mayHaveOthers } = options;
  const ignore = mayHaveOthers ? undefined : reading.ignore;
  try {
    return known === undefined
      ? await surveyTable(source, reading)
      : await surveyKnownTable(source, known, { ...reading, ignore });
  } catch (error) {
    throw rebaseError(error, (path) =>
      byGroups && path === 'groups' ? 'validation.groups' : path,
    );
  }
}

function encodedRows({ inputs, targets, rows, columns }: Awaited<ReturnType<typeof encodeTable>>) {
  return { inputs: matrix(inputs, rows, columns), targets };
}

function surveyed({ rows, schema, task }: Survey): SurveyedTable {
  const columns = encodedWidth(schema);
  return { inputs: { rows, columns }, schema, task: task?.name ?? 'autoencoding' };
}

/** Values of rows with those that are held out behind the others. */
function inOrder(values: Int32Array, heldOut: Uint8Array): Int32Array {
  const training = values.filter((_, row) => heldOut[row] === 0);
  const held = values.filter((_, row) => heldOut[row] === 1);
  const all = new Int32Array(values.length);
  all.set(training);
  all.set(held, training.length);
  return all;
}

function dataOf(
  survey: Survey,
  rows: EncodedRows,
): Omit<TableData, 'heldOut' | 'validation' | 'groups' | 'whole' | 'notices'> {
  const { schema, task, delimiter, columns, droppedRows } = survey;
  return {
    ...{ ...rows, schema, delimiter, columns: columns.length, droppedRows },
    task: task?.name ?? 'autoencoding',
    reason: task?.reason ?? null,
  };
}

/**
 * Another table, as the schema has its columns; texts that are not known are encoded as no category.
 *
 * @throws DataError
 */
export async function encodedTable(
  table: Table,
  schema: TableSchema,
  reading: CsvOptions,
): Promise<EncodedRows> {
  const format = { ...reading, header: schema.header, groups: undefined };
  return await inRows(async () => {
    const found = await surveyKnownTable(table.source, schema, { ...format, ignore: undefined });
    const none = new Uint8Array(found.rows).fill(1);
    return encodedRows(await encodeTable(table.source, found, format, none));
  });
}

/** Null where all rows train. */
function heldOutOf(
  survey: Survey,
  { share = 0, last }: HeldOut,
  { byGroups, seed }: TableDataOptions,
): Uint8Array | null {
  const { rows, groups } = survey;
  if (last !== undefined) return lastRows(rows, requireLast(last, rows));
  if (share === 0 || Math.floor(rows * share) === 0) return null;
  if (byGroups && groups !== null) return drawnGroups(requireGroups(groups), share, seed);
  const isClasses = survey.schema.target?.type === 'classes';
  return drawnRows(rows, share, seed, isClasses ? survey.classes : null);
}

function requireLast(last: number, rows: number): number {
  if (last < rows) return last;
  throw new ArgumentError({
    path: 'validation.last',
    expected: `fewer than the ${rows} rows of the table`,
    received: String(last),
  });
}

function requireGroups(groups: Int32Array): Int32Array {
  if (groups.some((group) => group !== groups[0])) return groups;
  throw new ArgumentError({
    path: 'validation.groups',
    expected: 'at least 2 groups',
    received: 'a single one',
    remedy: 'Name a column with more values.',
  });
}

/** Data, of which some may be held out already. */
export interface DividedData extends PlannedData {
  /** Rows behind those that train; null where the core draws a share. */
  readonly heldOut: number | null;
  readonly validation: EncodedRows | null;
}

/** The plan of a training on data that is read. @throws ArgumentError */
export function planDivided(options: PlanOptions, data: DividedData): TrainingPlan {
  const { heldOut, validation } = data;
  const isDivided = heldOut !== null && (heldOut > 0 || validation !== null);
  const plan = planTraining(options, data, isDivided ? heldOut : undefined);
  return validation === null ? plan : { ...plan, validationRows: validation.inputs.rows };
}

/** The rows that train. */
export function trainingRows(data: EncodedRows & Pick<TableData, 'heldOut'>): EncodedRows {
  return part(data, 0, data.inputs.rows - data.heldOut);
}

/** The rows for validation; null where there are none. */
export function validationRows(
  data: EncodedRows & Pick<TableData, 'heldOut' | 'validation'>,
): EncodedRows | null {
  if (data.validation !== null) return data.validation;
  const { rows } = data.inputs;
  return data.heldOut === 0 ? null : part(data, rows - data.heldOut, rows);
}

/** Some rows that stand together, where they are. */
function part({ inputs, targets }: EncodedRows, start: number, end: number): EncodedRows {
  const { values, columns } = inputs;
  return {
    inputs: matrix(values.subarray(start * columns, end * columns), end - start, columns),
    targets:
      targets &&
      (isInt32Array(targets) ? targets.subarray(start, end) : targets.subarray(start, end)),
  };
}
