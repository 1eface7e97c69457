import { listOf } from '../checks.js';
import { columnKey, columnSet } from './columnNames.js';
import {
  type ColumnType,
  columnTypes,
  columnWidth,
  decodeColumn,
  type FeatureColumn,
  parseColumnOf,
  tellsMissing,
} from './columns/columnKinds.js';
import { parseScaling, type Scaling } from './numberScaling.js';
import { invalid, requireList, requireNames, requireRecord, requireType } from './schemaChecks.js';
import type { DecimalSign } from './tableValues.js';

export { type ColumnType, columnWidth, decodeColumn, type FeatureColumn };

/**
 * What a model has to know about the table it was trained on: columns, scaling, categories, classes.
 * Plain JSON; it is saved inside the model, so that prediction needs nothing else.
 */

/** The target of a classifier. */
export interface ClassTarget {
  readonly name: string;
  readonly type: 'classes';
  /** The name of the class with each index. */
  readonly classes: readonly string[];
  /** Whether every class is a number in the form that JavaScript writes: `1`, but not `1.0` or `01`. */
  readonly numeric: boolean;
}

/** The target of a regressor; the network learns (value − mean) / deviation. */
export interface NumberTarget extends Scaling {
  readonly name: string;
  readonly type: 'number';
}

export type TargetColumn = ClassTarget | NumberTarget;

export interface TableSchema {
  readonly kind: 'table';
  /** Whether the first line holds names; without it columns are called column1, column2, …. */
  readonly header: boolean;
  /** What stands for a missing value, in any case; absent for the usual words. */
  readonly missing?: readonly string[];
  /** The decimal sign of all numbers, which may be written as amounts then; absent for the point, and plain numbers. */
  readonly decimal?: DecimalSign;
  /** The inputs, in the order in which they are encoded. */
  readonly columns: readonly FeatureColumn[];
  /** Null for an autoencoder. */
  readonly target: TargetColumn | null;
}

/** How many inputs a row takes. */
export function encodedWidth(schema: TableSchema): number {
  return schema.columns.reduce((width, column) => width + columnWidth(column), 0);
}

/**
 * Whether a column of a table is one that a model reads, which may stand there only once: its inputs, and others by their
 * names.
 */
export function isReadBy(
  { columns }: TableSchema,
  others: readonly (string | undefined)[] = [],
): (name: string) => boolean {
  const names = [...columns.map(({ name }) => name), ...others];
  const read = columnSet(names.filter((name) => name !== undefined));
  return (name) => read.has(columnKey(name));
}

/** An input that holds the index of a category, for a network that has a vector for each. */
export interface EmbeddedInput {
  readonly name: string;
  /** Which input it is, from 0. */
  readonly input: number;
  /** The categories, and the unknown one. */
  readonly levels: number;
}

/** Those inputs, in their order. */
export function embeddedInputsOf({ columns }: TableSchema): EmbeddedInput[] {
  let input = 0;
  return columns.flatMap((column) => {
    const first = input;
    input += columnWidth(column);
    if (column.type !== 'embedded') return [];
    return [{ name: column.name, input: first, levels: column.categories.length + 1 }];
  });
}

/** The columns with the inputs that each takes, as an autoencoder explains rows by them. */
export function inputColumnsOf({
  columns,
}: TableSchema): { name: string; inputs: number; missing: boolean }[] {
  return columns.map((column) => ({
    name: column.name,
    inputs: columnWidth(column),
    missing: tellsMissing(column),
  }));
}

/**
 * Checks a schema that was read from a model: a file is not to be trusted.
 *
 * @param path how errors call the model
 * @throws FileFormatError
 */
export function parseTableSchema(value: unknown, path: string): TableSchema {
  const schema = requireRecord(value, path);
  return {
    kind: 'table',
    header: requireType(schema.header, 'boolean', `${path}.header`),
    ...(schema.missing !== undefined && {
      missing: requireNames(schema.missing, `${path}.missing`),
    }),
    ...(schema.decimal !== undefined && {
      decimal: requireDecimal(schema.decimal, `${path}.decimal`),
    }),
    columns: requireList(schema.columns, `${path}.columns`).map((column, index) =>
      parseColumn(column, `${path}.columns[${index}]`),
    ),
    target: schema.target === null ? null : parseTarget(schema.target, `${path}.target`),
  };
}

function requireDecimal(value: unknown, path: string): DecimalSign {
  if (value === '.' || value === ',') return value;
  throw invalid(path, "'.' or ','", value);
}

function parseColumn(value: unknown, path: string): FeatureColumn {
  const column = requireRecord(value, path);
  const name = requireType(column.name, 'string', `${path}.name`);
  const type = columnTypes.find((each) => each === column.type);
  if (type !== undefined) return parseColumnOf(type, name, column, path);
  const types = columnTypes.map((each) => `'${each}'`);
  throw invalid(`${path}.type`, listOf(types, 'or'), column.type);
}

function parseTarget(value: unknown, path: string): TargetColumn {
  const target = requireRecord(value, path);
  const name = requireType(target.name, 'string', `${path}.name`);
  if (target.type === 'number') return { name, type: 'number', ...parseScaling(target, path) };
  if (target.type !== 'classes')
    throw invalid(`${path}.type`, "'number' or 'classes'", target.type);
  return {
    name,
    type: 'classes',
    classes: requireNames(target.classes, `${path}.classes`),
    numeric: requireType(target.numeric, 'boolean', `${path}.numeric`),
  };
}
