import { endianness } from 'node:os';
import { resolve } from 'node:path';
import {
  describeValue,
  listOf,
  requireInteger,
  requireKnownKeys,
  requireNumber,
  requireObject,
  requirePath,
  withDefault,
} from '../checks.js';
import { ArgumentError, DataError, FileFormatError } from '../errors.js';
import { isNpy, readNpyHeader } from '../io/npyHeader.js';
import { RegularFile } from '../io/openFile.js';
import { readSafetensorsHeader } from '../io/openSafetensorsHeader.js';
import { formatError, tensorPath } from '../io/safetensorsHeader.js';
import type { NativeFile } from '../native.js';
import { fromSystemError } from './bytes.js';

/** The types of numbers that rows in files may have. */
export type FileNumberType = 'float32' | 'float64' | 'uint8' | 'int32' | 'int64';

export interface FileRowsOptions {
  /**
   * The tensor of a safetensors file.
   *
   * @default the only one of the file
   */
  readonly tensor?: string | undefined;
  /**
   * Factor on each number, 1 / 255 for grey levels say.
   *
   * @default 1
   */
  readonly scale?: number | undefined;
  /**
   * Added to each number after the scale.
   *
   * @default 0
   */
  readonly offset?: number | undefined;
  /**
   * Bytes of memory for inputs that are read ahead of a training: two buffers, of which one is filled while
   * the other is trained on. A batch takes what it takes.
   *
   * @default 64 MB (2 ** 26)
   */
  readonly memory?: number | undefined;
}

/** Of the array in the file. */
interface ArrayInFile {
  readonly type: FileNumberType;
  readonly shape: readonly number[];
  /** Its first byte. */
  readonly start: number;
}

const bytesOfTypes: Readonly<Record<FileNumberType, number>> = {
  float32: 4,
  float64: 8,
  uint8: 1,
  int32: 4,
  int64: 8,
};

const defaultMemory = 2 ** 26;

/** What a file was when it was opened. (No type of the file itself: that would bring the types of Node.) */
interface Stamp {
  readonly size: number;
  readonly modifiedNs: bigint;
}

/**
 * Rows of numbers that stay in a file, in the place of a matrix: made by `fileRows`. What is read from it is
 * of the file as it was then: one that was written to since is refused. It holds nothing open.
 */
export class FileRows {
  /** Absolute. */
  readonly path: string;
  readonly rows: number;
  /** Numbers of a row: of an array with more sides than two, the product of all but the first. */
  readonly columns: number;
  readonly type: FileNumberType;
  readonly scale: number;
  readonly offset: number;
  readonly #start: number;
  readonly #stamp: Stamp;
  readonly #memory: number;

  /** @internal */
  constructor(
    path: string,
    { type, shape, start }: ArrayInFile,
    stamp: Stamp,
    { scale, offset, memory }: Required<{ [Key in 'scale' | 'offset' | 'memory']: number }>,
  ) {
    const [rows = 1, ...sides] = shape;
    this.path = path;
    this.rows = rows;
    this.columns = sides.reduce((product, side) => product * side, 1);
    this.type = type;
    this.scale = scale;
    this.offset = offset;
    this.#start = start;
    this.#stamp = stamp;
    this.#memory = memory;
    Object.freeze(this);
  }

  /** @internal Whether a value is one, and no object that only looks like it. */
  static isFileRows(value: unknown): value is FileRows {
    return typeof value === 'object' && value !== null && #stamp in value;
  }

  /** @internal What the core reads rows by. @param place What errors call the rows. */
  native(place: string): NativeFile {
    const { path, type, scale, offset } = this;
    const { size, modifiedNs } = this.#stamp;
    const second = 1_000_000_000n;
    return {
      path,
      place,
      bytes: size,
      modifiedSeconds: Number(modifiedNs / second),
      modifiedNanoseconds: Number(modifiedNs % second),
      start: this.#start,
      type,
      memory: this.#memory,
      // The core keeps bytes as they are, and scales them as those of a matrix.
      ...(type === 'uint8' ? {} : { scale, offset }),
    };
  }

  /**
   * @internal The numbers of some rows as they stand in the file, in memory of their own.
   *
   * @throws FileFormatError when the file is not as it was; errors of the system.
   */
  async read(
    start: number,
    end: number,
  ): Promise<Float32Array | Float64Array | Uint8Array | Int32Array> {
    const file = await RegularFile.open(this.path);
    try {
      this.#requireStamp(file);
      const rowBytes = this.columns * bytesOfTypes[this.type];
      const bytes = await file.readAt(this.#start + start * rowBytes, (end - start) * rowBytes);
      await file.requireUnchanged();
      return numbersOfType[this.type](bytes.buffer);
    } finally {
      await file.close();
    }
  }

  #requireStamp({ path, size, modifiedNs }: RegularFile): void {
    const opened = this.#stamp;
    if (size === opened.size && modifiedNs === opened.modifiedNs) return;
    throw new FileFormatError({
      path,
      expected: `the ${opened.size} bytes that the file had when it was opened`,
      received: size === opened.size ? 'a file that was written to since' : `${size} bytes`,
      remedy: 'Leave the file alone while it is read, and open it anew once it has changed.',
    });
  }
}

const numbersOfType = {
  float32: (buffer: ArrayBuffer) => new Float32Array(buffer),
  float64: (buffer: ArrayBuffer) => new Float64Array(buffer),
  uint8: (buffer: ArrayBuffer) => new Uint8Array(buffer),
  int32: (buffer: ArrayBuffer) => new Int32Array(buffer),
  int64: (buffer: ArrayBuffer) => Float64Array.from(new BigInt64Array(buffer), Number),
} as const;

/**
 * Rows that stay in a file, for data that is larger than the memory. They take the place of a matrix: as inputs,
 * targets and weights of `fit` and `evaluate`, and as inputs of `predict` and its like. The results are the
 * same bits as with the rows in memory.
 *
 * ```ts
 * const inputs = await fileRows('rows.safetensors', { tensor: 'inputs' });
 * const targets = await fileRows('labels.npy');
 * await model.fit({ inputs, targets }, { epochs: 3 });
 * ```
 *
 * Inputs are read while the training goes on, in any order that it wants them in; targets and weights are
 * read into memory at its beginning, 4 bytes for each number (a MemoryError where there is too little).
 *
 * @param path A .npy file (versions 1 to 3, in C order) or a safetensors file, with numbers of float32,
 * float64, uint8, int32 or int64 (bool counts as uint8), little-endian. The first side of the array is that
 * of the rows.
 * @throws FileFormatError when it is neither, damaged, or of another type; ArgumentError for a tensor that the
 * file does not have, and for a file that is not there or may not be read; errors of the system.
 */
export async function fileRows(path: string, options: FileRowsOptions = {}): Promise<FileRows> {
  const given = requireObject(options, 'options');
  requireKnownKeys(given, ['tensor', 'scale', 'offset', 'memory'], 'options');
  const numbers = {
    scale: requireNumber(withDefault(given.scale, 1), 'options.scale'),
    offset: requireNumber(withDefault(given.offset, 0), 'options.offset'),
    memory: requireInteger(withDefault(given.memory, defaultMemory), 'options.memory', {
      minimum: 2 ** 16,
      maximum: Number.MAX_SAFE_INTEGER,
    }),
  };
  if (endianness() !== 'LE')
    throw new FileFormatError({ path, expected: 'a little-endian machine', received: 'another' });
  const absolute = resolve(requirePath(path));
  const file = await openRows(absolute);
  try {
    const first = await file.readAt(0, Math.min(file.size, 9));
    const array = isNpy(first)
      ? await arrayOfNpy(file, given.tensor)
      : await arrayOfSafetensors(file, given.tensor, first);
    requireRoom(file, array);
    await file.requireUnchanged();
    const { size, modifiedNs } = file;
    return new FileRows(absolute, array, { size, modifiedNs }, numbers);
  } finally {
    await file.close();
  }
}

async function openRows(path: string): Promise<RegularFile> {
  try {
    return await RegularFile.open(path);
  } catch (error) {
    throw fromSystemError(error, path);
  }
}

function requireRoom({ path, size }: RegularFile, { shape, type, start }: ArrayInFile): void {
  const bytes = shape.reduce((product, side) => product * side, bytesOfTypes[type]);
  if (bytes === 0) throw new DataError({ path, expected: 'at least one row', received: 'no rows' });
  if (Number.isSafeInteger(bytes) && bytes <= size - start) return;
  throw formatError(path, `${bytes} bytes of numbers`, `${size - start}: a file cut off`);
}

/** Also of the type `bool`, whose numbers are bytes of 0 and 1. */
const typesOfNpy: Readonly<Partial<Record<string, FileNumberType>>> = {
  '<f4': 'float32',
  '<f8': 'float64',
  '|u1': 'uint8',
  '|b1': 'uint8',
  '<i4': 'int32',
  '<i8': 'int64',
};

async function arrayOfNpy(file: RegularFile, tensor: unknown): Promise<ArrayInFile> {
  const { path } = file;
  if (tensor !== undefined) {
    throw new ArgumentError({
      path: 'options.tensor',
      expected: 'no name, as a .npy file holds one array',
      received: describeValue(tensor),
    });
  }
  const { descr, shape, start, isFortranOrder } = await readNpyHeader(file);
  const type = Object.hasOwn(typesOfNpy, descr) ? typesOfNpy[descr] : undefined;
  if (type === undefined) {
    const isBigEndian = descr.startsWith('>');
    throw new FileFormatError({
      path,
      expected: `numbers of ${listOf(Object.keys(typesOfNpy), 'or')}`,
      received: `'${descr}'${isBigEndian ? ', which is big-endian' : ''}`,
      remedy: `Convert the array: numpy.save(path, array.astype('${typeToConvertTo(descr)}')).`,
    });
  }
  if (isFortranOrder && shape.filter((side) => side > 1).length > 1) {
    throw new FileFormatError({
      path,
      expected: 'an array row after row (C order)',
      received: 'one column after column (Fortran order)',
      remedy: 'Save numpy.ascontiguousarray(array).',
    });
  }
  return { type, shape, start };
}

/** The same in the order of bytes that is read, where there is one. */
function typeToConvertTo(descr: string): string {
  const swapped = `<${descr.slice(1)}`;
  return descr.startsWith('>') && Object.hasOwn(typesOfNpy, swapped) ? swapped : '<f4';
}

const typesOfSafetensors: Readonly<Partial<Record<string, FileNumberType>>> = {
  F32: 'float32',
  F64: 'float64',
  U8: 'uint8',
  BOOL: 'uint8',
  I32: 'int32',
  I64: 'int64',
};

async function arrayOfSafetensors(
  file: RegularFile,
  tensor: unknown,
  first: Uint8Array,
): Promise<ArrayInFile> {
  const { path } = file;
  requireSafetensors(path, first);
  const { tensors, dataStart } = await readSafetensorsHeader(file);
  const names = [...tensors.keys()];
  const name = tensor === undefined && names.length === 1 ? names[0] : tensor;
  const entry = typeof name === 'string' ? tensors.get(name) : undefined;
  if (entry === undefined || typeof name !== 'string') {
    throw new ArgumentError({
      path: 'options.tensor',
      expected: `a tensor of ${path}: ${listOf(
        names.slice(0, 40).map((each) => `'${each}'`),
        'or',
      )}`,
      received: describeValue(tensor),
    });
  }
  const type = typesOfSafetensors[entry.dtype];
  if (type === undefined) {
    const types = listOf(Object.keys(typesOfSafetensors), 'or');
    throw formatError(tensorPath(path, name), `numbers of ${types}`, entry.dtype);
  }
  return { type, shape: entry.shape, start: dataStart + entry.start };
}

/** What is no safetensors file at all would else be called a damaged one. Its header begins with a brace. */
function requireSafetensors(path: string, first: Uint8Array): void {
  if (first.length < 9 || first[8] === '{'.charCodeAt(0)) return;
  const isZip = first[0] === 'P'.charCodeAt(0) && first[1] === 'K'.charCodeAt(0);
  throw new FileFormatError({
    path,
    expected: 'an array of NumPy (.npy) or a safetensors file',
    received: isZip ? 'a zip archive, such as .npz' : 'another kind of file',
    remedy: isZip
      ? 'Save each of its arrays by itself: numpy.save(path, archive[name]).'
      : '`layerwise convert` makes a table into a file of rows.',
  });
}
