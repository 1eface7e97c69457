import Papa from 'papaparse';
import { DataError } from '../errors.js';
import { BlankRuns, blankDelimiter, blanks } from './blankRuns.js';
import { CommentLines } from './commentLines.js';
import { type CsvBatch, chosenOf } from './csvBatch.js';
import type { CsvOptions } from './csvOptions.js';
import { guessDelimiter, isBlank, knownDelimiters, type Newline } from './delimiter.js';
import { type Preamble, preambleOf } from './preamble.js';
import type { ReadingReport } from './readingReport.js';

/**
 * From text to records with their lines, in bounded memory. Papa Parse splits the fields; this file owns line
 * numbers, blank lines and quotes that are out of place.
 */

const defaultSampleSize = 64 * 1024;
/** A longer record is a quote that was never closed, not data. */
const longestRecord = 32 * 1024 * 1024;

/** So many are read at first where a record before them was faulty. */
const charactersBehindFault = 4096;

interface Format {
  readonly delimiter: string;
  readonly newline: Newline;
  readonly parser: Papa.Parser;
  /** What stands before the table. */
  readonly preamble: Preamble | null;
}

/** A record with text behind a closing quote. */
interface Fault {
  /** At which it begins. */
  readonly line: number;
  /** Where the quoted text begins that is closed too early. */
  readonly quoted: number;
}

/** Holds the text that is not yet a whole record, and counts lines. */
export class RecordCutter {
  readonly #path: string;
  readonly #options: CsvOptions;
  readonly #report: ReadingReport;
  readonly #comments: CommentLines | undefined;
  #blanks: BlankRuns | undefined;
  #format: Format | undefined;
  #pending = '';
  #pendingLine = 1;
  /** Lines that are still to be left out. */
  #toSkip: number;
  /** Below this length another attempt cannot be worth its time: see push(). */
  #wanted: number;
  /** Whether a quote within the pending text looks out of place. */
  #hasStrayQuote = false;

  constructor(path: string, options: CsvOptions, report: ReadingReport) {
    this.#path = path;
    this.#options = options;
    this.#report = report;
    this.#comments = options.comment === undefined ? undefined : new CommentLines(options.comment);
    this.#toSkip = options.skipLines ?? 0;
    this.#wanted = options.sampleSize ?? defaultSampleSize;
  }

  get delimiter(): string {
    return this.#format?.delimiter ?? ',';
  }

  /** Whether only line ends, delimiters and quotes have a meaning from here on, and which delimiter is known. */
  get isPlain(): boolean {
    return (
      this.#format?.newline === '\n' &&
      knownDelimiters.includes(this.#format.delimiter) &&
      this.#comments === undefined &&
      this.#toSkip === 0
    );
  }

  /** Gives the text away that is not yet a whole record: it is to be pushed anew, or others cut it. */
  takePending(): string {
    const pending = this.#pending;
    this.#pending = '';
    return pending;
  }

  /** Counts lines that others have cut, none being pending. */
  passLines(lines: number): void {
    this.#pendingLine += lines;
  }

  /** The line that the end of the text so far lies on. */
  lineAtEnd(): number {
    return this.#pendingLine + countOf(this.#format?.newline ?? '\n', this.#pending);
  }

  push(text: string): CsvBatch | undefined {
    this.#append(text);
    // A record that spans many chunks is tried at doubled lengths only, so that the work stays linear.
    const isSkipping = this.#toSkip > 0 && this.#pending.length <= longestRecord;
    if (isSkipping || this.#pending.length < this.#wanted) return undefined;
    const batch = this.#cut();
    this.#wanted = batch ? 0 : this.#pending.length * 2;
    if (this.#pending.length <= longestRecord) return batch;
    this.#skipOpenQuote();
    return batch ?? this.#cut();
  }

  *end(text: string): Generator<CsvBatch, void, void> {
    this.#append(text);
    if (this.#comments) this.#append(this.#comments.end());
    this.#skipLines(true);
    const { newline } = this.#requireFormat();
    this.#pending += this.#blanks?.end() ?? '';
    // With a line end behind it the last record is like every other.
    if (!this.#pending.endsWith(newline)) this.#pending += newline;
    for (;;) {
      const batch = this.#cut();
      if (batch) yield batch;
      if (this.#pending === '') return;
      this.#skipOpenQuote();
    }
  }

  #append(text: string): void {
    const uncommented = this.#comments?.push(text) ?? text;
    this.#pending += this.#blanks?.push(uncommented) ?? uncommented;
    if (this.#toSkip > 0) this.#skipLines();
  }

  #skipLines(isLast = false): void {
    const newline = newlineOf(this.#pending);
    while (this.#toSkip > 0) {
      const end = this.#pending.indexOf(newline);
      // A \n may follow.
      const isOpen = newline === '\r' && end === this.#pending.length - 1 && !isLast;
      if (end < 0 || isOpen) return;
      this.#drop(1, end + 1);
      this.#toSkip--;
    }
  }

  #drop(lines: number, characters: number): void {
    this.#pending = this.#pending.slice(characters);
    this.#pendingLine += lines;
  }

  #requireFormat(): Format {
    if (this.#format) return this.#format;
    const format = formatOf(this.#pending, this.#options);
    this.#format = format;
    const { preamble, newline, delimiter } = format;
    if (preamble) {
      const [first = ''] = this.#pending.split(newline, 1);
      this.#report.skippedPreamble(preamble.lines, first.trim());
      this.#drop(preamble.lines, preamble.length);
    }
    if (delimiter === blanks) {
      this.#blanks = new BlankRuns();
      this.#pending = this.#blanks.push(this.#pending);
    }
    return format;
  }

  /** All whole records of the pending text; none where it holds no whole one. */
  #cut(): CsvBatch | undefined {
    this.#requireFormat();
    const batches: CsvBatch[] = [];
    // Where a record is faulty, those behind it are read anew, some at a time: the parser took what follows it, up to
    // another quote, for a part of it.
    let length = Number.POSITIVE_INFINITY;
    for (;;) {
      const isAll = length >= this.#pending.length;
      const { batch, fault } = this.#cutPart(
        isAll ? this.#pending : this.#pending.slice(0, length),
      );
      if (batch !== undefined) batches.push(batch);
      if (fault !== undefined) {
        this.#skipFault(fault);
        length = charactersBehindFault;
      } else if (isAll) return joinedBatch(batches);
      else if (batch === undefined) length *= 2;
    }
  }

  /** The whole records of a part of the pending text, up to one that is faulty. */
  #cutPart(text: string): { batch: CsvBatch | undefined; fault: Fault | undefined } {
    const { newline, parser } = this.#requireFormat();
    const { data, errors, meta } = parser.parse(text, 0, true) as Papa.ParseResult<string[]>;
    const line = this.#pendingLine;
    // The last record may go on, and is looked at again then.
    const first = errors.find(({ row = data.length }) => row < data.length);
    this.#hasStrayQuote = errors.some(({ row = data.length }) => row >= data.length);
    if (first?.row !== undefined) {
      const lineOf = (record: number) => line + record + newlinesWithin(data, record, newline);
      const fault = { line: lineOf(first.row), quoted: first.index ?? 0 };
      return { batch: batchOf(data.slice(0, first.row), lineOf), fault };
    }
    const lines = countOf(newline, text, meta.cursor);
    this.#drop(lines, meta.cursor);
    const lineOf =
      lines === data.length
        ? (record: number) => line + record
        : (record: number) => line + record + newlinesWithin(data, record, newline);
    return { batch: batchOf(data, lineOf), fault: undefined };
  }

  /**
   * Leaves out all up to the end of the line with the text behind a closing quote.
   *
   * @throws DataError where such lines are not to be left out
   */
  #skipFault({ line, quoted }: Fault): void {
    if (!this.#options.skipBadLines) throw this.#strayQuote(line);
    this.#report.badLine(line, 'text behind a closing quote');
    const { newline } = this.#requireFormat();
    const end = this.#pending.indexOf(newline, endOfQuote(this.#pending, quoted)) + 1;
    this.#drop(countOf(newline, this.#pending, end), end);
  }

  /** @throws DataError where a line that opens a quote, and nothing closes it, is not to be left out */
  #skipOpenQuote(): void {
    if (!this.#options.skipBadLines) throw this.#openQuote();
    this.#report.badLine(this.#pendingLine, 'a quote that is not closed');
    const { newline } = this.#requireFormat();
    this.#drop(1, this.#pending.indexOf(newline) + 1);
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
  let blankLines = 0;
  for (const record of data) {
    const last = record.length - 1;
    const field = record[last] ?? '';
    if (field.charCodeAt(field.length - 1) === 0x0d) record[last] = field.slice(0, -1);
    if (isBlank(record)) blankLines++;
  }
  if (blankLines === 0) return data.length > 0 ? { records: data, lineOf } : undefined;
  const kept = data.flatMap((record, index) => (isBlank(record) ? [] : [index]));
  return kept.length === 0 ? undefined : chosenOf({ records: data, lineOf }, kept);
}

/** Batches one behind the other. */
function joinedBatch(batches: readonly CsvBatch[]): CsvBatch | undefined {
  const [first, ...others] = batches;
  if (others.length === 0) return first;
  const lines = batches.flatMap(({ records, lineOf }) =>
    records.map((_, record) => lineOf(record)),
  );
  return {
    records: batches.flatMap(({ records }) => records),
    lineOf: (record) => lines[record] ?? 0,
  };
}

/** Where a quoted text ends, at a quote that is not written twice. @param start of the text, behind its first quote */
function endOfQuote(text: string, start: number): number {
  let at = text.indexOf('"', start);
  while (at >= 0 && text[at + 1] === '"') at = text.indexOf('"', at + 2);
  return at;
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

/** Lines end with \n, with or without a \r before it; \r alone is an old Macintosh. */
function newlineOf(sample: string): Newline {
  return !sample.includes('\n') && sample.includes('\r') ? '\r' : '\n';
}

function formatOf(sample: string, options: CsvOptions): Format {
  const newline = newlineOf(sample);
  const { delimiter: given, header = true } = options;
  const candidates = given === undefined ? [...knownDelimiters, blanks] : [given];
  const preamble = preambleOf(sample, newline, candidates, header);
  const delimiter = given ?? preamble?.delimiter ?? guessDelimiter(sample, newline);
  const parser = new Papa.Parser({
    delimiter: delimiter === blanks ? blankDelimiter : delimiter,
    newline,
  });
  return { delimiter, newline, parser, preamble };
}
