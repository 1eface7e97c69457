import { callNative } from '../native.js';
import type { Fields } from './cells.js';
import type { CsvBatch } from './csvBatch.js';
import { FieldTexts } from './fieldTexts.js';
import { cleanField } from './tableValues.js';

/**
 * Cuts the bytes of a plain table by the core (native/data/csv_records.h): numbers come as numbers, and texts are made
 * of those fields alone that somebody asks for.
 */

/** Fields of a batch, at most, and so of a record: what a chunk of a file has, or less. */
export const mostFields = 2 ** 16;
/** Bytes that are looked at in one call. */
const mostBytes = 2 ** 20;

export interface FieldCut {
  /** Undefined where there is no whole record. */
  readonly batch: CutRecords | undefined;
  /** Of these records and of blank lines. */
  readonly bytes: number;
  readonly lines: number;
  /** Whether the next record is one that the core does not understand. */
  readonly isOdd: boolean;
  /** Whether there may be more records in these bytes. */
  readonly hasMore: boolean;
}

export class FieldCutter {
  readonly #delimiter: number;
  readonly #texts = new FieldTexts();
  readonly #memory: CutMemory;

  /** @param width fields of a record, `mostFields` at most */
  constructor(delimiter: string, width: number) {
    this.#delimiter = delimiter.charCodeAt(0);
    const rows = Math.floor(mostFields / width);
    this.#memory = {
      width,
      starts: new Uint32Array(rows),
      lines: new Uint32Array(rows),
      ends: new Uint32Array(rows * width),
      numbers: new Float64Array(rows * width),
      kinds: new Uint8Array(width),
      cut: new Uint32Array(4),
    };
  }

  /** @param line the first one's, from 1. What it gives is valid until the next call. */
  cut(bytes: Uint8Array, line: number): FieldCut {
    const { width, starts, lines, ends, numbers, kinds, cut } = this.#memory;
    const text = bytes.length > mostBytes ? bytes.subarray(0, mostBytes) : bytes;
    kinds.fill(0);
    callNative((core) =>
      core.cutRecords(text, this.#delimiter, width, starts, lines, ends, numbers, kinds, cut),
    );
    const [rows = 0, length = 0, lineEnds = 0, odd = 0] = cut;
    const batch =
      rows === 0 ? undefined : new CutRecords(rows, text, this.#memory, this.#texts, line);
    const isPart = text.length < bytes.length && length > 0;
    const hasMore = rows === starts.length || isPart;
    return { batch, bytes: length, lines: lineEnds, isOdd: odd === 1, hasMore };
  }
}

/** What the core writes to, batch by batch. */
interface CutMemory {
  readonly width: number;
  readonly starts: Uint32Array;
  readonly lines: Uint32Array;
  readonly ends: Uint32Array;
  readonly numbers: Float64Array;
  readonly kinds: Uint8Array;
  readonly cut: Uint32Array;
}

/** What the core says of the fields of a column: native/data/csv_records.h. */
const fieldKind = { text: 1, leadingZero: 2 } as const;

const quote = 0x22;
const carriageReturn = 0x0d;
const zero = 0x30;

/** Records of one cut. */
export class CutRecords implements CsvBatch, Fields {
  readonly rows: number;
  readonly #bytes: Buffer;
  readonly #memory: CutMemory;
  readonly #texts: FieldTexts;
  readonly #line: number;
  #records: string[][] | undefined;

  constructor(rows: number, bytes: Uint8Array, memory: CutMemory, texts: FieldTexts, line: number) {
    this.rows = rows;
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#memory = memory;
    this.#texts = texts;
    this.#line = line;
  }

  get fields(): Fields {
    return this;
  }

  get width(): number {
    return this.#memory.width;
  }

  get numbers(): Float64Array {
    return this.#memory.numbers;
  }

  /** Made when they are first asked for, then kept. */
  get records(): readonly string[][] {
    this.#records ??= this.#makeRecords();
    return this.#records;
  }

  #makeRecords(): string[][] {
    const { starts, ends, width } = this.#memory;
    const { rows } = this;
    const first = starts[0] as number;
    const end = ends[rows * width - 1] as number;
    const text = this.#bytes.toString('latin1', first, end);
    const isAscii = !/[\x80-\xff"\r]/.test(text);
    const records: string[][] = [];
    for (let row = 0; row < rows; row++) {
      const record = new Array<string>(width);
      let start = (starts[row] as number) - first;
      for (let column = 0; column < width; column++) {
        const next = (ends[row * width + column] as number) - first;
        record[column] = isAscii ? text.slice(start, next) : this.#text(row, column);
        start = next + 1;
      }
      records.push(record);
    }
    return records;
  }

  lineOf(row: number): number {
    return this.#line + (this.#memory.lines[row] ?? 0);
  }

  isNumeric(column: number): boolean {
    return ((this.#memory.kinds[column] as number) & fieldKind.text) === 0;
  }

  hasLeadingZeros(column: number): boolean {
    return ((this.#memory.kinds[column] as number) & fieldKind.leadingZero) !== 0;
  }

  cleanText(row: number, column: number): string {
    return cleanField(this.#text(row, column));
  }

  hasLeadingZero(row: number, column: number): boolean {
    const start = this.#startOf(row, column);
    const first = this.#bytes[start] as number;
    if (first > zero && first <= zero + 9) return false;
    const text = this.cleanText(row, column);
    return (
      text.charCodeAt(0) === zero && text.charCodeAt(1) >= zero && text.charCodeAt(1) <= zero + 9
    );
  }

  #startOf(row: number, column: number): number {
    const { starts, ends, width } = this.#memory;
    return column === 0 ? (starts[row] as number) : (ends[row * width + column - 1] as number) + 1;
  }

  #text(row: number, column: number): string {
    const bytes = this.#bytes;
    const { ends, width } = this.#memory;
    const start = this.#startOf(row, column);
    let end = ends[row * width + column] as number;
    const isLast = column === width - 1;
    if (isLast && end > start && bytes[end - 1] === carriageReturn) end--;
    if (bytes[start] !== quote || end === start) return this.#texts.textOf(bytes, start, end);
    const quoted = this.#texts.textOf(bytes, start + 1, end - 1).replaceAll('""', '"');
    return isLast && quoted.endsWith('\r') ? quoted.slice(0, -1) : quoted;
  }
}
