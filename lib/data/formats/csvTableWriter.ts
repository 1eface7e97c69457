import type { Cell } from '../cells.js';
import { CsvWriter } from '../csvWriter.js';
import type { TableWriter, WriterOptions } from './tableWriter.js';

/** Writes a table as CSV; what is missing is an empty field. */
export function csvTableWriter(options: WriterOptions): TableWriter {
  const { columns, delimiter, escapeFormulas } = options;
  const writer = new CsvWriter(delimiter ?? ',', { escapeFormulas });
  return {
    head: () => writer.line(columns.map(({ name }) => name)),
    rows: ({ records }) => records.map((record) => writer.line(record.map(fieldOf))).join(''),
    end: () => '',
  };
}

function fieldOf(cell: Cell): string {
  return cell === null ? '' : String(cell);
}
