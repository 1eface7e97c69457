import { isDate } from '../../builtins.js';
import { columnWidth, decodeColumn, type FeatureColumn } from '../../data/tableSchema.js';
import type { NamedValue, ShownRow } from '../reportData.js';
import { pickedRows, type RowsToJudge } from './judged.js';

/** Rows as a table has them, from what networks were given. */

/** More columns nobody looks through. */
const mostColumns = 60;

/** How many rows are shown. */
export const shownRows = 20;

export function shownRow(
  { inputs, places }: RowsToJudge,
  columns: readonly FeatureColumn[],
  row: number,
): ShownRow {
  const { values: own } = pickedRows(inputs, [row]);
  const values: NamedValue[] = [];
  let first = 0;
  for (const column of columns) {
    const width = columnWidth(column);
    if (values.length < mostColumns) {
      const value = decodeColumn(column, own.subarray(first, first + width));
      values.push({ name: column.name, value: shownValue(value) });
    }
    first += width;
  }
  return { place: places === null ? row + 1 : (places[row] ?? null), values };
}

/** As JSON has it. */
export function shownValue(value: unknown): string | number | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (isDate(value)) return value.toISOString();
  return Array.isArray(value) ? value.map(String).join(', ') : String(value);
}
