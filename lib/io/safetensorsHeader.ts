import { describeValue, listOf } from '../checks.js';
import { FileFormatError } from '../errors.js';
import { HeaderScanner, HeaderSyntaxError } from './headerScanner.js';

/**
 * The header of a safetensors file: 8 bytes with its length (little-endian), then JSON that gives
 * each tensor its type, its shape and its place in the bytes that follow.
 * Format: https://huggingface.co/docs/safetensors
 */

/** Types of elements and their bytes. */
export const elementBytes = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
  U16: 2,
  I16: 2,
  F16: 2,
  BF16: 2,
  U32: 4,
  I32: 4,
  F32: 4,
  U64: 8,
  I64: 8,
  F64: 8,
} as const;

export type ElementType = keyof typeof elementBytes;

export interface TensorEntry {
  readonly dtype: ElementType;
  readonly shape: readonly number[];
  /** First byte, counted from the end of the header. */
  readonly start: number;
  /** One past the last byte. */
  readonly end: number;
}

export interface SafetensorsHeader {
  readonly metadata: ReadonlyMap<string, string>;
  readonly tensors: ReadonlyMap<string, TensorEntry>;
}

/** Bytes before the header that hold its length. */
export const lengthBytes = 8;
/** No header of sense is larger, and a hostile one must not fill the memory. */
export const maximumHeaderBytes = 32 * 2 ** 20;
const metadataKey = '__metadata__';

/** Reads and checks the length of the header against the size of the file. */
export function parseHeaderLength(prefix: Uint8Array, fileBytes: number, path: string): number {
  if (fileBytes < lengthBytes || prefix.byteLength < lengthBytes) {
    throw formatError(path, 'at least the 8 bytes of the header length', `${fileBytes} bytes`);
  }
  const view = new DataView(prefix.buffer, prefix.byteOffset, lengthBytes);
  const length = view.getBigUint64(0, true);
  if (length > BigInt(maximumHeaderBytes)) {
    throw new FileFormatError({
      path,
      expected: `a header of at most ${maximumHeaderBytes} bytes`,
      received: `${length} bytes`,
      remedy: 'The first 8 bytes give this length: the file is damaged, or no safetensors file.',
    });
  }
  if (length > BigInt(fileBytes - lengthBytes)) {
    const rest = fileBytes - lengthBytes;
    throw formatError(path, `a header of ${length} bytes`, `a file that ends after ${rest}`);
  }
  return Number(length);
}

/**
 * Reads and checks the header: its JSON, every type and shape, and that the tensors fill the bytes
 * after it with neither overlap nor gap.
 *
 * @param dataBytes Bytes of the file after the header.
 * @param path The file, for errors.
 * @throws FileFormatError
 */
export function parseHeader(bytes: Uint8Array, dataBytes: number, path: string): SafetensorsHeader {
  const metadata = new Map<string, string>();
  const tensors = new Map<string, TensorEntry>();
  const scanner = new HeaderScanner(decode(bytes, path));
  try {
    scanner.object((key) => {
      if (key === metadataKey) scanner.object((name) => metadata.set(name, scanner.string()));
      else tensors.set(key, readEntry(scanner, tensorPath(path, key)));
    });
    scanner.end();
  } catch (error) {
    if (!(error instanceof HeaderSyntaxError)) throw error;
    throw formatError(`${path}: header`, error.expected, error.received);
  }
  requireGapless(tensors, dataBytes, path);
  return { metadata, tensors };
}

/** How errors name a tensor of a file. */
export function tensorPath(path: string, name: string): string {
  const shown = name.length > 80 ? `${name.slice(0, 79)}…` : name;
  return `${path}: tensor '${shown}'`;
}

function decode(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw formatError(`${path}: header`, 'text in UTF-8', 'other bytes');
  }
}

function readEntry(scanner: HeaderScanner, path: string): TensorEntry {
  let dtype: string | undefined;
  let shape: number[] | undefined;
  let offsets: number[] | undefined;
  scanner.object((key) => {
    if (key === 'dtype') dtype = scanner.string();
    else if (key === 'shape') shape = scanner.integers();
    else if (key === 'data_offsets') offsets = scanner.integers();
    else throw formatError(path, 'dtype, shape and data_offsets', describeValue(key));
  });
  if (dtype === undefined || shape === undefined || offsets === undefined) {
    throw formatError(path, 'dtype, shape and data_offsets', 'only a part of them');
  }
  return checkedEntry(dtype, shape, offsets, path);
}

function checkedEntry(
  dtype: string,
  shape: readonly number[],
  offsets: readonly number[],
  path: string,
): TensorEntry {
  if (!isElementType(dtype)) {
    throw formatError(
      path,
      `a dtype of ${listOf(Object.keys(elementBytes), 'or')}`,
      describeValue(dtype),
    );
  }
  const [start, end] = offsets;
  if (offsets.length !== 2 || start === undefined || end === undefined || start > end) {
    throw formatError(path, 'data_offsets [start, end]', `[${offsets.slice(0, 4).join(', ')}]`);
  }
  const bytes = byteLength(shape, elementBytes[dtype]);
  if (bytes !== end - start) {
    const wanted = bytes === undefined ? 'a shape of fewer than 2^53 bytes' : `${bytes} bytes`;
    throw formatError(
      path,
      `${wanted} for ${dtype} of shape [${shape.slice(0, 8).join(', ')}]`,
      `${end - start} bytes`,
    );
  }
  return { dtype, shape, start, end };
}

function isElementType(dtype: string): dtype is ElementType {
  return Object.hasOwn(elementBytes, dtype);
}

/** Bytes of a tensor, or undefined when a factor passes what numbers hold exactly. */
function byteLength(shape: readonly number[], perElement: number): number | undefined {
  let bytes = perElement;
  for (const size of shape) {
    bytes *= size;
    if (!Number.isSafeInteger(bytes)) return undefined;
  }
  return bytes;
}

function requireGapless(
  tensors: ReadonlyMap<string, TensorEntry>,
  dataBytes: number,
  path: string,
): void {
  const inOrder = [...tensors].sort(([, a], [, b]) => a.start - b.start || a.end - b.end);
  let end = 0;
  for (const [name, entry] of inOrder) {
    if (entry.start !== end) {
      const fault = entry.start < end ? 'an overlap with the tensor before it' : 'a gap before it';
      throw formatError(tensorPath(path, name), `data from byte ${end} on`, fault);
    }
    end = entry.end;
  }
  if (end === dataBytes) return;
  const fault = dataBytes < end ? 'a file cut off' : 'a file with more at its end';
  throw formatError(path, `${end} bytes of tensors`, `${dataBytes}: ${fault}`);
}

export function formatError(path: string, expected: string, received: string): FileFormatError {
  return new FileFormatError({ path, expected, received });
}
