import { isLoadable } from '../native.js';
import type { CsvBatch } from './csvBatch.js';
import type { CsvOptions } from './csvOptions.js';
import { FieldCutter, mostFields } from './fieldCutter.js';
import type { ReadingReport } from './readingReport.js';
import { RecordCutter } from './recordCutter.js';
import { ChunkDecoder, wholeCharacters } from './text.js';

/**
 * From bytes to records with their lines, in bounded memory. Where a table is plain, the core cuts its bytes
 * (`FieldCutter`); what it leaves, and all other tables, are cut as text (`RecordCutter`). Both give the same records.
 */

export interface CoreOption {
  /**
   * Whether the core may cut the table; the records are the same in any case.
   *
   * @default true
   */
  readonly byCore?: boolean | undefined;
}

/** Records, and the delimiter that was used or found. */
export interface RawBatch {
  readonly batch: CsvBatch;
  readonly delimiter: string;
}

/** So many are read as text where the core meets an odd record, and more each time that it goes on with one. */
const bytesOfOddPiece = 4096;

/** A record that goes on beyond them is left to the cutter of text, which knows how long one may be. */
const mostBytesOfRecord = 2 ** 17;

const lineFeed = 0x0a;
const noBytes = new Uint8Array(0);

/** The records of one file. */
export class RecordReader {
  readonly #path: string;
  readonly #options: CsvOptions & CoreOption;
  readonly #cutter: RecordCutter;
  #decoder: ChunkDecoder | undefined;
  /** Cuts the bytes that come next; undefined where text is cut. */
  #fields: FieldCutter | undefined;
  /** Null where the core cannot be had. */
  #core: FieldCutter | null | undefined;
  #width: number | undefined;
  /** What is no whole record yet, or character. */
  #rest: Uint8Array = noBytes;
  /** Memory for what waits and the bytes behind it. */
  #joined: Uint8Array = noBytes;
  /** Below this length another cut cannot be worth its time. */
  #wanted = 0;
  #oddPiece = bytesOfOddPiece;

  constructor(path: string, options: CsvOptions & CoreOption, report: ReadingReport) {
    this.#path = path;
    this.#options = options;
    this.#cutter = new RecordCutter(path, options, report);
  }

  /** How many fields all records should have, when that is known. */
  expectWidth(width: number): void {
    this.#width = width;
  }

  /** Whole records; blank lines are left out. Yields at least one record a time. */
  async *records(chunks: AsyncGenerator<Uint8Array>): AsyncGenerator<RawBatch> {
    for await (const chunk of chunks) {
      for (const batch of this.#push(chunk)) yield this.#raw(batch);
    }
    const decoder = this.#decoder;
    const line = (): number => this.#cutter.lineAtEnd();
    const last = (decoder?.decode(this.#rest, line) ?? '') + (decoder?.end(line) ?? '');
    for (const batch of this.#cutter.end(last)) yield this.#raw(batch);
  }

  #raw(batch: CsvBatch): RawBatch {
    return { batch, delimiter: this.#cutter.delimiter };
  }

  *#push(chunk: Uint8Array): Generator<CsvBatch> {
    this.#decoder ??= new ChunkDecoder(this.#path, chunk, this.#options.encoding);
    let bytes: Uint8Array | null = this.#withRest(chunk);
    if (bytes.length < this.#wanted) {
      this.#rest = Buffer.from(bytes);
      return;
    }
    while (bytes !== null && bytes.length > 0) {
      bytes = yield* this.#fields ? this.#cutFields(bytes, this.#fields) : this.#cutText(bytes);
    }
  }

  /** What waits, and what comes behind it, up to the next call. */
  #withRest(bytes: Uint8Array): Uint8Array {
    const rest = this.#rest;
    if (rest.length === 0) return bytes;
    this.#rest = noBytes;
    const length = rest.length + bytes.length;
    if (this.#joined.length < length) this.#joined = new Uint8Array(length + bytesOfOddPiece);
    this.#joined.set(rest);
    this.#joined.set(bytes, rest.length);
    return this.#joined.subarray(0, length);
  }

  /** Gives the bytes that it has come to; null where it has to wait for more. */
  *#cutFields(bytes: Uint8Array, fields: FieldCutter): Generator<CsvBatch, Uint8Array | null> {
    this.#wanted = 0;
    const cut = fields.cut(bytes, this.#cutter.lineAtEnd());
    this.#cutter.passLines(cut.lines);
    if (cut.batch) yield cut.batch;
    const left = bytes.subarray(cut.bytes);
    if (cut.bytes > this.#oddPiece) this.#oddPiece = bytesOfOddPiece;
    if (cut.isOdd) return yield* this.#cutOddPiece(left);
    if (cut.hasMore) return left;
    if (left.length > mostBytesOfRecord) {
      this.#fields = undefined;
      return left;
    }
    this.#rest = Buffer.from(left);
    // A record that comes in many chunks is tried at doubled lengths only, so that the work stays linear.
    if (cut.bytes === 0) this.#wanted = 2 * left.length;
    return null;
  }

  /** Some lines as text: what the core does not understand is rare, mostly. */
  *#cutOddPiece(bytes: Uint8Array): Generator<CsvBatch, Uint8Array> {
    const end = bytes.indexOf(lineFeed, this.#oddPiece) + 1;
    this.#oddPiece *= 2;
    this.#fields = undefined;
    const piece = end === 0 ? bytes : bytes.subarray(0, end);
    const left = yield* this.#cutText(piece);
    const behind = bytes.subarray(piece.length);
    const all = Buffer.concat([left ?? this.#rest, behind]);
    this.#rest = noBytes;
    return all;
  }

  /** All whole records. Gives the bytes that the core is to go on with; null where text is cut further on. */
  *#cutText(bytes: Uint8Array): Generator<CsvBatch, Uint8Array | null> {
    const decoder = this.#decoder as ChunkDecoder;
    const end = decoder.isUtf8 ? wholeCharacters(bytes) : bytes.length;
    const text = decoder.decode(bytes.subarray(0, end), () => this.#cutter.lineAtEnd());
    const batch = this.#cutter.push(text);
    this.#rest = Buffer.from(bytes.subarray(end));
    if (batch === undefined) return null;
    yield batch;
    if (!this.#turnToCore()) return null;
    const pending = Buffer.from(this.#cutter.takePending());
    const left = pending.length > 0 ? Buffer.concat([pending, this.#rest]) : this.#rest;
    this.#rest = noBytes;
    return left;
  }

  /** Whether the core cuts from here on. */
  #turnToCore(): boolean {
    const { byCore = true } = this.#options;
    const { delimiter, isPlain } = this.#cutter;
    const width = this.#width ?? Number.POSITIVE_INFINITY;
    if (!byCore || !isPlain || width > mostFields || !this.#decoder?.isUtf8) return false;
    this.#core ??= isLoadable() ? new FieldCutter(delimiter, width) : null;
    this.#fields = this.#core ?? undefined;
    return this.#core !== null;
  }
}
