import { extname } from 'node:path';
import { ArgumentError } from '../../errors.js';
import { optionText } from '../../optionText.js';
import { prepend } from '../bytes.js';
import type { CsvOptions } from '../csv.js';
import type { TableReader } from '../tableSource.js';
import { csvFormat } from './csvFormat.js';
import { jsonLinesFormat } from './jsonLinesFormat.js';
import { parquetFormat } from './parquetFormat.js';
import type { FormatName, FormatOptions, TableFormat, TableInput } from './tableFormat.js';

/** Finds out what kind of file a table is, and opens it. */

/** In the order in which they are asked: CSV takes whatever is left. */
const formats: readonly TableFormat[] = [parquetFormat, jsonLinesFormat, csvFormat];

/**
 * Opens a table for one reading.
 *
 * @throws ArgumentError for a file that cannot be read, and for an option that its kind does not have; FileFormatError and
 * DataError for what stands in it
 */
export async function openTable(
  input: TableInput,
  options: FormatOptions,
  given: CsvOptions = options,
): Promise<TableReader> {
  const chunks = input.read();
  try {
    const first = await firstChunk(chunks);
    const format = formatOf(input, first);
    requireOptions(format, given, input.name);
    if (format.needsFile && input.path === null) throw noStream(format, input.name);
    // What is read here and there is not read from its start.
    if (format.needsFile) await chunks.return(undefined);
    const reader = await format.open({ ...input, chunks: prepend(first, chunks) }, options);
    return {
      ...reader,
      async close() {
        await reader.close();
        // A generator that was never begun does not end the one that it goes on with.
        await chunks.return(undefined);
      },
    };
  } catch (error) {
    await chunks.return(undefined);
    throw error;
  }
}

/** By its ending where that says something, by its first bytes where these do. */
function formatOf({ path }: TableInput, first: Uint8Array): TableFormat {
  if (parquetFormat.begins(first)) return parquetFormat;
  const named = path === null ? undefined : formatByName(path);
  return named ?? formats.find((format) => format.begins(first)) ?? csvFormat;
}

export const formatNames: readonly FormatName[] = formats.map(({ name }) => name).sort();

/** @throws TypeError for another name */
export function formatNamed(name: FormatName): TableFormat {
  const format = formats.find((each) => each.name === name);
  if (format === undefined) throw new TypeError(`no format ${name}`);
  return format;
}

/** The format that the name of a file stands for. */
export function formatByName(path: string): TableFormat | undefined {
  const ending = extname(path.toLowerCase().replace(/\.gz$/, ''));
  return formats.find(({ endings }) => endings.includes(ending));
}

/** @throws ArgumentError */
function requireOptions(format: TableFormat, given: CsvOptions, path: string): void {
  for (const name of csvFormat.options) {
    if (given[name] === undefined || format.options.includes(name)) continue;
    // What is not to be done needs nothing.
    if (given[name] === (name === 'header') || given[name] === 0) continue;
    throw new ArgumentError({
      path: name,
      expected: `no such option for ${format.kind}`,
      received: `one for ${path}`,
      remedy: `Leave ${optionText(name)} out: it says how text is cut into fields.`,
    });
  }
}

function noStream(format: TableFormat, path: string): ArgumentError {
  return new ArgumentError({
    path,
    expected: 'an ordinary file',
    received: `${format.kind} through a pipe`,
    remedy: 'It is read from its end: save it first.',
  });
}

async function firstChunk(chunks: AsyncGenerator<Uint8Array>): Promise<Uint8Array> {
  const { done, value } = await chunks.next();
  return done ? new Uint8Array(0) : value;
}
