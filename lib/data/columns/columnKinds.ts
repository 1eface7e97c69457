import type { CellRules } from '../cellRules.js';
import type { Cell } from '../cells.js';
import type { DateFormat } from '../dates.js';
import type { ColumnStatistics } from '../tableStatistics.js';
import { type BooleanColumn, booleanKind } from './boolean.js';
import type { ColumnEncoder, ColumnKind, FitOptions, Refusal } from './columnKind.js';
import { type DateColumn, dateKind } from './date.js';
import { type EmbeddedColumn, embeddedKind } from './embedded.js';
import { type NumberColumn, numberKind } from './number.js';
import { type TextColumn, textKind } from './text.js';

/** All kinds of columns, and what is asked of a column whatever its kind. */

interface Columns {
  number: NumberColumn;
  text: TextColumn;
  embedded: EmbeddedColumn;
  boolean: BooleanColumn;
  date: DateColumn;
}

export type ColumnType = keyof Columns;

/** A column of the inputs, as the schema has it. */
export type FeatureColumn<Type extends ColumnType = ColumnType> = {
  [Each in Type]: Columns[Each] & { readonly type: Each };
}[Type];

type Kinds = { readonly [Type in ColumnType]: ColumnKind<Columns[Type]> };

const kinds: Kinds = {
  number: numberKind,
  text: textKind,
  embedded: embeddedKind,
  boolean: booleanKind,
  date: dateKind,
};

export const columnTypes = Object.keys(kinds) as readonly ColumnType[];

/** What a column is, before anything is fitted to its values. */
export interface ColumnChoice {
  readonly name: string;
  readonly type: ColumnType;
  /** Whether its numbers are written as people write amounts. */
  readonly amounts?: true;
  /** How its dates are written. */
  readonly format?: DateFormat;
  /** Whether it has too many texts for an input each, so that the rarer ones have one in common. */
  readonly others?: true;
}

export function fitColumn(
  { type, amounts, format, others }: ColumnChoice,
  statistics: ColumnStatistics,
  options: Omit<FitOptions, 'amounts' | 'format' | 'others'>,
): FeatureColumn {
  return kinds[type].fit(statistics, { ...options, amounts, format, others });
}

export function parseColumnOf(
  type: ColumnType,
  name: string,
  record: Readonly<Record<string, unknown>>,
  path: string,
): FeatureColumn {
  return kinds[type].parse(name, record, path);
}

/** How many inputs of the network a column takes. */
export function columnWidth<Type extends ColumnType>(column: FeatureColumn<Type>): number {
  return kinds[column.type].width(column);
}

/** Whether the last of its inputs, of several, is 1 where the value is missing, and 0 elsewhere. */
export function tellsMissing<Type extends ColumnType>(column: FeatureColumn<Type>): boolean {
  return kinds[column.type].tellsMissing(column);
}

/** What some inputs of a column stand for. @param inputs all of them, from a row or from a network */
export function decodeColumn<Type extends ColumnType>(
  column: FeatureColumn<Type>,
  inputs: Float32Array,
): Cell {
  return kinds[column.type].decode(column, inputs);
}

export function columnEncoder<Type extends ColumnType>(
  column: FeatureColumn<Type>,
  rules: CellRules,
): ColumnEncoder {
  return kinds[column.type].encoder(column, rules);
}

export function refusalOf<Type extends ColumnType>(
  column: FeatureColumn<Type>,
  cell: Cell,
): Refusal {
  return kinds[column.type].refusal(column, cell);
}
