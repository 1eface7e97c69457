import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type IdxValues, looksLikeIdx, openIdx, readIdx } from '../../lib/data/idx.js';
import {
  inputsOfItems,
  parseIdxSchema,
  requireFiniteItems,
  scalingOfValues,
} from '../../lib/data/idxSchema.js';
import { rowSource } from '../../lib/data/matrix.js';
import { DataError, FileFormatError } from '../../lib/errors.js';
import { chunksOf, rejectionOf } from './chunks.js';

function header(code: number, dimensions: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 + 4 * dimensions.length);
  bytes.set([0, 0, code, dimensions.length]);
  for (const [index, size] of dimensions.entries()) bytes.writeUInt32BE(size, 4 + 4 * index);
  return bytes;
}

async function read(bytes: Uint8Array, chunkSize?: number): Promise<IdxValues> {
  return readIdx(await openIdx(chunksOf(bytes, chunkSize), 'images'));
}

const write = {
  9: (buffer: Buffer, value: number, at: number) => buffer.writeInt8(value, at),
  11: (buffer: Buffer, value: number, at: number) => buffer.writeInt16BE(value, at * 2),
  12: (buffer: Buffer, value: number, at: number) => buffer.writeInt32BE(value, at * 4),
  13: (buffer: Buffer, value: number, at: number) => buffer.writeFloatBE(value, at * 4),
  14: (buffer: Buffer, value: number, at: number) => buffer.writeDoubleBE(value, at * 8),
};

describe('openIdx', () => {
  test('closes a file that it refuses', async () => {
    for (const bytes of [
      Buffer.from('a,b,c\n1,2,3\n'),
      header(8, [0, 3]),
      header(8, [5]).subarray(0, 6),
    ]) {
      const chunks = chunksOf(Buffer.concat([bytes, Buffer.alloc(9)]), bytes.length);
      await rejectionOf(openIdx(chunks, 'images'));
      expect(await chunks.next()).toEqual({ done: true, value: undefined });
    }
  });

  test('reads images of bytes, whatever the chunks', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 5 }),
        fc.uint8Array({ minLength: 6, maxLength: 60 }),
        fc.integer({ min: 1, max: 70 }),
        async (items, pixels, chunkSize) => {
          const columns = Math.floor(pixels.length / items);
          const values = pixels.subarray(0, items * columns);
          const bytes = Buffer.concat([header(8, [items, 1, columns]), values]);
          const reader = await openIdx(chunksOf(bytes, chunkSize), 'images');
          expect(reader).toMatchObject({ type: 'uint8', items, itemSize: columns });
          expect([...(await readIdx(reader))]).toEqual([...values]);
        },
      ),
    );
  });

  test.each([
    [9, 1, [-128, 0, 127, 5]],
    [11, 2, [-30000, 0, 256, 5]],
    [12, 4, [-100000, 0, 65536, 5]],
    [13, 4, [-1.5, 0, 3.25, 5]],
    [14, 8, [-1.5, 0, 0.1, 1e100]],
  ] as const)('reads values of type %i', async (code, size, values) => {
    const body = Buffer.alloc(values.length * size);
    for (const [index, value] of values.entries()) write[code](body, value, index);
    const read4 = await read(Buffer.concat([header(code, [2, 2]), body]), 3);
    expect([...read4]).toEqual([...values]);
  });

  test('gives whole items in batches', async () => {
    const bytes = Buffer.concat([header(8, [5, 2]), Buffer.from([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])]);
    const reader = await openIdx(chunksOf(bytes, 3), 'images');
    const batches: number[][] = [];
    for await (const batch of reader.batches(2)) batches.push([...batch]);
    expect(batches).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6, 7],
      [8, 9],
    ]);
  });

  test.each([
    ['nothing', Buffer.alloc(0), 'expected an IDX file'],
    ['other bytes', Buffer.from('a,b\n1,2\n'), 'expected an IDX file'],
    ['an unknown type', header(7, [1]), 'expected an IDX file'],
    ['no dimensions', header(8, []), 'expected an IDX file'],
    ['nine dimensions', header(8, Array(9).fill(1)), '1 to 8 dimensions'],
    ['a header that is cut off', header(8, [3, 28, 28]).subarray(0, 9), 'whole header'],
    ['no items', header(8, [0, 28]), 'at least one item'],
    [
      'a giant item',
      Buffer.concat([header(8, [1, 2 ** 31, 2 ** 31]), Buffer.alloc(9)]),
      'at most 16777216 values',
    ],
    [
      'a lie about the items',
      Buffer.concat([header(8, [2 ** 32 - 1, 4]), Buffer.alloc(9)]),
      'received 2: the file is cut off',
    ],
    [
      'too few bytes',
      Buffer.concat([header(8, [3, 2]), Buffer.alloc(5)]),
      'expected 3 items, as its header says, received 2',
    ],
    [
      'too many bytes',
      Buffer.concat([header(8, [3, 2]), Buffer.alloc(7)]),
      'more bytes behind them',
    ],
  ])('refuses %s', async (_, bytes, message) => {
    const error = await rejectionOf(read(bytes));
    expect(error).toBeInstanceOf(FileFormatError);
    expect(error.message).toContain(message);
  });

  test('never does worse than an error, whatever the bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 40 }), fc.boolean(), async (bytes, isIdx) => {
        if (isIdx) bytes.set([0, 0, 8].slice(0, bytes.length));
        await read(bytes).catch((error) => expect(error).toBeInstanceOf(FileFormatError));
      }),
    );
  });

  test('knows its files by their first bytes', () => {
    expect(looksLikeIdx(header(8, [1]))).toBe(true);
    expect(looksLikeIdx(Buffer.from('a,b'))).toBe(false);
    expect(looksLikeIdx(Buffer.alloc(0))).toBe(false);
  });
});

describe('scalingOfValues', () => {
  const scalingOf = (values: IdxValues) => scalingOfValues(values, 'a.idx');

  test('brings bytes to 0...1 and standardises everything else', () => {
    expect(scalingOf(Uint8Array.of(1, 2))).toEqual({ scale: 1 / 255, offset: 0 });
    expect(scalingOf(Float32Array.of(1, 3))).toEqual({ scale: 1, offset: -2 });
    expect(scalingOf(Int16Array.of(4, 4))).toEqual({ scale: 1, offset: -4 });
  });

  test.each([
    ['integers near 2^31', Int32Array.of(2 ** 31 - 1, 2 ** 31 - 3, 2 ** 31 - 2, 2 ** 31 - 2)],
    ['negative ones', Int32Array.of(-(2 ** 31), -(2 ** 31) + 2, -(2 ** 31) + 1, -(2 ** 31) + 1)],
    ['doubles near 2^50', Float64Array.of(2 ** 50, 2 ** 50 + 2, 2 ** 50 + 1, 2 ** 50 + 1)],
    ['floats near 2^23', Float32Array.of(2 ** 23, 2 ** 23 + 2, 2 ** 23 + 1, 2 ** 23 + 1)],
  ])('keeps the differences of %s', (_, values) => {
    const scaling = scalingOf(values);
    const source = rowSource(inputsOfItems(values, 2, scaling), 2, 'inputs');
    const scaled = Array.from(source.slice(0, 2), (value) => value * source.scale + source.offset);
    const [first = 0, second = 0, third = 0] = scaled;
    expect(Math.abs(first - second)).toBeCloseTo(2 * Math.SQRT2, 5);
    expect(third).toBeCloseTo(0, 5);
    const schema = { kind: 'idx', valueType: 'int32', shape: [2], ...scaling, classes: null };
    expect(parseIdxSchema(JSON.parse(JSON.stringify(schema)), 'model')).toEqual(schema);
  });

  test('refuses a spread that no number holds', () => {
    expect(() => scalingOf(Float64Array.of(1e300, -1e300))).toThrow(/^a\.idx: expected values/);
  });
});

describe('requireFiniteItems', () => {
  const reader = { path: 'a.idx', dimensions: [4, 2, 3], itemSize: 6 };

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'names file and item of %d',
    (value) => {
      const values = new Float32Array(24).fill(1);
      values[16] = value;
      expect(() => requireFiniteItems(values, reader)).toThrow(
        `a.idx[2][1][1]: expected a finite number of ordinary size, received ${value}. Correct item 2`,
      );
      expect(() => requireFiniteItems(values, reader, undefined, 100)).toThrow('a.idx[102][1][1]');
      expect(() => requireFiniteItems(Float64Array.from(values), reader)).toThrow(DataError);
    },
  );

  test('names what is too large once it is scaled', () => {
    const values = new Float64Array(24);
    values[7] = 1e300;
    const scaling = { scale: 2, offset: 1 };
    expect(() => requireFiniteItems(values, reader, scaling)).toThrow(/^a\.idx\[1\]\[0\]\[1\]: /);
    values[7] = 1e38;
    requireFiniteItems(values, reader, scaling);
    requireFiniteItems(Int32Array.of(2 ** 31 - 1), reader);
  });
});
