import { isArray, messageOf } from '../../builtins.js';
import { describeValue, listOf } from '../../checks.js';
import { DataError, FileFormatError } from '../../errors.js';
import { optionText } from '../../optionText.js';
import type { Cell } from '../cells.js';
import { requireDistinctNames } from '../csv.js';
import { ReadingReport } from '../readingReport.js';
import type { TableBatch, TableReader } from '../tableSource.js';
import type { FormatInput, FormatOptions } from './tableFormat.js';
import { type NumberedLine, textLines } from './textLines.js';

/** JSON lines: an object in each line, whose keys are the columns. What an object lacks is missing in its row. */

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Opens a file of JSON lines. Its columns are the keys of all objects; those of a stream are the keys of the first
 * objects, as it is read once.
 *
 * @throws FileFormatError for a file without an object; DataError (path `file:line`) for a line that is none
 */
export async function openJsonLines(
  input: FormatInput,
  options: FormatOptions,
): Promise<TableReader> {
  const { name: path, chunks } = input;
  const report = new ReadingReport();
  const lines = new JsonLines(path, options, report);
  const batches = lines.of(chunks);
  const close = async (): Promise<void> => {
    await batches.return(undefined);
  };
  try {
    const isStream = input.path === null;
    const first = isStream ? await batches.next() : undefined;
    const head = first?.done === false ? first.value : undefined;
    const columns = options.columns ?? (head ? keysOf([head]) : await keysOfAll(input, options));
    if (columns.length === 0) throw emptyFile(path);
    requireDistinctNames(columns, path, options.isUsed);
    const cells = new ObjectCells(path, columns, options, isStream);
    return {
      ...{ path, columns, delimiter: null, rowNames: null, report, close },
      async *batches() {
        try {
          if (head) yield cells.batchOf(head);
          for await (const objects of batches) yield cells.batchOf(objects);
        } finally {
          await close();
        }
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Of all objects, each key where it is first met. */
async function keysOfAll(input: FormatInput, options: FormatOptions): Promise<string[]> {
  const lines = new JsonLines(input.name, options, new ReadingReport());
  const all = new Set<string>();
  for await (const objects of lines.of(input.read())) addKeys(objects, all);
  return [...all];
}

function keysOf(batches: readonly ParsedLines[]): string[] {
  const all = new Set<string>();
  for (const batch of batches) addKeys(batch, all);
  return [...all];
}

function addKeys({ objects }: ParsedLines, all: Set<string>): void {
  for (const object of objects) for (const key of Object.keys(object)) all.add(key);
}

interface ParsedLines {
  readonly objects: readonly JsonObject[];
  /** The line of each. */
  readonly lines: readonly number[];
}

/** Makes objects of lines. */
class JsonLines {
  readonly #path: string;
  readonly #options: FormatOptions;
  readonly #report: ReadingReport;

  constructor(path: string, options: FormatOptions, report: ReadingReport) {
    this.#path = path;
    this.#options = options;
    this.#report = report;
  }

  /** At least one object a time. */
  async *of(chunks: AsyncGenerator<Uint8Array>): AsyncGenerator<ParsedLines> {
    for await (const texts of textLines(chunks, this.#path, this.#options.encoding)) {
      const objects: JsonObject[] = [];
      const lines: number[] = [];
      for (const line of texts) {
        const object = this.#objectOf(line);
        if (object === undefined) continue;
        objects.push(object);
        lines.push(line.number);
      }
      if (objects.length > 0) yield { objects, lines };
    }
  }

  #objectOf({ text, number }: NumberedLine): JsonObject | undefined {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (cause) {
      return this.#refuse(number, textOf(cause), text);
    }
    if (typeof value === 'object' && value !== null && !isArray(value)) return value as JsonObject;
    return this.#refuse(number, describeValue(value), text);
  }

  #refuse(line: number, received: string, text: string): undefined {
    if (this.#options.skipBadLines) {
      this.#report.badLine(line, 'no JSON object');
      return undefined;
    }
    const isWhole = line === 1 && text.trimStart().startsWith('[');
    throw new DataError({
      path: `${this.#path}:${line}`,
      expected: 'a JSON object in each line',
      received: isWhole ? 'the beginning of an array' : received,
      remedy: isWhole
        ? "Write each object of the array in a line of its own: jq -c '.[]' does."
        : `${optionText('skipBadLines', true)} leaves such lines out.`,
    });
  }
}

/** What the parser says, without the text itself, which may be long. */
function textOf(cause: unknown): string {
  return messageOf(cause)
    .replace(/,? ?"[\s\S]*$/, '')
    .slice(0, 80);
}

/** Makes the cells of the columns of objects. */
class ObjectCells {
  readonly #path: string;
  readonly #columns: readonly string[];
  readonly #known: ReadonlySet<string>;
  readonly #isUsed: readonly boolean[];
  readonly #readsAll: boolean;
  readonly #mayDiffer: boolean;

  /** @param mayDiffer whether there may be keys that are no columns, which is an error */
  constructor(
    path: string,
    columns: readonly string[],
    { isUsed = () => true, readsAll = false }: FormatOptions,
    mayDiffer: boolean,
  ) {
    this.#path = path;
    this.#columns = columns;
    this.#known = new Set(columns);
    this.#isUsed = columns.map(isUsed);
    this.#readsAll = readsAll;
    this.#mayDiffer = mayDiffer;
  }

  batchOf({ objects, lines }: ParsedLines): TableBatch {
    const records = objects.map((object, row) => this.#recordOf(object, lines[row] ?? 0));
    const lineOf = (record: number): number => lines[record] ?? 0;
    return this.#readsAll ? { records, lineOf, objects } : { records, lineOf };
  }

  #recordOf(object: JsonObject, line: number): Cell[] {
    if (this.#mayDiffer) this.#requireKnown(object, line);
    const record = new Array<Cell>(this.#columns.length);
    for (let at = 0; at < record.length; at++) {
      const isUsed = this.#isUsed[at] === true;
      record[at] = isUsed || this.#readsAll ? this.#cellOf(object, at, line, isUsed) : '';
    }
    return record;
  }

  #cellOf(object: JsonObject, at: number, line: number, isUsed: boolean): Cell {
    const name = this.#columns[at] as string;
    const value = object[name];
    switch (typeof value) {
      case 'string':
      case 'number':
        return value;
      case 'boolean':
        return value ? 'true' : 'false';
      default:
        // What every object has is no value of this one.
        if (value === undefined || value === null || !Object.hasOwn(object, name)) return null;
        if (!isUsed) return JSON.stringify(value);
        throw new DataError({
          path: `${this.#path}:${line}`,
          expected: `a text, a number, true, false or null for '${name}'`,
          received: describeValue(value),
          remedy: `Give what is in it as columns of their own, or leave the column out with ${optionText('ignore', [name])}.`,
        });
    }
  }

  #requireKnown(object: JsonObject, line: number): void {
    const other = Object.keys(object).find((key) => !this.#known.has(key));
    if (other === undefined) return;
    throw new DataError({
      path: `${this.#path}:${line}`,
      expected: `the keys of the first objects (${listOf(this.#columns.slice(0, 10))})`,
      received: `'${other}' besides`,
      remedy:
        'A stream is read once: save it as a file, in which all objects are looked at, or give the key in the first object, as null say.',
    });
  }
}

function emptyFile(path: string): FileFormatError {
  return new FileFormatError({
    path,
    expected: 'a JSON object in each line',
    received: 'no object with a key',
  });
}
