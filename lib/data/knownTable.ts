import { listOf } from '../checks.js';
import { ArgumentError, DataError } from '../errors.js';
import { optionText } from '../optionText.js';
import type { Cell } from './cells.js';
import { ColumnPlaces, columnKey, columnSet } from './columnNames.js';
import type { CsvOptions } from './csv.js';
import { DroppedTargets, wordsBesideCodes } from './droppedTargets.js';
import { type IsMissing, isMissing, missingRules } from './missingWords.js';
import { ClassLabels, GroupLabels } from './rowLabels.js';
import { type GroupOption, noRows, type Survey } from './table.js';
import { requireColumns } from './tableInference.js';
import { isReadBy, type TableSchema, type TargetColumn } from './tableSchema.js';
import { placedBy, type TableSource } from './tableSource.js';
import { cellText } from './tableValues.js';

/** A CSV file as more training data for a model that knows its columns: the schema is that of the model. */

export interface KnownSurveyOptions extends CsvOptions, GroupOption {
  /** Columns of the file that the model does not have; undefined where any may be there. */
  readonly ignore: readonly string[] | undefined;
}

/**
 * The first pass over such a file, in place of the one that finds a schema: columns and classes have to be those that
 * the model was trained on. (What is wrong with other fields is found by the second pass, which encodes them.)
 *
 * @throws ArgumentError for `ignore`; DataError for columns that are missing or too many, and for new classes
 */
export async function surveyKnownTable(
  source: TableSource,
  schema: TableSchema,
  options: KnownSurveyOptions,
): Promise<Survey> {
  const { path } = source;
  const { target } = schema;
  const isUsed = isReadBy(schema, namesOf(target));
  const { header } = schema;
  const reader = await source.open('survey', { ...options, header, isUsed });
  const { columns, delimiter, rowNames, report } = reader;
  const targetMissing = missingTargets(schema);
  const targets = new TargetCheck(target, columns, path, targetMissing);
  const classes = target === null ? null : new ClassLabels(mostClasses(target));
  const groups =
    options.groups === undefined ? null : new GroupLabels(missingRules(schema.missing).isMissing);
  const places = new ColumnPlaces(columns);
  const targetField = places.of(target?.name ?? '') ?? -1;
  const groupField = places.of(options.groups ?? '') ?? -1;
  let rows = 0;
  try {
    requireColumns(options.groups === undefined ? [] : [options.groups], columns, 'groups');
    requireIgnored(options.ignore ?? [], columns, isUsed);
    const others = [...(options.ignore ?? []), options.groups ?? '', rowNames ?? ''];
    requireSameColumns(schema, columns, options.ignore && others, path);
    for await (const { records, lineOf } of reader.batches()) {
      for (const [record, fields] of records.entries()) {
        if (!targets.has(fields, () => lineOf(record))) continue;
        rows++;
        classes?.add(cellText(fields[targetField]));
        groups?.add(cellText(fields[groupField]));
      }
    }
  } catch (error) {
    throw placedBy(reader, error);
  } finally {
    await reader.close();
  }
  const { dropped } = targets;
  if (rows === 0) throw noRows(path, dropped.rows, target?.name ?? null);
  const name = target?.type === 'number' ? 'regression' : 'classification';
  const task = target === null ? null : ({ name, reason: 'as the model was trained' } as const);
  return {
    ...{ inferred: null, schema, task, rows, droppedRows: dropped.rows, columns, delimiter },
    ...{ classes: classes?.ofRows ?? null, groups: groups?.ofRows ?? null, targetMissing },
    notices: [...report.notices(), ...dropped.notices(target?.name ?? '', task?.name)],
  };
}

/** Numbers are not told apart. */
function mostClasses(target: TargetColumn): number {
  return target.type === 'classes' ? target.classes.length : 0;
}

function namesOf(target: TargetColumn | null): string[] {
  return target === null ? [] : [target.name];
}

/** 'NA' is a class where it was one. */
export function missingTargets({ target, missing }: TableSchema): readonly string[] | undefined {
  const hasCode = target?.type === 'classes' && target.classes.some(isMissing);
  return missing === undefined && hasCode ? wordsBesideCodes : missing;
}

/** Whether rows have a target, which has to be one that the model knows. */
class TargetCheck {
  readonly dropped = new DroppedTargets();
  readonly #target: TargetColumn | null;
  readonly #field: number;
  readonly #path: string;
  readonly #classes: ReadonlySet<string> | null;
  readonly #isMissing: IsMissing;

  constructor(
    target: TargetColumn | null,
    columns: readonly string[],
    path: string,
    missing: readonly string[] | undefined,
  ) {
    this.#target = target;
    this.#field = target === null ? -1 : (new ColumnPlaces(columns).of(target.name) ?? -1);
    this.#path = path;
    this.#classes = target?.type === 'classes' ? new Set(target.classes) : null;
    this.#isMissing = missingRules(missing).isMissing;
  }

  /** @throws DataError for a class that is not known */
  has(fields: readonly Cell[], line: () => number): boolean {
    if (this.#target === null) return true;
    const value = cellText(fields[this.#field]);
    if (this.#classes?.has(value)) return true;
    if (this.#isMissing(value)) {
      this.dropped.add(value);
      return false;
    }
    if (this.#classes === null) return true;
    throw newClass(this.#target.name, [...this.#classes], value, `${this.#path}:${line()}`);
  }
}

const mostShown = 10;

function shown(names: readonly string[]): string {
  const quoted = names.slice(0, mostShown).map((name) => `'${name}'`);
  if (names.length > mostShown) quoted.push(`${names.length - mostShown} more`);
  return listOf(quoted);
}

export function newClass(
  target: string,
  classes: readonly string[],
  received: string,
  path: string,
): DataError {
  return new DataError({
    path,
    expected: `one of the classes of '${target}' that the model has (${shown(classes)})`,
    received: `'${received}'`,
    remedy:
      'It has one output for each class: train a new model for others, or leave these rows out.',
  });
}

function requireIgnored(
  ignore: readonly string[],
  columns: readonly string[],
  isUsed: (name: string) => boolean,
): void {
  requireColumns(ignore, columns, 'ignore');
  const needed = ignore.find(isUsed);
  if (needed === undefined) return;
  throw new ArgumentError({
    path: 'ignore',
    expected: 'columns that the model was not trained on',
    received: `'${needed}', which it was`,
  });
}

function requireSameColumns(
  { columns: known, target }: TableSchema,
  columns: readonly string[],
  ignore: readonly string[] | undefined,
  path: string,
): void {
  const names = [...known.map(({ name }) => name), ...namesOf(target)];
  const there = columnSet(columns);
  const absent = names.filter((name) => !there.has(columnKey(name)));
  const expected = 'the columns that the model was trained on';
  if (absent.length > 0) {
    throw new DataError({ path, expected, received: `a file without ${shown(absent)}` });
  }
  if (ignore === undefined) return;
  const wanted = columnSet([...names, ...ignore]);
  const others = columns.filter((name) => !wanted.has(columnKey(name)));
  if (others.length === 0) return;
  throw new DataError({
    path,
    expected,
    received: `a file with ${shown(others)} besides`,
    remedy: `Leave out what it does not know: ${optionText('ignore', others.slice(0, mostShown))}.`,
  });
}
