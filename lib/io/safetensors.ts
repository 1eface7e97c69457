import { endianness } from 'node:os';
import { ArgumentError } from '../errors.js';
import { atomicWrite } from './atomicWrite.js';
import { RegularFile } from './openFile.js';
import {
  formatError,
  lengthBytes,
  maximumHeaderBytes,
  parseHeader,
  parseHeaderLength,
  type SafetensorsHeader,
  tensorPath,
} from './safetensorsHeader.js';

/** A tensor to be written, of float32. */
export interface FloatTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** The data starts at a multiple of this, so that readers may map it as float32 or float64. */
const alignment = 8;
const isBigEndian = endianness() === 'BE';

/**
 * Writes tensors of float32 and their metadata as a safetensors file, atomically.
 *
 * @throws ArgumentError when the metadata is too large to be read again; errors of the system.
 */
export async function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, FloatTensor>,
  metadata: Readonly<Record<string, string>>,
): Promise<void> {
  await atomicWrite(path, encodeSafetensors(tensors, metadata));
}

/** The bytes of a safetensors file, piece by piece. */
export function* encodeSafetensors(
  tensors: ReadonlyMap<string, FloatTensor>,
  metadata: Readonly<Record<string, string>>,
): Generator<Uint8Array> {
  yield encodeHeader(tensors, metadata);
  for (const { values } of tensors.values()) yield littleEndianBytes(values);
}

function encodeHeader(
  tensors: ReadonlyMap<string, FloatTensor>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const entries = [`"__metadata__":${JSON.stringify(metadata)}`];
  let start = 0;
  for (const [name, { shape, values }] of tensors) {
    const end = start + values.byteLength;
    const entry = { dtype: 'F32', shape, data_offsets: [start, end] };
    entries.push(`${JSON.stringify(name)}:${JSON.stringify(entry)}`);
    start = end;
  }
  const json = Buffer.from(`{${entries.join(',')}}`);
  const length = Math.ceil(json.byteLength / alignment) * alignment;
  if (length > maximumHeaderBytes) {
    throw new ArgumentError({
      path: 'annotations',
      expected: `a header of at most ${maximumHeaderBytes} bytes`,
      received: `${length} bytes`,
      remedy: 'Keep large annotations in a file of their own.',
    });
  }
  // The format pads the header with blanks.
  const bytes = Buffer.alloc(lengthBytes + length, ' ');
  bytes.writeBigUInt64LE(BigInt(length), 0);
  json.copy(bytes, lengthBytes);
  return bytes;
}

function littleEndianBytes(values: Float32Array): Uint8Array {
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  return isBigEndian ? Buffer.from(bytes).swap32() : bytes;
}

/** An open safetensors file whose header is checked. */
export interface SafetensorsFile extends SafetensorsHeader {
  /**
   * Reads a tensor of float32.
   *
   * @throws FileFormatError when there is no such tensor, or it is of another type.
   */
  readFloat32(name: string): Promise<Float32Array<ArrayBuffer>>;
  /** @throws FileFormatError when somebody has written to the file since it was opened. */
  requireUnchanged(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens a safetensors file and checks its header. Until a tensor is asked for, no more memory is
 * taken than the header needs, whatever the file claims.
 *
 * @throws FileFormatError; errors of the system.
 */
export async function openSafetensors(path: string): Promise<SafetensorsFile> {
  const file = await RegularFile.open(path);
  try {
    const prefix = await file.readAt(0, Math.min(lengthBytes, file.size));
    const headerBytes = parseHeaderLength(prefix, file.size, path);
    const dataStart = lengthBytes + headerBytes;
    const header = await file.readAt(lengthBytes, headerBytes);
    const { metadata, tensors } = parseHeader(header, file.size - dataStart, path);
    return {
      metadata,
      tensors,
      readFloat32: (name) => readFloat32(file, { metadata, tensors }, dataStart, name),
      requireUnchanged: () => file.requireUnchanged(),
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function readFloat32(
  file: RegularFile,
  { tensors }: SafetensorsHeader,
  dataStart: number,
  name: string,
): Promise<Float32Array<ArrayBuffer>> {
  const { path } = file;
  const entry = tensors.get(name);
  if (entry === undefined) throw formatError(tensorPath(path, name), 'a tensor', 'none');
  if (entry.dtype !== 'F32') throw formatError(tensorPath(path, name), 'dtype F32', entry.dtype);
  const bytes = await file.readAt(dataStart + entry.start, entry.end - entry.start);
  if (isBigEndian) Buffer.from(bytes.buffer).swap32();
  return new Float32Array(bytes.buffer);
}
