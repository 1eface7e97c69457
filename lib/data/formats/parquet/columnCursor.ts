import type { Cell } from '../../cells.js';
import { unpackerOf } from './codecs.js';
import { asDamage, damaged, unsupported } from './damage.js';
import { dictionaryCells, type PageContext, pageCells, requireCount } from './pages.js';
import type { ParquetColumn } from './parquetColumn.js';
import type { ColumnChunk, ParquetFile, RowGroup } from './parquetFile.js';
import type { PageHeader } from './parquetPackages.js';

/** The cells of a column within a row group, page by page: no more of it is in memory than a page and what is read ahead. */
export class ColumnCursor {
  readonly #file: ParquetFile;
  readonly #context: PageContext;
  readonly #end: number;
  readonly #readAhead: number;
  /** Rows of the group that no page has given yet. */
  #rowsLeft: number;
  /** Where the bytes begin that are not looked at yet. */
  #position: number;
  #held: Uint8Array = new Uint8Array(0);
  #dictionary: readonly Cell[] | undefined;
  #cells: readonly Cell[] = [];
  #next = 0;

  private constructor(
    file: ParquetFile,
    context: PageContext,
    { start, end }: ColumnChunk,
    rows: number,
    readAhead: number,
  ) {
    this.#file = file;
    this.#context = context;
    this.#position = start;
    this.#end = end;
    this.#rowsLeft = rows;
    this.#readAhead = readAhead;
  }

  /**
   * @param readAhead bytes that are read at a time, and more for a page that is larger
   * @throws FileFormatError for a codec that is not known
   */
  static async open(
    file: ParquetFile,
    column: ParquetColumn,
    { rows, chunks }: RowGroup,
    readAhead: number,
  ): Promise<ColumnCursor> {
    const { path, packages } = file;
    const chunk = chunks[column.leaf];
    if (chunk === undefined) throw damaged(path, `no values of the column '${column.name}'`);
    const unpack = await unpackerOf(chunk.codec, packages);
    if (unpack === undefined) {
      const expected = 'columns packed with snappy, gzip, brotli, zstd, LZ4 (raw), or not at all';
      throw unsupported(path, expected, `'${column.name}' packed with ${chunk.codec}`);
    }
    return new ColumnCursor(file, { column, unpack, packages }, chunk, rows, readAhead);
  }

  /**
   * Puts the next cells into a column of records.
   *
   * @throws FileFormatError where there are fewer
   */
  async fill(records: readonly Cell[][], place: number): Promise<void> {
    for (let row = 0; row < records.length; ) {
      if (this.#next === this.#cells.length) await this.#readPage();
      const count = Math.min(records.length - row, this.#cells.length - this.#next);
      for (let index = 0; index < count; index++) {
        (records[row + index] as Cell[])[place] = this.#cells[this.#next + index] as Cell;
      }
      row += count;
      this.#next += count;
    }
  }

  async #readPage(): Promise<void> {
    try {
      const header = await this.#readHeader();
      const size = requireCount(header.compressed_page_size, this.#end - this.#position);
      await this.#hold(size);
      const body = this.#held.subarray(0, size);
      this.#drop(size);
      this.#take(header, body);
    } catch (error) {
      const { name } = this.#context.column;
      throw asDamage(error, this.#file.path, `the column '${name}'`);
    }
  }

  #take(header: PageHeader, body: Uint8Array): void {
    if (header.type === 'DICTIONARY_PAGE') {
      this.#dictionary = dictionaryCells(header, body, this.#context);
      return;
    }
    if (header.type === 'INDEX_PAGE') return;
    this.#cells = pageCells(header, body, this.#context, this.#dictionary, this.#rowsLeft);
    this.#next = 0;
    this.#rowsLeft -= this.#cells.length;
  }

  /** Headers have no length of their own: more is read while there is more. */
  async #readHeader(): Promise<PageHeader> {
    if (this.#position >= this.#end) throw new RangeError('fewer values than rows');
    for (let wanted = smallestHeader; ; wanted *= 2) {
      const there = await this.#hold(Math.min(wanted, this.#end - this.#position));
      const { buffer, byteOffset, byteLength } = this.#held;
      const reader = { view: new DataView(buffer, byteOffset, byteLength), offset: 0 };
      try {
        const header = this.#context.packages.parquetHeader(reader);
        this.#drop(reader.offset);
        return header;
      } catch (error) {
        if (there === this.#end - this.#position || wanted > largestHeader) throw error;
      }
    }
  }

  /** Reads until so many bytes are held. @returns how many there are */
  async #hold(bytes: number): Promise<number> {
    const missing = bytes - this.#held.length;
    if (missing <= 0) return this.#held.length;
    const from = this.#position + this.#held.length;
    const length = Math.min(Math.max(missing, this.#readAhead), this.#end - from);
    const read = await this.#file.readAt(from, length);
    this.#held = this.#held.length === 0 ? read : Buffer.concat([this.#held, read]);
    return this.#held.length;
  }

  #drop(bytes: number): void {
    this.#held = this.#held.subarray(bytes);
    this.#position += bytes;
  }
}

const smallestHeader = 256;
/** With the least and the largest value of the page, which may be long. */
const largestHeader = 2 ** 24;
