import { endianness } from 'node:os';
import { listOf } from '../checks.js';
import { ArgumentError } from '../errors.js';
import { atomicWrite } from './atomicWrite.js';
import { type FloatType, floatsFrom, floatTypes } from './floatBytes.js';
import { RegularFile } from './openFile.js';
import { readSafetensorsHeader } from './openSafetensorsHeader.js';
import {
  type ElementType,
  elementBytes,
  formatError,
  lengthBytes,
  maximumHeaderBytes,
  type SafetensorsHeader,
  tensorPath,
} from './safetensorsHeader.js';

/** A tensor to be written, of float32. */
export interface FloatTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** The classes of the elements that are written and read, by their names in the file. */
const arrayTypes = {
  F32: Float32Array,
  F64: Float64Array,
  I32: Int32Array,
  U32: Uint32Array,
  I64: BigInt64Array,
  U64: BigUint64Array,
  U8: Uint8Array,
} as const;

type ArrayType = keyof typeof arrayTypes;

const allTypes = Object.keys(arrayTypes) as ArrayType[];

/** The elements of a tensor. */
export type TensorValues =
  | Float32Array
  | Float64Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Uint8Array;

/** A tensor to be written, whose elements are asked for when it is its turn. */
export interface Tensor {
  readonly dtype: ElementType;
  readonly shape: readonly number[];
  readonly values: () => TensorValues;
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
  const floats = [...tensors].map(([name, { shape, values }]) => {
    return [name, tensorOf(values, shape)] as const;
  });
  yield encodeHeader(new Map(floats), metadata);
  for (const { values } of tensors.values()) yield littleEndianBytes(values);
}

/** @param shape Default: one dimension. */
export function tensorOf(values: TensorValues, shape: readonly number[] = [values.length]): Tensor {
  return { dtype: typeOf(values), shape, values: () => values };
}

/** By the name of its class: that of another context is another class. */
function typeOf(values: TensorValues): ArrayType {
  const name = values[Symbol.toStringTag];
  return allTypes.find((type) => arrayTypes[type].name === name) ?? 'U8';
}

/** What comes before the data of the tensors, which follows in their order. */
export function encodeHeader(
  tensors: ReadonlyMap<string, Pick<Tensor, 'dtype' | 'shape'>>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const entries = [`"__metadata__":${JSON.stringify(metadata)}`];
  let start = 0;
  for (const [name, { dtype, shape }] of tensors) {
    const end = start + shape.reduce((product, size) => product * size, elementBytes[dtype]);
    const entry = { dtype, shape, data_offsets: [start, end] };
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

/** The elements as they stand in the file: the memory itself where the system has the same order. */
export function littleEndianBytes(values: TensorValues): Uint8Array {
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  return isBigEndian ? swapped(Buffer.from(bytes), values.BYTES_PER_ELEMENT) : bytes;
}

function swapped(bytes: Buffer, elementSize: number): Buffer {
  if (elementSize === 4) return bytes.swap32();
  return elementSize === 8 ? bytes.swap64() : bytes;
}

/** An open safetensors file whose header is checked. */
export interface SafetensorsFile extends SafetensorsHeader {
  /**
   * Reads a tensor of float32.
   *
   * @throws FileFormatError when there is no such tensor, or it is of another type.
   */
  readFloat32(name: string): Promise<Float32Array<ArrayBuffer>>;
  /**
   * Reads a tensor of floating-point numbers of any precision as float32.
   *
   * @throws FileFormatError when there is no such tensor, or it is of another type.
   */
  readFloats(name: string): Promise<Float32Array<ArrayBuffer>>;
  /**
   * Reads a tensor of any type that is written here.
   *
   * @throws FileFormatError when there is no such tensor, or it is of another type.
   */
  readTensor(name: string): Promise<TensorValues>;
  /**
   * All bytes of the file, header and data, in chunks.
   *
   * @throws FileFormatError when the file is written to meanwhile.
   */
  bytes(chunkBytes: number): AsyncGenerator<Uint8Array>;
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
    const { metadata, tensors, dataStart } = await readSafetensorsHeader(file);
    return {
      metadata,
      tensors,
      async readFloat32(name) {
        return (await readTensor(file, { tensors, dataStart, types: ['F32'] }, name)) as FloatArray;
      },
      readFloats: (name) => readFloats(file, { tensors, dataStart, types: floatTypes }, name),
      readTensor: (name) => readTensor(file, { tensors, dataStart, types: allTypes }, name),
      bytes: (chunkBytes) => file.chunks(chunkBytes),
      requireUnchanged: () => file.requireUnchanged(),
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

type FloatArray = Float32Array<ArrayBuffer>;

interface Reading<Type extends ElementType> extends Pick<SafetensorsHeader, 'tensors'> {
  /** Where the data begins. */
  readonly dataStart: number;
  readonly types: readonly Type[];
}

async function readTensor(
  file: RegularFile,
  reading: Reading<ArrayType>,
  name: string,
): Promise<TensorValues> {
  const { type, bytes } = await readElements(file, reading, name);
  if (isBigEndian) swapped(Buffer.from(bytes.buffer), elementBytes[type]);
  return new arrayTypes[type](bytes.buffer);
}

async function readFloats(
  file: RegularFile,
  reading: Reading<FloatType>,
  name: string,
): Promise<FloatArray> {
  const { type, bytes } = await readElements(file, reading, name);
  return floatsFrom(bytes, type);
}

async function readElements<Type extends ElementType>(
  file: RegularFile,
  { tensors, dataStart, types }: Reading<Type>,
  name: string,
): Promise<{ readonly type: Type; readonly bytes: Uint8Array<ArrayBuffer> }> {
  const { path } = file;
  const entry = tensors.get(name);
  if (entry === undefined) throw formatError(tensorPath(path, name), 'a tensor', 'none');
  const type = types.find((known) => known === entry.dtype);
  if (type === undefined) {
    throw formatError(tensorPath(path, name), `dtype ${listOf(types, 'or')}`, entry.dtype);
  }
  return { type, bytes: await file.readAt(dataStart + entry.start, entry.end - entry.start) };
}
