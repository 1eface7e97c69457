import { RegularFile } from '../../../io/openFile.js';
import { fromSystemError, unreadable } from '../../bytes.js';
import { asDamage, damaged, unsupported } from './damage.js';
import { columnsOf, type ParquetColumn } from './parquetColumn.js';
import { type FileMetaData, type ParquetPackages, parquetPackages } from './parquetPackages.js';

/** A Parquet file with its footer read: what columns it has, and where their values lie. */

/** Values of a column within a row group. */
export interface ColumnChunk {
  readonly start: number;
  readonly end: number;
  /** As Parquet calls it. */
  readonly codec: string;
}

export interface RowGroup {
  readonly rows: number;
  /** By the places of the columns, {@link ParquetColumn.leaf}. */
  readonly chunks: readonly ColumnChunk[];
}

/** PAR1 at both ends, and the length of the footer. */
const markBytes = 4;
const tailBytes = 8;
/** A longer one is no footer. */
const longestFooter = 2 ** 28;

export class ParquetFile {
  readonly path: string;
  readonly columns: readonly ParquetColumn[];
  readonly groups: readonly RowGroup[];
  readonly packages: ParquetPackages;
  readonly #file: RegularFile;

  private constructor(file: RegularFile, packages: ParquetPackages, metadata: FileMetaData) {
    this.path = file.path;
    this.#file = file;
    this.packages = packages;
    this.columns = columnsOf(metadata.schema);
    this.groups = metadata.row_groups.map((group) => groupOf(group, file));
  }

  /** @throws ArgumentError for what cannot be read; FileFormatError for another kind of file, a damaged or an encrypted one */
  static async open(path: string): Promise<ParquetFile> {
    const packages = await parquetPackages();
    let file: RegularFile;
    try {
      file = await RegularFile.open(path, (kind) => unreadable(path, kind));
    } catch (error) {
      throw fromSystemError(error, path);
    }
    try {
      const footer = await readFooter(file);
      return new ParquetFile(file, packages, packages.parquetMetadata(footer));
    } catch (error) {
      await file.close();
      throw asDamage(error, path, 'its footer');
    }
  }

  get size(): number {
    return this.#file.size;
  }

  get rows(): number {
    return this.groups.reduce((rows, group) => rows + group.rows, 0);
  }

  readAt(position: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    return this.#file.readAt(position, length);
  }

  /** @throws FileFormatError where somebody has written to it since it was opened */
  requireUnchanged(): Promise<void> {
    return this.#file.requireUnchanged();
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

/** The footer with what stands behind it. */
async function readFooter(file: RegularFile): Promise<ArrayBuffer> {
  const { path, size } = file;
  if (size < markBytes + tailBytes) throw damaged(path, `${size} bytes`);
  const head = Buffer.from(await file.readAt(0, markBytes)).toString('latin1');
  const tail = Buffer.from(await file.readAt(size - tailBytes, tailBytes));
  const mark = tail.toString('latin1', tailBytes - markBytes);
  if (head === 'PARE' || mark === 'PARE') {
    throw unsupported(path, 'a Parquet file that is not encrypted', 'one with an encrypted footer');
  }
  if (head !== 'PAR1') throw damaged(path, 'another kind of file');
  if (mark !== 'PAR1') throw damaged(path, 'a file without its end');
  const length = tail.readUInt32LE(0);
  if (length > Math.min(longestFooter, size - markBytes - tailBytes)) {
    throw damaged(path, `a footer of ${length} bytes in a file of ${size}`);
  }
  return (await file.readAt(size - tailBytes - length, length + tailBytes)).buffer;
}

function groupOf(group: FileMetaData['row_groups'][number], { path, size }: RegularFile): RowGroup {
  const rows = Number(group.num_rows);
  if (!Number.isSafeInteger(rows) || rows < 0) throw damaged(path, `${rows} rows in a group`);
  const chunks = group.columns.map((column): ColumnChunk => {
    const { meta_data: metadata, crypto_metadata: crypto, file_path: elsewhere } = column;
    if (crypto !== undefined || metadata === undefined) {
      throw unsupported(path, 'columns that are not encrypted', 'one that is');
    }
    if (elsewhere !== undefined && elsewhere !== '') {
      throw unsupported(
        path,
        'a Parquet file with its values',
        `one whose values are in '${elsewhere}'`,
      );
    }
    const data = Number(metadata.data_page_offset);
    const dictionary = Number(metadata.dictionary_page_offset ?? 0);
    const start = dictionary > 0 && dictionary < data ? dictionary : data;
    const end = start + Number(metadata.total_compressed_size);
    if (!(start >= markBytes && end >= start && end <= size - tailBytes)) {
      throw damaged(path, `values at ${start} to ${end} in ${size} bytes`);
    }
    return { start, end, codec: String(metadata.codec) };
  });
  return { rows, chunks };
}
