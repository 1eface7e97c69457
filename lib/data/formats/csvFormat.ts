import { openCsv } from '../csv.js';
import { csvTableWriter } from './csvTableWriter.js';
import type { TableFormat } from './tableFormat.js';

/** Fields between delimiters: whatever is text, and nothing else. */
export const csvFormat: TableFormat = {
  name: 'csv',
  kind: 'a CSV file',
  endings: ['.csv', '.tsv', '.tab', '.txt', '.dat', '.data'],
  options: [
    ...(['delimiter', 'skipLines', 'comment', 'skipBadLines', 'header', 'encoding'] as const),
    'sampleSize',
  ],
  needsFile: false,
  begins: () => true,
  open: ({ chunks, name }, options) => openCsv(chunks, name, options),
  isText: true,
  write: async (options) => csvTableWriter(options),
};
