import { openJsonLines } from './jsonLines.js';
import { jsonLinesWriter } from './jsonLinesWriter.js';
import type { TableFormat } from './tableFormat.js';

/** An object in each line. */
export const jsonLinesFormat: TableFormat = {
  name: 'jsonl',
  kind: 'a file of JSON lines',
  endings: ['.jsonl', '.ndjson', '.json'],
  options: ['skipBadLines', 'encoding'],
  needsFile: false,
  begins: (bytes) =>
    /^\ufeff?\s*\{\s*(?:"|\})/.test(Buffer.from(bytes.subarray(0, 256)).toString()),
  open: (input, options) => openJsonLines(input, options),
  isText: true,
  write: async (options) => jsonLinesWriter(options),
};
