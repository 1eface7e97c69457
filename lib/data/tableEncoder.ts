import { listOf, remedyFor } from '../checks.js';
import { DataError } from '../errors.js';
import { optionText } from '../optionText.js';
import { type CellRules, cellRules } from './cellRules.js';
import type { Cell, CellBatch, Fields } from './cells.js';
import { ColumnPlaces } from './columnNames.js';
import type { ColumnEncoder } from './columns/columnKind.js';
import {
  columnEncoder,
  columnWidth,
  type FeatureColumn,
  refusalOf,
} from './columns/columnKinds.js';
import { noNumber, standardised } from './columns/number.js';
import { indicesOf } from './columns/text.js';
import { encodedWidth, type TableSchema, type TargetColumn } from './tableSchema.js';
import { cellText, cleanField } from './tableValues.js';

/** From the fields of a row to the inputs of a network, by the rules of a schema. */

/** What to do with a text that the training file did not contain. */
export type UnknownPolicy = 'error' | 'ignore';

/** Whoever learns from the rows cannot ignore such a text. */
export type TextPolicy = UnknownPolicy | 'refuse';

/** What had to be filled in while encoding. */
export interface EncodingCounts {
  /** Texts that are not known from training, encoded as none of those that are. */
  unknown: number;
  /** Missing numbers and dates, encoded as the mean. */
  missing: number;
}

/** One column of the schema, tied to its field in the file. */
interface Slot {
  readonly field: number;
  readonly offset: number;
  readonly column: FeatureColumn;
  readonly encoder: ColumnEncoder;
}

/** Encodes rows; the columns of the file may come in any order, with others between them. */
export class TableEncoder {
  /** Inputs per row. */
  readonly width: number;
  readonly counts: EncodingCounts = { unknown: 0, missing: 0 };
  readonly #path: string;
  readonly #unknown: TextPolicy;
  readonly #slots: readonly Slot[];
  readonly #rules: CellRules;

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
    this.#rules = cellRules(schema);
    this.#slots = slotsOf(schema, columns, path, this.#rules);
  }

  /**
   * Writes the inputs of the rows into `inputs`, one row after the other.
   *
   * @param inputs at least rows × width values from `start` on
   * @throws DataError (path `file:line`) on a field that is no number, or an unknown text
   */
  encode(batch: CellBatch, inputs: Float32Array, start = 0): void {
    const { records } = batch;
    for (let record = 0; record < records.length; record++) {
      this.encodeRow(batch, record, inputs, start + record * this.width);
    }
  }

  /** The same for one row, whose first input goes to `at`. */
  encodeRow(batch: CellBatch, record: number, inputs: Float32Array, at: number): void {
    const cells = batch.records[record] ?? [];
    for (const slot of this.#slots) {
      const cell = cleanCell(cells[slot.field] ?? null);
      const outcome = slot.encoder.encode(cell, inputs, at + slot.offset);
      if (outcome === 'value') continue;
      if (outcome === 'missing') this.counts.missing++;
      else if (outcome === 'unseen') this.counts.unknown++;
      else if (outcome === 'unknown' && this.#unknown === 'ignore') this.counts.unknown++;
      else throw this.#refusal(outcome, slot.column, cell, batch.lineOf(record));
    }
  }

  /**
   * The same for some rows that the core has cut, column by column; false where one of them has something to be
   * refused or counted as unknown, which `encodeRow` finds in its order. Then nothing is counted.
   *
   * @param chosen their numbers; the inputs of the first go to `at`
   */
  encodeFields(fields: Fields, chosen: Uint32Array, inputs: Float32Array, at: number): boolean {
    const { width } = this;
    let missing = 0;
    for (const { field, offset, encoder } of this.#slots) {
      const without =
        encoder.encodeNumbers?.(fields, field, chosen, inputs, at + offset, width) ?? chosen.length;
      if (without < 0) return false;
      if (without === 0) continue;
      for (let index = 0, place = at + offset; index < chosen.length; index++, place += width) {
        const row = chosen[index] as number;
        const isDone =
          encoder.encodeNumbers && !Number.isNaN(fields.numbers[row * fields.width + field]);
        if (isDone) continue;
        const outcome = encoder.encode(fields.cleanText(row, field), inputs, place);
        if (outcome === 'missing') missing++;
        else if (outcome !== 'value') return false;
      }
    }
    this.counts.missing += missing;
    return true;
  }

  #refusal(
    outcome: 'unknown' | 'invalid',
    column: FeatureColumn,
    cell: Cell,
    line: number,
  ): DataError {
    const refusal = refusalOf(column, this.#rules.isMissing(cell) ? null : cell);
    const remedies = [refusal.remedy ?? ''];
    if (outcome === 'unknown') {
      remedies.push(this.#unknown === 'refuse' ? noInputForText : ignoreTexts);
    }
    const remedy = remedies.filter((text) => text !== '').join(' ');
    return new DataError({ ...refusal, path: `${this.#path}:${line}`, remedy });
  }
}

function cleanCell(cell: Cell): Cell {
  return typeof cell === 'string' ? cleanField(cell) : cell;
}

const ignoreTexts = `With ${optionText('unknown', 'ignore')} such values are taken for none of those, and counted.`;
const noInputForText =
  'The network has one input for each text that it was first trained with: correct the field, leave the row out, or train a new model.';

/** Turns target fields into class indices or standardised numbers. */
export class TargetEncoder {
  readonly #target: TargetColumn;
  readonly #field: number;
  readonly #path: string;
  readonly #indexOf: ReadonlyMap<string, number>;
  readonly #rules: CellRules;

  constructor(
    target: TargetColumn,
    columns: readonly string[],
    path: string,
    rules: CellRules = cellRules(),
  ) {
    this.#rules = rules;
    this.#target = target;
    this.#field = new ColumnPlaces(columns).of(target.name) ?? -1;
    this.#path = path;
    this.#indexOf = target.type === 'classes' ? indicesOf(target.classes) : new Map();
  }

  /** Whether the row has a target at all. */
  has(fields: readonly Cell[]): boolean {
    return this.#isTarget(cellText(fields[this.#field]));
  }

  /** The same of a row of a batch. */
  hasRow(batch: CellBatch, record: number): boolean {
    return this.#isTarget(cellText(this.#cellOf(batch, record)));
  }

  #isTarget(value: string): boolean {
    return this.#indexOf.has(value) || !this.#rules.isMissing(value);
  }

  #cellOf(batch: CellBatch, record: number): Cell {
    if (batch.fields) return batch.fields.cleanText(record, this.#field);
    return batch.records[record]?.[this.#field] ?? null;
  }

  encodeRow(batch: CellBatch, record: number): number {
    const cell = this.#cellOf(batch, record);
    const value = cellText(cell);
    const target = this.#target;
    if (target.type === 'number') {
      const number = standardised(cleanCell(cell), target, this.#rules.numberOf);
      if (number !== undefined) return number;
      const path = `${this.#path}:${batch.lineOf(record)}`;
      throw new DataError({ path, ...noNumber(target.name, value) });
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

function slotsOf(
  schema: TableSchema,
  columns: readonly string[],
  path: string,
  rules: CellRules,
): Slot[] {
  const places = new ColumnPlaces(columns);
  const absent = schema.columns
    .map(({ name }) => name)
    .filter((name) => places.of(name) === undefined);
  if (absent.length > 0) throw absentColumns(absent, columns, path);
  let offset = 0;
  return schema.columns.map((column) => {
    const field = places.of(column.name) ?? 0;
    const slot: Slot = { field, offset, column, encoder: columnEncoder(column, rules) };
    offset += columnWidth(column);
    return slot;
  });
}

/** Of a file for another model, say, which lacks every one. */
const shownColumns = 10;

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
