import { describeValue, isPlainObject } from '../checks.js';
import { FileFormatError } from '../errors.js';

/**
 * What a model has to know about the table it was trained on: columns, scaling, categories, classes.
 * Plain JSON; it is saved inside the model, so that prediction needs nothing else.
 */

/** Standardised: (value − mean) / deviation. A missing value is encoded as the mean, that is as 0. */
export interface NumberColumn {
  readonly name: string;
  readonly type: 'number';
  /** Mean over the training file. */
  readonly mean: number;
  /** Standard deviation over the training file; 1 where all values were the same. */
  readonly deviation: number;
  /** Whether a second input tells missing (1) from present (0): so if any was missing in training. */
  readonly missingIndicator: boolean;
}

/** One input per category, of which one is 1 and the others are 0. */
export interface TextColumn {
  readonly name: string;
  readonly type: 'text';
  /** In the order of their code units. */
  readonly categories: readonly string[];
  /** Whether "missing" is one more category, the last: so if any was missing in training. */
  readonly missingCategory: boolean;
}

export type FeatureColumn = NumberColumn | TextColumn;

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
export interface NumberTarget {
  readonly name: string;
  readonly type: 'number';
  readonly mean: number;
  readonly deviation: number;
}

export type TargetColumn = ClassTarget | NumberTarget;

export interface TableSchema {
  readonly kind: 'table';
  /** Whether the first line holds names; without it columns are called column1, column2, …. */
  readonly header: boolean;
  /** What stands for a missing value, in any case; absent for the usual words. */
  readonly missing?: readonly string[];
  /** The inputs, in the order in which they are encoded. */
  readonly columns: readonly FeatureColumn[];
  /** Null for an autoencoder. */
  readonly target: TargetColumn | null;
}

/** How many inputs of the network a column takes. */
export function columnWidth(column: FeatureColumn): number {
  if (column.type === 'number') return column.missingIndicator ? 2 : 1;
  return column.categories.length + (column.missingCategory ? 1 : 0);
}

/** How many inputs a row takes. */
export function encodedWidth(schema: TableSchema): number {
  return schema.columns.reduce((width, column) => width + columnWidth(column), 0);
}

/** The columns with the inputs that each takes, as an autoencoder explains rows by them. */
export function inputColumnsOf({ columns }: TableSchema): { name: string; inputs: number }[] {
  return columns.map((column) => ({ name: column.name, inputs: columnWidth(column) }));
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
    columns: requireList(schema.columns, `${path}.columns`).map((column, index) =>
      parseColumn(column, `${path}.columns[${index}]`),
    ),
    target: schema.target === null ? null : parseTarget(schema.target, `${path}.target`),
  };
}

function parseColumn(value: unknown, path: string): FeatureColumn {
  const column = requireRecord(value, path);
  const name = requireType(column.name, 'string', `${path}.name`);
  if (column.type === 'number') {
    const missingIndicator = requireType(
      column.missingIndicator,
      'boolean',
      `${path}.missingIndicator`,
    );
    return { name, type: 'number', ...parseScaling(column, path), missingIndicator };
  }
  if (column.type !== 'text') throw invalid(`${path}.type`, "'number' or 'text'", column.type);
  return {
    name,
    type: 'text',
    categories: requireNames(column.categories, `${path}.categories`),
    missingCategory: requireType(column.missingCategory, 'boolean', `${path}.missingCategory`),
  };
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

function parseScaling(
  record: Record<string, unknown>,
  path: string,
): { mean: number; deviation: number } {
  const { mean, deviation } = record;
  if (typeof mean !== 'number' || !Number.isFinite(mean)) {
    throw invalid(`${path}.mean`, 'a finite number', mean);
  }
  if (typeof deviation !== 'number' || !Number.isFinite(deviation) || deviation <= 0) {
    throw invalid(`${path}.deviation`, 'a positive number', deviation);
  }
  return { mean, deviation };
}

interface Types {
  string: string;
  boolean: boolean;
}

function requireType<Name extends keyof Types>(
  value: unknown,
  type: Name,
  path: string,
): Types[Name] {
  if (typeof value === type) return value as Types[Name];
  throw invalid(path, `a ${type}`, value);
}

function requireRecord(value: unknown, path: string): Record<string, unknown> {
  if (isPlainObject(value)) return value;
  throw invalid(path, 'an object', value);
}

function requireList(value: unknown, path: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw invalid(path, 'a list', value);
}

function requireNames(value: unknown, path: string): readonly string[] {
  const names = requireList(value, path);
  const strings = names.map((name, index) => requireType(name, 'string', `${path}[${index}]`));
  if (new Set(strings).size < strings.length) throw invalid(path, 'different names', value);
  return strings;
}

function invalid(path: string, expected: string, value: unknown): FileFormatError {
  return new FileFormatError({
    path,
    expected,
    received: describeValue(value),
    remedy: 'The model was not written by `layerwise train`, or it is damaged.',
  });
}
