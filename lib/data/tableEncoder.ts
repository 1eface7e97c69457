import { listOf, remedyFor } from '../checks.js';
import { DataError } from '../errors.js';
import { optionText } from '../optionText.js';
import { ColumnPlaces } from './columnNames.js';
import type { CsvBatch } from './csv.js';
import {
  columnWidth,
  encodedWidth,
  type FeatureColumn,
  type NumberColumn,
  type TableSchema,
  type TargetColumn,
  type TextColumn,
} from './tableSchema.js';
import { cleanField, type IsMissing, isMissing, missingRule, parseNumber } from './tableValues.js';

/** From the fields of a row to the inputs of a network, by the rules of a schema. */

/** What to do with a text that the training file did not contain. */
export type UnknownPolicy = 'error' | 'ignore';

/** Whoever learns from the rows cannot ignore such a text. */
export type TextPolicy = UnknownPolicy | 'refuse';

/** What had to be filled in while encoding. */
export interface EncodingCounts {
  /** Texts that are not known from training, encoded as zeros. */
  unknown: number;
  /** Missing numbers, encoded as the mean. */
  missing: number;
}

/** Where a row lies: asked only for an error. */
interface Place {
  readonly path: string;
  readonly batch: CsvBatch;
  readonly record: number;
}

/** One column of the schema, tied to its field in the file. */
interface Slot {
  readonly field: number;
  readonly offset: number;
  readonly column: FeatureColumn;
  readonly indexOf: ReadonlyMap<string, number>;
}

/** Encodes rows; the columns of the file may come in any order, with others between them. */
export class TableEncoder {
  /** Inputs per row. */
  readonly width: number;
  readonly counts: EncodingCounts = { unknown: 0, missing: 0 };
  readonly #path: string;
  readonly #unknown: TextPolicy;
  readonly #slots: readonly Slot[];
  readonly #isMissing: IsMissing;

  /**
   * @param columns the columns of the file
   * @param path how errors call the file
   * @throws DataError naming the columns that the file lacks
   */
  constructor(
    schema: TableSchema,
    columns: readonly string[],
    path: string,
    unknown: TextPolicy = 'error',
  ) {
    this.#path = path;
    this.#unknown = unknown;
    this.width = encodedWidth(schema);
    this.#slots = slotsOf(schema, columns, path);
    this.#isMissing = missingRule(schema.missing);
  }

  /**
   * Writes the inputs of the rows into `inputs`, one row after the other.
   *
   * @param inputs at least rows × width values from `start` on
   * @throws DataError (path `file:line`) on a field that is no number, or an unknown text
   */
  encode(batch: CsvBatch, inputs: Float32Array, start = 0): void {
    const { records } = batch;
    for (let record = 0; record < records.length; record++) {
      this.encodeRow(batch, record, inputs, start + record * this.width);
    }
  }

  /** The same for one row, whose first input goes to `at`. */
  encodeRow(batch: CsvBatch, record: number, inputs: Float32Array, at: number): void {
    const fields = batch.records[record] ?? [];
    const place = { path: this.#path, batch, record };
    for (const slot of this.#slots) {
      const value = cleanField(fields[slot.field] ?? '');
      const offset = at + slot.offset;
      if (slot.column.type === 'number') this.#number(value, slot.column, inputs, offset, place);
      else this.#text(value, slot, slot.column, inputs, offset, place);
    }
  }

  #number(
    value: string,
    { name, mean, deviation, missingIndicator }: NumberColumn,
    inputs: Float32Array,
    offset: number,
    place: Place,
  ): void {
    const missing = this.#isMissing(value);
    if (missing) this.counts.missing++;
    inputs[offset] = missing ? 0 : standardised(value, { name, mean, deviation }, place);
    if (missingIndicator) inputs[offset + 1] = missing ? 1 : 0;
  }

  #text(
    value: string,
    slot: Slot,
    column: TextColumn,
    inputs: Float32Array,
    offset: number,
    place: Place,
  ): void {
    const { categories, missingCategory } = column;
    const width = categories.length + (missingCategory ? 1 : 0);
    inputs.fill(0, offset, offset + width);
    const missing = this.#isMissing(value);
    const known = missing && missingCategory ? categories.length : undefined;
    const index = missing ? known : slot.indexOf.get(value);
    if (index !== undefined) inputs[offset + index] = 1;
    else if (this.#unknown === 'ignore') this.counts.unknown++;
    else throw unknownText(missing ? '' : value, column, place, this.#unknown);
  }
}

/** Numbers the groups by their names; a row without a name is a group of its own. */
export class GroupEncoder {
  readonly #numbers = new Map<string, number>();
  readonly #isMissing: IsMissing;
  #count = 0;

  constructor(rule: IsMissing = isMissing) {
    this.#isMissing = rule;
  }

  encode(field: string): number {
    const name = cleanField(field);
    if (this.#isMissing(name)) return this.#count++;
    const number = this.#numbers.get(name) ?? this.#count++;
    this.#numbers.set(name, number);
    return number;
  }
}

/** Turns target fields into class indices or standardised numbers. */
export class TargetEncoder {
  readonly #target: TargetColumn;
  readonly #field: number;
  readonly #path: string;
  readonly #indexOf: ReadonlyMap<string, number>;
  readonly #isMissing: IsMissing;

  constructor(
    target: TargetColumn,
    columns: readonly string[],
    path: string,
    rule: IsMissing = isMissing,
  ) {
    this.#isMissing = rule;
    this.#target = target;
    this.#field = new ColumnPlaces(columns).of(target.name) ?? -1;
    this.#path = path;
    this.#indexOf = target.type === 'classes' ? indicesOf(target.classes) : new Map();
  }

  /** Whether the row has a target at all. */
  has(fields: readonly string[]): boolean {
    return !this.#isMissing(cleanField(fields[this.#field] ?? ''));
  }

  encodeRow(batch: CsvBatch, record: number): number {
    const value = cleanField(batch.records[record]?.[this.#field] ?? '');
    const place = { path: this.#path, batch, record };
    const target = this.#target;
    if (target.type === 'number') {
      return standardised(value, target, place);
    }
    const index = this.#indexOf.get(value);
    if (index === undefined) throw changedFile(this.#path);
    return index;
  }
}

/** The second pass met what the first did not. */
export function changedFile(path: string): DataError {
  return new DataError({
    path,
    expected: 'a file that stays as it is while it is read',
    received: 'other rows in the second pass than in the first',
    remedy: 'Run the command again when nothing writes to the file.',
  });
}

function slotsOf(schema: TableSchema, columns: readonly string[], path: string): Slot[] {
  const places = new ColumnPlaces(columns);
  const absent = schema.columns
    .map(({ name }) => name)
    .filter((name) => places.of(name) === undefined);
  if (absent.length > 0) throw absentColumns(absent, columns, path);
  let offset = 0;
  return schema.columns.map((column) => {
    const slot: Slot = {
      field: places.of(column.name) ?? 0,
      offset,
      column,
      indexOf: column.type === 'text' ? indicesOf(column.categories) : new Map(),
    };
    offset += columnWidth(column);
    return slot;
  });
}

function indicesOf(names: readonly string[]): Map<string, number> {
  return new Map(names.map((name, index) => [name, index]));
}

const largestFloat32 = 3.4e38;

function standardised(
  value: string,
  { name, mean, deviation }: Pick<NumberColumn, 'name' | 'mean' | 'deviation'>,
  { path, batch, record }: Place,
): number {
  const number = (parseNumber(value) - mean) / deviation;
  // Not true for NaN either.
  if (Math.abs(number) <= largestFloat32) return number;
  throw new DataError({
    path: `${path}:${batch.lineOf(record)}`,
    expected: `a finite number of ordinary size in column '${name}'`,
    received: `'${value}'`,
    remedy: 'Correct it, or leave the field empty if the value is missing.',
  });
}

const shownCategories = 8;
/** Of a file for another model, say, which lacks every one. */
const shownColumns = 10;

function unknownText(
  value: string,
  { name, categories }: TextColumn,
  { path, batch, record }: Place,
  policy: TextPolicy,
): DataError {
  const known = categories.slice(0, shownCategories).map((category) => `'${category}'`);
  const more = categories.length - known.length;
  const near =
    lookalikeRemedy(value, categories) ?? (value === '' ? '' : remedyFor(value, categories));
  return new DataError({
    path: `${path}:${batch.lineOf(record)}`,
    expected: `one of the values of column '${name}' known from training (${known.join(', ')}${more > 0 ? ` and ${more} more` : ''})`,
    received: value === '' ? 'a missing value' : `'${value}'`,
    remedy: `${near} ${policy === 'refuse' ? noInputForText : ignoreTexts}`.trim(),
  });
}

const ignoreTexts = `With ${optionText('unknown', 'ignore')} such values are encoded as zeros and counted.`;
const noInputForText =
  'The network has one input for each text that it was first trained with: correct the field, leave the row out, or train a new model.';

/** Texts that differ by nothing that can be seen: values, unlike names of columns, stay as they are. */
function lookalikeRemedy(value: string, categories: readonly string[]): string | undefined {
  const composed = value.normalize('NFC');
  if (!categories.some((category) => category.normalize('NFC') === composed)) return undefined;
  return 'It looks like one of them, but its accents or syllables are composed otherwise (Unicode NFC and NFD): write both files in the same form.';
}

function absentColumns(
  absent: readonly string[],
  columns: readonly string[],
  path: string,
): DataError {
  const shown = absent.slice(0, shownColumns).map((name) => `'${name}'`);
  if (absent.length > shown.length) shown.push(`${absent.length - shown.length} more`);
  const near = absent
    .slice(0, shownColumns)
    .map((name) => [name, remedyFor(name, columns)] as const)
    .filter(([, hint]) => hint !== '')
    .map(([name, hint]) => `For '${name}': ${hint}`);
  return new DataError({
    path,
    expected: `the columns that the model was trained on`,
    received: `a file without ${listOf(shown)}`,
    remedy: [
      ...near,
      `The file has: ${columns.slice(0, 30).join(', ')}${columns.length > 30 ? ', …' : ''}.`,
    ].join(' '),
  });
}
