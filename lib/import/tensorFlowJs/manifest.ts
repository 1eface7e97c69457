import { join } from 'node:path';
import { isArray } from '../../builtins.js';
import { describeValue, listOf, requireList, requireNumber, requireObject } from '../../checks.js';
import { fromSystemError } from '../../data/bytes.js';
import { ArgumentError, FileFormatError } from '../../errors.js';
import { type FloatType, floatsFrom } from '../../io/floatBytes.js';
import { RegularFile } from '../../io/openFile.js';

/**
 * The weights of a model: groups, each of them the bytes of one or more files (shards), in which its weights lie one after
 * the other. Format: https://www.tensorflow.org/js/guide/save_load
 */

/** A weight as the manifest describes it. */
export interface WeightEntry {
  readonly name: string;
  /** Its place in the file: `weightsManifest[0].weights[2]`. */
  readonly path: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly quantization: Quantization | undefined;
  /** Where it lies in its group. */
  readonly group: number;
  readonly start: number;
  readonly bytes: number;
}

/** How numbers were made smaller: those of an integer q are q * scale + min. */
interface Quantization {
  readonly dtype: 'uint8' | 'uint16' | 'float16';
  readonly scale: number;
  readonly min: number;
}

interface Group {
  readonly path: string;
  /** Files beside the model, in the order of their bytes. */
  readonly shards: readonly string[];
  readonly bytes: number;
}

/** All that a manifest says; no file has been looked at. */
export interface Manifest {
  readonly groups: readonly Group[];
  readonly weights: readonly WeightEntry[];
}

const elementBytes: ReadonlyMap<string, number> = new Map([
  ['float32', 4],
  ['int32', 4],
  ['bool', 1],
  ['complex64', 8],
]);
const quantizedBytes = { uint8: 1, uint16: 2, float16: 2 } as const;

const most = 100_000;

/** @throws ArgumentError with the place in the file */
export function readManifest(given: unknown, path: string): Manifest {
  const weights: WeightEntry[] = [];
  const groups = requireList(given, path, { of: 'groups', most }).map((item, index) => {
    const place = `${path}[${index}]`;
    const { paths, weights: listed } = requireObject(item, place);
    const shards = requireList(paths, `${place}.paths`, { of: 'names of files', most }).map(
      (shard, at) => requireInside(shard, `${place}.paths[${at}]`),
    );
    let start = 0;
    for (const [at, entry] of requireList(listed, `${place}.weights`, {
      of: 'weights',
      most,
    }).entries()) {
      const weight = readEntry(entry, `${place}.weights[${at}]`);
      if (weight.isOptimizers) {
        start += weight.bytes;
        continue;
      }
      weights.push({ ...weight, group: index, start });
      start += weight.bytes;
    }
    return { path: place, shards, bytes: start };
  });
  return { groups, weights };
}

/**
 * A file in the folder of the model or below it: whoever has written the model does not say which other files of this
 * machine are read.
 */
function requireInside(given: unknown, path: string): string {
  const isText = typeof given === 'string' && given.length <= 1000;
  // A colon is part of a URL, or of a drive or a stream of Windows.
  const isName = isText && !/[\\:\0]/.test(given);
  if (isName && given.split('/').every((part) => part !== '' && part !== '.' && part !== '..')) {
    return given;
  }
  throw new ArgumentError({
    path,
    expected: 'the name of a file in the folder of the model, or below it',
    received: describeValue(given),
    remedy: 'Absolute paths, .. and URLs are not followed: put the files beside the model.',
  });
}

function readEntry(given: unknown, path: string) {
  const entry = requireObject(given, path);
  const { name, dtype } = entry;
  if (typeof name !== 'string' || name === '' || name.length > 1000) {
    throw new ArgumentError({
      path: `${path}.name`,
      expected: 'a name',
      received: describeValue(name),
    });
  }
  const plainBytes = typeof dtype === 'string' ? elementBytes.get(dtype) : undefined;
  if (plainBytes === undefined || typeof dtype !== 'string') {
    throw new ArgumentError({
      path: `${path}.dtype`,
      expected: listOf([...elementBytes.keys()], 'or'),
      received: describeValue(dtype),
    });
  }
  const quantization = readQuantization(entry.quantization, `${path}.quantization`);
  const shape = readShape(entry.shape, `${path}.shape`);
  const perElement = quantization === undefined ? plainBytes : quantizedBytes[quantization.dtype];
  const bytes = shape.reduce((product, size) => product * size, perElement);
  if (!Number.isSafeInteger(bytes)) {
    const received = `[${shape.slice(0, 8).join(', ')}]`;
    throw new ArgumentError({ path: `${path}.shape`, expected: 'fewer than 2^53 bytes', received });
  }
  // TensorFlow.js saves what the optimizer remembers with the weights, on request.
  const isOptimizers = entry.group === 'optimizer';
  return { name, path, shape, dtype, quantization, bytes, isOptimizers };
}

function readShape(given: unknown, path: string): readonly number[] {
  const isShape =
    isArray(given) &&
    given.length <= 8 &&
    Array.from(given).every((size) => Number.isSafeInteger(size) && Number(size) >= 0);
  if (isShape) return given as number[];
  const expected = 'an array of at most 8 sizes';
  throw new ArgumentError({ path, expected, received: describeValue(given) });
}

function readQuantization(given: unknown, path: string): Quantization | undefined {
  if (given === undefined || given === null) return undefined;
  const { dtype, scale, min } = requireObject(given, path);
  if (dtype === 'float16') return { dtype, scale: 1, min: 0 };
  if (dtype !== 'uint8' && dtype !== 'uint16') {
    const expected = "'uint8', 'uint16' or 'float16'";
    throw new ArgumentError({ path: `${path}.dtype`, expected, received: describeValue(dtype) });
  }
  return {
    dtype,
    scale: requireNumber(scale, `${path}.scale`),
    min: requireNumber(min, `${path}.min`),
  };
}

/** Reads the weights of a manifest group by group. */
export class WeightReader {
  readonly #file: string;
  readonly #folder: string;
  readonly #manifest: Manifest;
  /** The group that was read last, which holds most of what is asked for next. */
  #last: { readonly group: number; readonly bytes: Uint8Array<ArrayBuffer> } | undefined;

  /** @param file The model, for errors. @param folder Where the shards lie. */
  constructor(file: string, folder: string, manifest: Manifest) {
    this.#file = file;
    this.#folder = folder;
    this.#manifest = manifest;
  }

  /**
   * Looks at the sizes of all shards, and reads none.
   *
   * @throws FileFormatError for a group whose shards do not hold what its weights take; ArgumentError for a shard that is
   * not there
   */
  async requireSizes(): Promise<void> {
    for (const { path, shards, bytes } of this.#manifest.groups) {
      let found = 0;
      for (const shard of shards) found += await this.#withShard(shard, async ({ size }) => size);
      if (found === bytes) continue;
      throw new FileFormatError({
        path: `${this.#file}: ${path}`,
        expected: `${bytes} bytes for its weights in ${listOf(shards.slice(0, 4)) || 'files'}`,
        received: `${found} bytes`,
        remedy: 'A file is cut off, or of another model: copy all files of the model again.',
      });
    }
  }

  /**
   * @throws FileFormatError for another type than float32, or a number that is not finite
   */
  async read(entry: WeightEntry): Promise<Float32Array> {
    const place = `${this.#file}: ${entry.path}`;
    if (entry.dtype !== 'float32') {
      const path = `${place}.dtype`;
      throw new FileFormatError({ path, expected: 'float32', received: entry.dtype });
    }
    const group = await this.#group(entry.group);
    const values = valuesOf(group.slice(entry.start, entry.start + entry.bytes), entry);
    const wrong = values.findIndex((value) => !Number.isFinite(value));
    if (wrong < 0) return values;
    throw new FileFormatError({
      path: `${place} '${entry.name}'`,
      expected: 'finite numbers',
      received: `${values[wrong]} at index ${wrong}`,
    });
  }

  async #group(index: number): Promise<Uint8Array<ArrayBuffer>> {
    if (this.#last?.group === index) return this.#last.bytes;
    const { shards, bytes: length = 0 } = this.#manifest.groups[index] ?? { shards: [] };
    const bytes = new Uint8Array(length);
    let start = 0;
    for (const shard of shards) {
      const part = await this.#withShard(shard, (file) => file.readAt(0, file.size));
      bytes.set(part, start);
      start += part.length;
    }
    this.#last = { group: index, bytes };
    return bytes;
  }

  async #withShard<Result>(
    shard: string,
    use: (file: RegularFile) => Promise<Result>,
  ): Promise<Result> {
    const path = join(this.#folder, shard);
    try {
      const file = await RegularFile.open(path);
      try {
        return await use(file);
      } finally {
        await file.close();
      }
    } catch (error) {
      throw fromSystemError(error, path);
    }
  }
}

function valuesOf(
  bytes: Uint8Array<ArrayBuffer>,
  { quantization }: Pick<WeightEntry, 'quantization'>,
): Float32Array {
  if (quantization === undefined || quantization.dtype === 'float16') {
    const type: FloatType = quantization === undefined ? 'F32' : 'F16';
    return floatsFrom(bytes, type);
  }
  const { dtype, scale, min } = quantization;
  const view = new DataView(bytes.buffer);
  const size = quantizedBytes[dtype];
  return Float32Array.from({ length: bytes.length / size }, (_, index) => {
    const level = size === 1 ? view.getUint8(index) : view.getUint16(2 * index, true);
    return level * scale + min;
  });
}
