import { DataError, FileFormatError } from '../errors.js';
import { optionText } from '../optionText.js';
import { type Decoder, decoderOf, encodingOf } from './encodings.js';

/** From bytes to text: byte-order marks, encodings, and a clear word about files that are no text. */

const newline = 0x0a;

/** Decodes the chunks of one file, in their order. */
export class ChunkDecoder {
  readonly #path: string;
  readonly #encoding: string;
  readonly #decoder: Decoder;

  /**
   * @param first the first chunk: its byte-order mark, if any, wins over `encoding`
   * @param encoding a label of the WHATWG encoding standard; default UTF-8
   */
  constructor(path: string, first: Uint8Array, encoding = 'utf-8') {
    this.#path = path;
    this.#encoding = encodingOfMark(first) ?? encodingOf(encoding) ?? encoding;
    this.#decoder = decoderOf(this.#encoding);
    if (!this.#encoding.startsWith('utf-16')) requireText(path, first);
  }

  get isUtf8(): boolean {
    return this.#encoding === 'utf-8';
  }

  /** `lineOf` is asked only on an error: the line at which the chunk begins. */
  decode(chunk: Uint8Array, lineOf: () => number): string {
    try {
      return this.#decoder.decode(chunk, { stream: true });
    } catch (cause) {
      throw this.#undecodable(lineOf() + linesBeforeFault(chunk, this.#encoding), cause);
    }
  }

  /** What an incomplete last character leaves. */
  end(lineOf: () => number): string {
    try {
      return this.#decoder.decode();
    } catch (cause) {
      throw this.#undecodable(lineOf(), cause);
    }
  }

  #undecodable(line: number, cause: unknown): DataError {
    return new DataError(
      {
        path: `${this.#path}:${line}`,
        expected: `text in the encoding ${this.#encoding}`,
        received: 'bytes that are none',
        remedy:
          `Save the file as UTF-8, or name its encoding, for example ${optionText('encoding', 'windows-1252')} ` +
          '(Western Europe), windows-1251 (Cyrillic), shift_jis, gb18030, big5 or cp949 (Korea).',
      },
      { cause },
    );
  }
}

/**
 * A whole text, with the byte-order mark of UTF-8 or UTF-16 that editors and PowerShell put in front, or
 * without. UTF-8 is the encoding where there is none.
 *
 * @param path how errors call the file
 * @throws FileFormatError for bytes that are no text
 */
export function decodeText(bytes: Uint8Array, path: string): string {
  const encoding = encodingOfMark(bytes) ?? 'utf-8';
  try {
    return decoderOf(encoding).decode(bytes);
  } catch (cause) {
    throw new FileFormatError(
      {
        path,
        expected: `text in the encoding ${encoding}`,
        received: 'bytes that are none',
        remedy: 'Save the file as UTF-8.',
      },
      { cause },
    );
  }
}

function encodingOfMark(bytes: Uint8Array): string | undefined {
  const [a, b, c] = bytes;
  if (a === 0xef && b === 0xbb && c === 0xbf) return 'utf-8';
  if (a === 0xff && b === 0xfe) return 'utf-16le';
  if (a === 0xfe && b === 0xff) return 'utf-16be';
  return undefined;
}

/** First bytes of kinds of file that people take for tables. */
const foreignKinds: readonly [mark: string, kind: string, remedy: string][] = [
  [
    'PK\u0003\u0004',
    'a ZIP archive or an Excel workbook',
    'In Excel, save the sheet as "CSV UTF-8"; unpack a ZIP archive first.',
  ],
  ['SQLite format 3', 'an SQLite database', 'Export the table as CSV.'],
  ['%PDF', 'a PDF document', 'Export the table as CSV.'],
];

function requireText(path: string, bytes: Uint8Array): void {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 16));
  const known = foreignKinds.find(([mark]) => start.toString('latin1').startsWith(mark));
  if (known === undefined && !bytes.includes(0)) return;
  const utf16 = known === undefined ? unmarkedUtf16(bytes) : undefined;
  if (utf16 !== undefined) throw withoutMark(path, utf16);
  throw new FileFormatError({
    path,
    expected: 'a table as text (CSV)',
    received: known?.[1] ?? 'a binary file',
    remedy: known?.[2] ?? 'Export the table as CSV in UTF-8.',
  });
}

/** Text in which every second byte is zero, as that of Western languages is in UTF-16. */
function unmarkedUtf16(bytes: Uint8Array): string | undefined {
  const pairs = Math.min(bytes.length, 512) >> 1;
  if (pairs < 4) return undefined;
  const zeros = [0, 0];
  for (let at = 0; at < 2 * pairs; at++) {
    if (bytes[at] === 0) zeros[at % 2] = (zeros[at % 2] ?? 0) + 1;
  }
  const [even = 0, odd = 0] = zeros;
  if (even === 0 && odd > pairs * 0.7) return 'utf-16le';
  return odd === 0 && even > pairs * 0.7 ? 'utf-16be' : undefined;
}

function withoutMark(path: string, encoding: string): FileFormatError {
  return new FileFormatError({
    path,
    expected: 'text in UTF-8, or with a byte-order mark',
    received: 'what looks like UTF-16 without one',
    remedy: `Give ${optionText('encoding', encoding)}, or save the file as UTF-8.`,
  });
}

function linesBeforeFault(chunk: Uint8Array, encoding: string): number {
  const decoder = decoderOf(encoding);
  let lines = 0;
  // What is left of a character that the chunk before began is no fault.
  let start = encoding === 'utf-8' ? continuationBytes(chunk) : 0;
  for (;;) {
    const end = chunk.indexOf(newline, start);
    if (end === -1 || !decodes(decoder, chunk.subarray(start, end))) return lines;
    lines++;
    start = end + 1;
  }
}

function continuationBytes(chunk: Uint8Array): number {
  let count = 0;
  while (count < 3 && ((chunk[count] ?? 0) & 0xc0) === 0x80) count++;
  return count;
}

/** How many bytes of UTF-8 there are without a last character that is cut off. */
export function wholeCharacters(bytes: Uint8Array): number {
  const { length } = bytes;
  for (let behind = 1; behind <= Math.min(3, length); behind++) {
    const byte = bytes[length - behind] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const size = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return size > behind ? length - behind : length;
  }
  return length;
}

function decodes(decoder: Decoder, bytes: Uint8Array): boolean {
  try {
    decoder.decode(bytes);
    return true;
  } catch {
    return false;
  }
}
