import { type HeaderOptions, openCsv } from '../../lib/data/csv.js';
import { encodeTable } from '../../lib/data/encodedTable.js';
import { surveyTable, type TableSource } from '../../lib/data/table.js';
import { chunksOf } from './chunks.js';
import type { OddTable } from './oddTables.js';

/** What becomes of a table, as text: its records and what a network would get of it, or the error. */

export interface Reading extends HeaderOptions {
  /** In bytes. */
  readonly chunkSize?: number;
}

/** All records with their lines. */
export async function recordsOutcome(table: OddTable, reading: Reading = {}): Promise<string> {
  const { chunkSize, ...options } = reading;
  try {
    const reader = await openCsv(chunksOf(table.data, chunkSize), 'odd.csv', {
      ...table.options,
      ...options,
    });
    const lines = [
      `columns ${JSON.stringify(reader.columns)} by ${JSON.stringify(reader.delimiter)}`,
    ];
    for await (const batch of reader.batches()) {
      batch.records.forEach((record, index) => {
        lines.push(`${batch.lineOf(index)}: ${shortened(JSON.stringify(record))}`);
      });
    }
    return [...lines, ...reader.report.notices()].join('\n');
  } catch (error) {
    return String(error);
  }
}

/** Schema, inputs and targets, `label` being the target where there is such a column. */
export async function encodedOutcome(table: OddTable, reading: Reading = {}): Promise<string> {
  const { chunkSize, ...given } = reading;
  const path = 'odd.csv';
  const format = { ...table.options, ...given };
  const source: TableSource = {
    path,
    open: (_, options) => {
      const known = Object.entries(options).filter(([, value]) => value !== undefined);
      return openCsv(chunksOf(table.data, chunkSize), path, {
        ...format,
        ...Object.fromEntries(known),
      });
    },
  };
  try {
    const reader = await source.open('survey', { isUsed: () => false });
    await reader.close();
    const target = reader.columns.includes('label') ? 'label' : null;
    const base = { target, ignore: [], categorical: [], maxCategories: 100 };
    const survey = await surveyTable(source, { ...base, ...format });
    const { schema, rows, droppedRows, notices, classes, groups } = survey;
    const encoded = await encodeTable(source, survey, format);
    return [
      `${rows} rows, ${droppedRows} dropped`,
      ...schema.columns.map((column) => shortened(JSON.stringify(column))),
      `target ${JSON.stringify(schema.target)}`,
      `classes ${listed(classes)}, groups ${listed(groups)}`,
      ...notices,
      `inputs ${listed(encoded.inputs)}`,
      `targets ${listed(encoded.targets)}`,
    ].join('\n');
  } catch (error) {
    return String(error);
  }
}

function listed(values: ArrayLike<number> | null): string {
  if (values === null) return 'none';
  return shortened(Array.from(values, (value) => (Object.is(value, -0) ? '-0' : value)).join(' '));
}

/** The beginning, and what tells the rest from any other. */
function shortened(text: string): string {
  if (text.length <= 400) return text;
  let sum = 0;
  for (let at = 0; at < text.length; at++) sum = (Math.imul(sum, 31) + text.charCodeAt(at)) | 0;
  return `${text.slice(0, 200)}… ${text.length} characters, ${sum}`;
}
