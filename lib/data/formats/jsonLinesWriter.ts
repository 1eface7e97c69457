import type { Cell } from '../cells.js';
import type { FieldType } from '../fieldTypes.js';
import type { TableWriter, WriterOptions } from './tableWriter.js';

/** Writes a table as JSON lines; what is missing is null. */
export function jsonLinesWriter({ columns }: WriterOptions): TableWriter {
  const keys = columns.map(({ name }) => `${JSON.stringify(name)}:`);
  const types = columns.map(({ type }) => type);
  return {
    head: () => '',
    rows({ records, objects }) {
      return records
        .map((record, row) => {
          const object = objects?.[row];
          return `${object === undefined ? lineOf(record, keys, types) : JSON.stringify(object)}\n`;
        })
        .join('');
    },
    end: () => '',
  };
}

function lineOf(
  record: readonly Cell[],
  keys: readonly string[],
  types: readonly (FieldType | undefined)[],
): string {
  return `{${keys.map((key, at) => key + jsonOf(record[at] ?? null, types[at])).join(',')}}`;
}

function jsonOf(cell: Cell, type: FieldType | undefined): string {
  if (cell === null) return 'null';
  if (typeof cell === 'number') return Number.isFinite(cell) ? String(cell) : 'null';
  switch (type) {
    case 'boolean':
      return cell;
    case 'number':
    case 'integer':
      return numberOf(cell);
    default:
      return typeof type === 'object' && type.type === 'decimal'
        ? numberOf(cell)
        : JSON.stringify(cell);
  }
}

/** With all of its digits, though JavaScript would not keep them. */
function numberOf(text: string): string {
  return /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(text) ? text : 'null';
}
