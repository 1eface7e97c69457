import { fileSize, type ReadOptions, readBytes } from '../bytes.js';
import type { CsvOptions } from '../csv.js';
import type { TableReader } from '../tableSource.js';
import { openFolder } from './folderReader.js';
import { jsonLinesFormat } from './jsonLinesFormat.js';
import { formatByName, openTable } from './openTable.js';
import { isFolder, partsOf } from './tableFolder.js';
import type { FormatOptions, TableInput } from './tableFormat.js';

/** Opens what a path leads to as a table, whatever kind of file or folder it is. */

/**
 * @param given options that are an error where they mean nothing to the kind of file
 * @throws as `openTable`
 */
export async function openTableAt(
  path: string,
  reading: ReadOptions,
  options: FormatOptions,
  given: CsvOptions,
): Promise<TableReader> {
  if (!(await isFolder(path))) {
    const isPipe = reading.pipes === true && (await fileSize(path)) === null;
    const input = inputAt(path, reading);
    return await openTable(isPipe ? { ...input, path: null } : input, options, given);
  }
  const parts = await partsOf(path);
  const { onBytes } = reading;
  return await openFolder(
    {
      folder: path,
      parts,
      mayLack: formatByName(parts[0]?.path ?? '') === jsonLinesFormat,
      open: (part, before, own) => {
        const told = onBytes && ((bytes: number) => onBytes(before + bytes));
        return openTable(inputAt(part.path, { ...reading, onBytes: told }), own, given);
      },
    },
    options,
  );
}

function inputAt(path: string, reading: ReadOptions): TableInput {
  const { signal, onBytes } = reading;
  return { name: path, path, signal, onBytes, read: () => readBytes(path, reading) };
}
