import type { TableFormat } from './tableFormat.js';

const mark = Buffer.from('PAR1');

/** Columns in groups of rows, packed, with their types. The packages that read it are loaded with the first such file. */
export const parquetFormat: TableFormat = {
  name: 'parquet',
  kind: 'a Parquet file',
  endings: ['.parquet', '.parq', '.pq'],
  options: [],
  needsFile: true,
  begins: (bytes) => mark.equals(bytes.subarray(0, mark.length)),
  async open(input, options) {
    const { openParquet } = await import('./parquet/parquetReader.js');
    return await openParquet(input, options);
  },
  isText: false,
  async write(options) {
    const { parquetWriter } = await import('./parquet/parquetWriter.js');
    return await parquetWriter(options);
  },
};
