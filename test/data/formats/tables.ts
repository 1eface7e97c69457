import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Cell } from '../../../lib/data/cells.js';
import { openTableAt } from '../../../lib/data/formats/tableFiles.js';
import type { FormatOptions } from '../../../lib/data/formats/tableFormat.js';
import type { TableReader } from '../../../lib/data/tableSource.js';

/** Tables in files, for the tests of their formats. */

/** A file that PyArrow has written, see make-parquet-files.py. */
export function fixture(name: string): string {
  return fileURLToPath(new URL(`../../fixtures/parquet/${name}`, import.meta.url));
}

export function opened(file: string, options: FormatOptions = {}): Promise<TableReader> {
  return openTableAt(file, {}, options, {});
}

/** All rows, whose number is what their lines say where nothing else is left out. */
export async function recordsOf(reader: TableReader): Promise<Cell[][]> {
  const records: Cell[][] = [];
  for await (const batch of reader.batches()) {
    for (const record of batch.records) records.push([...record]);
  }
  return records;
}

export async function cellsIn(file: string, options?: FormatOptions): Promise<Cell[][]> {
  return await recordsOf(await opened(file, options));
}

/** A folder of its own for one test file. */
export async function temporaryFolder(): Promise<{
  write(name: string, content: string | Uint8Array): Promise<string>;
  path(name: string): string;
  remove(): Promise<void>;
}> {
  const folder = await mkdtemp(path.join(tmpdir(), 'layerwise-formats-'));
  const at = (name: string): string => path.join(folder, name);
  return {
    path: at,
    async write(name, content) {
      await writeFile(at(name), content);
      return at(name);
    },
    remove: () => rm(folder, { recursive: true }),
  };
}
