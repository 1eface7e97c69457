import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** Files of numbers as NumPy and safetensors write them. */

type Numbers = Float32Array | Float64Array | Uint8Array | Int32Array | BigInt64Array | Int16Array;

const npyTypes = new Map<unknown, string>([
  [Float32Array, '<f4'],
  [Float64Array, '<f8'],
  [Uint8Array, '|u1'],
  [Int32Array, '<i4'],
  [BigInt64Array, '<i8'],
  [Int16Array, '<i2'],
]);

const safetensorsTypes = new Map<unknown, string>([
  [Float32Array, 'F32'],
  [Float64Array, 'F64'],
  [Uint8Array, 'U8'],
  [Int32Array, 'I32'],
  [BigInt64Array, 'I64'],
  [Int16Array, 'I16'],
]);

function bytesOf(values: Numbers): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

export interface NpyOptions {
  readonly descr?: string;
  readonly order?: 'True' | 'False';
  readonly version?: 1 | 2 | 3;
}

export function npyOf(
  values: Numbers,
  shape: readonly number[],
  { descr, order = 'False', version = 1 }: NpyOptions = {},
): Buffer {
  const type = descr ?? npyTypes.get(values.constructor);
  const sides = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${type}', 'fortran_order': ${order}, 'shape': (${sides}), }`;
  const prefix = version === 1 ? 10 : 12;
  const length = Math.ceil((prefix + text.length + 1) / 64) * 64 - prefix;
  const header = Buffer.alloc(prefix, 0);
  header.write('\x93NUMPY', 'latin1');
  header[6] = version;
  if (version === 1) header.writeUInt16LE(length, 8);
  else header.writeUInt32LE(length, 8);
  return Buffer.concat([header, Buffer.from(`${text.padEnd(length - 1)}\n`), bytesOf(values)]);
}

export interface Tensor {
  readonly values: Numbers;
  readonly shape: readonly number[];
  readonly dtype?: string;
}

export function safetensorsOf(tensors: Readonly<Record<string, Tensor>>): Buffer {
  const header: Record<string, unknown> = {};
  let start = 0;
  for (const [name, { values, shape, dtype }] of Object.entries(tensors)) {
    const end = start + values.byteLength;
    const type = dtype ?? safetensorsTypes.get(values.constructor);
    header[name] = { dtype: type, shape, data_offsets: [start, end] };
    start = end;
  }
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([
    length,
    json,
    ...Object.values(tensors).map(({ values }) => bytesOf(values)),
  ]);
}

/** A folder that goes with the tests of a file, and what writes files into it. */
export async function temporaryFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'layerwise-rows-'));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const write = async (name: string, bytes: Uint8Array): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, bytes);
    return path;
  };
  return { folder, write };
}
