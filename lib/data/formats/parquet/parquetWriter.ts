import type { SchemaElement } from 'hyparquet';
import type { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { Cell } from '../../cells.js';
import type { TableWriter, WriterOptions, Written, WrittenColumn } from '../tableWriter.js';
import { type StoredColumn, storedColumn } from './storedColumn.js';

/** Writes a table as a Parquet file, packed with snappy, one group of rows after the other. */

/** Cells of a group: so many are in memory. */
const cellsPerGroup = 2 ** 20;
const leastRows = 1024;
const mostRows = 2 ** 17;

export async function parquetWriter({ columns }: WriterOptions): Promise<TableWriter> {
  return new GroupWriter(columns, await import('hyparquet-writer'));
}

type Package = Pick<typeof import('hyparquet-writer'), 'ByteWriter' | 'ParquetWriter'>;

class GroupWriter implements TableWriter {
  readonly #columns: readonly StoredColumn[];
  readonly #bytes: ByteWriter;
  readonly #writer: ParquetWriter;
  readonly #rowsPerGroup: number;
  #values: unknown[][];

  constructor(columns: readonly WrittenColumn[], { ByteWriter, ParquetWriter }: Package) {
    this.#bytes = new ByteWriter();
    this.#columns = columns.map(storedColumn);
    const root: SchemaElement = { name: 'schema', num_children: columns.length };
    const schema = [root, ...this.#columns.map(({ element }) => element)];
    this.#writer = new ParquetWriter({ writer: this.#bytes, schema, createdBy: 'layerwise' });
    const rows = Math.floor(cellsPerGroup / Math.max(1, columns.length));
    this.#rowsPerGroup = Math.min(mostRows, Math.max(leastRows, rows));
    this.#values = columns.map(() => []);
  }

  head(): Written {
    return this.#taken();
  }

  rows({ records }: { readonly records: readonly (readonly Cell[])[] }): Written {
    for (const [place, { storedOf }] of this.#columns.entries()) {
      const values = this.#values[place] as unknown[];
      for (const record of records) {
        const cell = record[place] ?? null;
        values.push(cell === null ? null : storedOf(cell));
      }
    }
    if ((this.#values[0]?.length ?? 0) < this.#rowsPerGroup) return '';
    this.#writeGroup();
    return this.#taken();
  }

  end(): Written {
    this.#writeGroup();
    void this.#writer.finish();
    return this.#taken();
  }

  #writeGroup(): void {
    const rowGroupSize = this.#values[0]?.length ?? 0;
    if (rowGroupSize === 0) return;
    const columnData = this.#columns.map(({ element }, place) => ({
      name: element.name,
      data: this.#values[place] as unknown[],
    }));
    void this.#writer.write({ columnData, rowGroupSize });
    this.#values = this.#columns.map(() => []);
  }

  /** What was written since the last time. */
  #taken(): Uint8Array {
    const bytes = this.#bytes.getBytes().slice();
    this.#bytes.index = 0;
    return bytes;
  }
}
