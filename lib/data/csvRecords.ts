import Papa from 'papaparse';
import { DataError } from '../errors.js';
import { guessDelimiter, isBlank, type Newline } from './delimiter.js';
import { ChunkDecoder } from './text.js';

/**
 * From bytes to records with their lines, in bounded memory. Papa Parse splits the fields; this file
 * owns chunks, line numbers, blank lines and quotes that are out of place.
 */

export interface CsvOptions {
  /**
   * Character between the fields.
   *
   * @default found in the first lines, see delimiter.ts
   */
  readonly delimiter?: string | undefined;
  /**
   * Whether the first record holds the names of the columns.
   *
   * @default true
   */
  readonly header?: boolean | undefined;
  /**
   * A label of the WHATWG encoding standard. A byte-order mark wins.
   *
   * @default UTF-8
   */
  readonly encoding?: string | undefined;
  /**
   * Characters that the delimiter and the line ends are found from.
   *
   * @default 65,536
   */
  readonly sampleSize?: number | undefined;
}

/** Records that were read together; every one has as many fields as the table has columns. */
export interface CsvBatch {
  readonly records: readonly string[][];
  /** The line of the file at which a record begins, from 1. */
  lineOf(record: number): number;
}

/** Records, and the delimiter that was used or found. */
export interface RawBatch {
  readonly batch: CsvBatch;
  readonly delimiter: string;
}

const defaultSampleSize = 64 * 1024;
/** A longer record is a quote that was never closed, not data. */
const longestRecord = 32 * 1024 * 1024;

/** Cuts the text into whole records; blank lines are left out. Yields at least one record a time. */
export async function* recordsOf(
  chunks: AsyncGenerator<Uint8Array>,
  path: string,
  options: CsvOptions,
): AsyncGenerator<RawBatch> {
  const cutter = new RecordCutter(path, options);
  let decoder: ChunkDecoder | undefined;
  for await (const chunk of chunks) {
    decoder ??= new ChunkDecoder(path, chunk, options.encoding);
    const batch = cutter.push(decoder.decode(chunk, () => cutter.lineAtEnd()));
    if (batch) yield { batch, delimiter: cutter.delimiter };
  }
  const batch = cutter.end(decoder?.end(() => cutter.lineAtEnd()) ?? '');
  if (batch) yield { batch, delimiter: cutter.delimiter };
}

interface Format {
  readonly delimiter: string;
  readonly newline: Newline;
  readonly parser: Papa.Parser;
}

/** Holds the text that is not yet a whole record, and counts lines. */
class RecordCutter {
  readonly #path: string;
  readonly #options: CsvOptions;
  #format: Format | undefined;
  #pending = '';
  #pendingLine = 1;
  /** Below this length another attempt cannot be worth its time: see push(). */
  #wanted: number;
  /** Whether a quote within the pending text looks out of place. */
  #hasStrayQuote = false;

  constructor(path: string, options: CsvOptions) {
    this.#path = path;
    this.#options = options;
    this.#wanted = options.sampleSize ?? defaultSampleSize;
  }

  get delimiter(): string {
    return this.#format?.delimiter ?? ',';
  }

  /** The line that the end of the text so far lies on. */
  lineAtEnd(): number {
    return this.#pendingLine + countOf(this.#format?.newline ?? '\n', this.#pending);
  }

  push(text: string): CsvBatch | undefined {
    this.#pending += text;
    // A record that spans many chunks is tried at doubled lengths only, so that the work stays linear.
    if (this.#pending.length < this.#wanted) return undefined;
    const batch = this.#cut();
    this.#wanted = batch ? 0 : this.#pending.length * 2;
    if (this.#pending.length > longestRecord) throw this.#openQuote();
    return batch;
  }

  end(text: string): CsvBatch | undefined {
    this.#pending += text;
    this.#format ??= formatOf(this.#pending, this.#options);
    // With a line end behind it the last record is like every other.
    if (!this.#pending.endsWith(this.#format.newline)) this.#pending += this.#format.newline;
    const batch = this.#cut();
    if (this.#pending !== '') throw this.#openQuote();
    return batch;
  }

  #cut(): CsvBatch | undefined {
    this.#format ??= formatOf(this.#pending, this.#options);
    const { newline, parser } = this.#format;
    const { data, errors, meta } = parser.parse(this.#pending, 0, true) as Papa.ParseResult<
      string[]
    >;
    const line = this.#pendingLine;
    const lines = countOf(newline, this.#pending, meta.cursor);
    this.#pending = this.#pending.slice(meta.cursor);
    this.#pendingLine += lines;
    const lineOf =
      lines === data.length
        ? (record: number) => line + record
        : (record: number) => line + record + newlinesWithin(data, record, newline);
    const [fault] = errors;
    const faultRow = fault?.row ?? data.length;
    if (fault && faultRow < data.length) throw this.#strayQuote(lineOf(faultRow));
    this.#hasStrayQuote = fault !== undefined;
    return batchOf(data, lineOf);
  }

  #openQuote(): DataError {
    return this.#hasStrayQuote ? this.#strayQuote(this.#pendingLine) : this.#unclosedQuote();
  }

  #strayQuote(line: number): DataError {
    return new DataError({
      path: `${this.#path}:${line}`,
      expected: 'a quoted field to end with its closing quote',
      received: 'more text behind the quote',
      remedy: 'A quote inside a quoted field is written twice: "".',
    });
  }

  #unclosedQuote(): DataError {
    return new DataError({
      path: `${this.#path}:${this.#pendingLine}`,
      expected: 'a quoted field to be closed',
      received: 'no closing quote up to the end of the file or for 32 MB',
      remedy: 'Close the quote; a quote inside a quoted field is written twice: "".',
    });
  }
}

/** Leaves out blank lines and the \r before a line end. */
function batchOf(data: string[][], lineOf: (record: number) => number): CsvBatch | undefined {
  let blanks = 0;
  for (const record of data) {
    const last = record.length - 1;
    const field = record[last] ?? '';
    if (field.charCodeAt(field.length - 1) === 0x0d) record[last] = field.slice(0, -1);
    if (isBlank(record)) blanks++;
  }
  if (blanks === 0) return data.length > 0 ? { records: data, lineOf } : undefined;
  const kept = data.flatMap((record, index) => (isBlank(record) ? [] : [index]));
  if (kept.length === 0) return undefined;
  return {
    records: kept.map((index) => data[index] as string[]),
    lineOf: (record) => lineOf(kept[record] ?? 0),
  };
}

function countOf(character: string, text: string, end = text.length): number {
  let count = 0;
  let at = text.indexOf(character);
  while (at !== -1 && at < end) {
    count++;
    at = text.indexOf(character, at + 1);
  }
  return count;
}

/** Line ends inside the quoted fields of the records before `end`. */
function newlinesWithin(data: readonly string[][], end: number, newline: string): number {
  let count = 0;
  for (const record of data.slice(0, end)) {
    for (const field of record) count += countOf(newline, field);
  }
  return count;
}

function formatOf(sample: string, options: CsvOptions): Format {
  // Lines end with \n, with or without a \r before it; \r alone is an old Macintosh.
  const newline = !sample.includes('\n') && sample.includes('\r') ? '\r' : '\n';
  const delimiter = options.delimiter ?? guessDelimiter(sample, newline);
  return { delimiter, newline, parser: new Papa.Parser({ delimiter, newline }) };
}
