import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type CheckpointContents,
  encodeCheckpoint,
  openCheckpoint,
} from '../../lib/checkpoint/checkpointFile.js';
import { exactJson, parseExactJson } from '../../lib/checkpoint/exactJson.js';
import { FileFormatError } from '../../lib/index.js';
import { littleEndianBytes, tensorOf, writeSafetensors } from '../../lib/io/safetensors.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'layerwise-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);

const contents: CheckpointContents = {
  metadata: { format: 'pt', layerwise: '{}' },
  model: new Map([
    ['0.weight', tensorOf(Float32Array.of(1, Number.NaN, -0), [3, 1])],
    ['0.bias', tensorOf(Float32Array.of(7), [1])],
  ]),
  record: '{"epoch":3}',
  state: new Map<string, Float32Array | Float64Array | BigInt64Array | Uint8Array>([
    ['parameters', Float32Array.of(1, 2, 3)],
    ['best', Float64Array.of(Number.NaN, 1e-300)],
    ['updates', BigInt64Array.of(-(2n ** 60n))],
    ['text', Uint8Array.of(1, 2, 3)],
    ['empty', new Float64Array(0)],
  ]),
};

async function write(given = contents): Promise<string> {
  await writeFile(at('c'), Buffer.concat([...encodeCheckpoint(given)]));
  return at('c');
}

async function refusalOf(path: string): Promise<FileFormatError> {
  const error: unknown = await openCheckpoint(path).then(
    (opened) => opened.close(),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(FileFormatError);
  return error as FileFormatError;
}

describe('a checkpoint', () => {
  test('gives back what was written, bit by bit', async () => {
    const checkpoint = await openCheckpoint(await write());
    expect(checkpoint.record).toBe(contents.record);
    expect(Object.fromEntries(await checkpoint.readState())).toEqual(
      Object.fromEntries(contents.state),
    );
    expect(Object.fromEntries(await checkpoint.readModel())).toEqual({
      '0.weight': Float32Array.of(1, Number.NaN, -0),
      '0.bias': Float32Array.of(7),
    });
    await checkpoint.close();
  });

  test('has numbers of 8 bytes where others may map them', async () => {
    const bytes = await readFile(await write());
    const header = JSON.parse(
      bytes.subarray(8, 8 + Number(bytes.readBigUInt64LE(0))).toString(),
    ) as Record<string, { dtype: string; data_offsets: number[] }>;
    for (const name of ['checkpoint.best', 'checkpoint.updates']) {
      expect((header[name]?.data_offsets[0] ?? 1) % 8).toBe(0);
    }
  });

  test('may be larger than what is hashed at a time', async () => {
    const numbers = Float64Array.from({ length: 300_000 }, (_, index) => Math.sin(index));
    const checkpoint = await openCheckpoint(
      await write({ ...contents, state: new Map([['numbers', numbers]]) }),
    );
    const read = (await checkpoint.readState()).get('numbers');
    expect(read).toBeInstanceOf(Float64Array);
    // As bytes: number by number, it would take a hundred times as long.
    const bytes = littleEndianBytes(read as Float64Array);
    expect(Buffer.compare(bytes, littleEndianBytes(numbers))).toBe(0);
    await checkpoint.close();
  });

  test('is refused when it is cut, wherever', async () => {
    const whole = await readFile(await write());
    for (let length = 0; length < whole.byteLength; length++) {
      await writeFile(at('cut'), whole.subarray(0, length));
      await refusalOf(at('cut'));
    }
  });

  test('is refused when a bit of a byte has changed, whichever', async () => {
    const whole = await readFile(await write());
    for (let place = 0; place < whole.byteLength; place++) {
      const copy = Buffer.from(whole);
      copy[place] = (copy[place] ?? 0) ^ (1 << (place % 8));
      await writeFile(at('changed'), copy);
      await refusalOf(at('changed'));
    }
  });

  test('is no other safetensors file', async () => {
    const tensors = new Map([['0.weight', { shape: [1], values: Float32Array.of(1) }]]);
    await writeSafetensors(at('model'), tensors, {});
    expect((await refusalOf(at('model'))).message).toMatch(/a checkpoint of a training/);
    await writeSafetensors(at('model'), tensors, { 'layerwise.checkpoint': '{}' });
    expect((await refusalOf(at('model'))).message).toMatch(/checkpoint\.checksum.*the last 32/);
  });
});

test('JSON keeps the numbers that it has no words for', () => {
  const value = { a: [Number.NaN, -0, 0, 1.5], b: { c: Number.NEGATIVE_INFINITY, d: null } };
  expect(parseExactJson(exactJson(value))).toStrictEqual(value);
});
