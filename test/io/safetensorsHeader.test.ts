import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FileFormatError } from '../../lib/index.js';
import { encodeSafetensors, type FloatTensor } from '../../lib/io/safetensors.js';
import {
  lengthBytes,
  maximumHeaderBytes,
  parseHeader,
  parseHeaderLength,
} from '../../lib/io/safetensorsHeader.js';

const parse = (header: string | Uint8Array, dataBytes = 0) =>
  parseHeader(
    typeof header === 'string' ? Buffer.from(header) : header,
    dataBytes,
    'm.safetensors',
  );

/** Parses whole file contents as `openSafetensors` does. */
function parseBytes(bytes: Uint8Array) {
  const length = parseHeaderLength(bytes, bytes.byteLength, 'm.safetensors');
  const dataStart = lengthBytes + length;
  const header = bytes.subarray(lengthBytes, dataStart);
  return { dataStart, ...parseHeader(header, bytes.byteLength - dataStart, 'm.safetensors') };
}

const tensorArbitrary: fc.Arbitrary<FloatTensor> = fc
  .array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 })
  .chain((shape) => {
    const length = shape.reduce((product, size) => product * size, 1);
    return fc
      .float32Array({ minLength: length, maxLength: length })
      .map((values) => ({ shape, values }));
  });
const nameArbitrary = fc
  .string({ unit: 'binary', maxLength: 12 })
  .filter((name) => name !== '__metadata__' && Buffer.from(name).toString() === name);
const fileArbitrary = fc.record({
  tensors: fc
    .array(fc.tuple(nameArbitrary, tensorArbitrary), { maxLength: 5 })
    .map((entries) => new Map(entries)),
  metadata: fc.dictionary(nameArbitrary, fc.string({ unit: 'grapheme' }), { maxKeys: 4 }),
});

const encode = (tensors: ReadonlyMap<string, FloatTensor>, metadata: Record<string, string>) =>
  Buffer.concat([...encodeSafetensors(tensors, metadata)]);

describe('the header of safetensors', () => {
  test('comes back as it was written, with aligned data', () => {
    fc.assert(
      fc.property(fileArbitrary, ({ tensors, metadata }) => {
        const bytes = encode(tensors, metadata);
        const parsed = parseBytes(bytes);
        expect(parsed.dataStart % 8).toBe(0);
        expect([...parsed.metadata].sort()).toEqual(Object.entries(metadata).sort());
        expect([...parsed.tensors.keys()]).toEqual([...tensors.keys()]);
        for (const [name, { shape, values }] of tensors) {
          const entry = parsed.tensors.get(name);
          expect(entry?.shape).toEqual(shape);
          const start = parsed.dataStart + (entry?.start ?? 0);
          const end = parsed.dataStart + (entry?.end ?? 0);
          const written = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
          expect(bytes.subarray(start, end).equals(written)).toBe(true);
        }
      }),
    );
  });

  test('gives a FileFormatError or a valid result for damaged bytes', () => {
    const damage = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(
        fileArbitrary,
        damage,
        fc.option(fc.nat()),
        ({ tensors, metadata }, edits, cut) => {
          const bytes = encode(tensors, metadata);
          for (const [at, value] of edits) bytes[at % bytes.length] = value;
          const kept = cut === null ? bytes : bytes.subarray(0, cut % bytes.length);
          expectErrorOrValid(kept);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('gives a FileFormatError or a valid result for any text', () => {
    const word = fc.constantFrom(
      ...['{', '}', '[', ']', ':', ',', '"a"', '"dtype"', '"shape"', '"data_offsets"', '"F32"'],
      ...['0', '4', '1e9', '-1', ' ', '"__metadata__"', '"\\u00"', '9007199254740993', 'null'],
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 30 }), fc.nat({ max: 16 }), (words, dataBytes) => {
        const header = Buffer.from(words.join(''));
        const prefix = Buffer.alloc(lengthBytes);
        prefix.writeBigUInt64LE(BigInt(header.length));
        expectErrorOrValid(Buffer.concat([prefix, header, Buffer.alloc(dataBytes)]));
      }),
      { numRuns: 1000 },
    );
  });

  function expectErrorOrValid(bytes: Uint8Array): void {
    try {
      const { tensors, dataStart } = parseBytes(bytes);
      let end = 0;
      for (const entry of tensors.values()) {
        expect(entry.start).toBeGreaterThanOrEqual(0);
        expect(entry.end).toBeLessThanOrEqual(bytes.byteLength - dataStart);
        end = Math.max(end, entry.end);
      }
      expect(end).toBe(bytes.byteLength - dataStart);
    } catch (error) {
      if (!(error instanceof FileFormatError)) throw error;
      expect(error.path).toMatch(/^m\.safetensors/);
    }
  }

  const entry = (shape: string, offsets: string, dtype = 'F32') =>
    `{"dtype":"${dtype}","shape":${shape},"data_offsets":${offsets}}`;

  test('may hold blanks, escapes and no tensors', () => {
    expect(parse('{}').tensors.size).toBe(0);
    expect(parse(' { } \n ').tensors.size).toBe(0);
    const { tensors, metadata } = parse(
      `{ "__metadata__" : { "k" : "\\u00e9\\n" } , "a\\"b" : ${entry('[ 1 , 2 ]', '[ 0 , 8 ]')} }  `,
      8,
    );
    expect(metadata.get('k')).toBe('é\n');
    expect(tensors.get('a"b')).toEqual({ dtype: 'F32', shape: [1, 2], start: 0, end: 8 });
  });

  test('keeps hostile names as plain keys', () => {
    const { tensors } = parse(`{"__proto__":${entry('[1]', '[0,4]')}}`, 4);
    expect([...tensors.keys()]).toEqual(['__proto__']);
  });

  test('takes tensors in any order, empty ones too', () => {
    const header = `{"b":${entry('[1]', '[4,8]')},"e":${entry('[0]', '[4,4]')},"a":${entry('[]', '[0,4]')}}`;
    expect(parse(header, 8).tensors.size).toBe(3);
  });

  test.each([
    ['an overlap', `{"a":${entry('[2]', '[0,8]')},"b":${entry('[2]', '[4,12]')}}`, 12],
    [
      'two tensors on the same bytes',
      `{"a":${entry('[1]', '[0,4]')},"b":${entry('[1]', '[0,4]')}}`,
      4,
    ],
    ['a gap', `{"a":${entry('[1]', '[0,4]')},"b":${entry('[1]', '[8,12]')}}`, 12],
    ['a gap at the start', `{"a":${entry('[1]', '[4,8]')}}`, 8],
    ['data cut off', `{"a":${entry('[2]', '[0,8]')}}`, 7],
    ['trailing data', `{"a":${entry('[1]', '[0,4]')}}`, 5],
    ['data without tensors', '{}', 1],
    ['a shape that does not fit', `{"a":${entry('[3]', '[0,8]')}}`, 8],
    ['a shape that overflows', `{"a":${entry('[4294967296,4294967296,0]', '[0,0]')}}`, 0],
    ['offsets the wrong way round', `{"a":${entry('[1]', '[4,0]')}}`, 4],
    ['one offset', `{"a":${entry('[1]', '[4]')}}`, 4],
    ['three offsets', `{"a":${entry('[1]', '[0,4,4]')}}`, 4],
    ['a negative offset', `{"a":${entry('[1]', '[-4,0]')}}`, 4],
    ['a fraction', `{"a":${entry('[1.0]', '[0,4]')}}`, 4],
    ['an exponent', `{"a":${entry('[1e0]', '[0,4]')}}`, 4],
    ['a leading zero', `{"a":${entry('[01]', '[0,4]')}}`, 4],
    ['a number past 2^53', `{"a":${entry('[1]', '[0,9007199254740993]')}}`, 4],
    ['a very long number', `{"a":${entry('[1]', `[0,${'9'.repeat(400)}]`)}}`, 4],
    ['an unknown dtype', `{"a":${entry('[1]', '[0,4]', 'F31')}}`, 4],
    ['a dtype of Object.prototype', `{"a":${entry('[1]', '[0,4]', 'toString')}}`, 4],
    ['a missing dtype', '{"a":{"shape":[1],"data_offsets":[0,4]}}', 4],
    ['an unknown key', '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1}}', 4],
    ['a tensor twice', `{"a":${entry('[1]', '[0,4]')},"a":${entry('[1]', '[4,8]')}}`, 8],
    ['a key twice', '{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}', 4],
    ['metadata that is no text', '{"__metadata__":{"a":1}}', 0],
    ['nested metadata', '{"__metadata__":{"a":{}}}', 0],
    ['a trailing comma', '{"__metadata__":{},}', 0],
    ['more after the end', '{}{}', 0],
    ['an array', '[]', 0],
    ['nothing', '', 0],
    ['an open string', '{"a', 0],
    ['a control character', '{"\u0001":{}}', 0],
    ['a wrong escape', '{"\\x":{}}', 0],
    ['deep nesting', '{"a":'.repeat(100_000), 0],
    ['deep arrays', `{"a":{"shape":${'['.repeat(100_000)}`, 0],
  ])('refuses %s', (_, header, dataBytes) => {
    expect(() => parse(header, dataBytes)).toThrow(FileFormatError);
  });

  test('refuses bytes that are not UTF-8, and a byte order mark', () => {
    expect(() => parse(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x7d))).toThrow(/UTF-8/);
    expect(() => parse(Uint8Array.of(0xef, 0xbb, 0xbf, 0x7b, 0x7d))).toThrow(FileFormatError);
  });

  test('names the tensor', () => {
    const header = `{"0.weight":${entry('[3]', '[0,8]')}}`;
    expect(() => parse(header, 8)).toThrow(
      "m.safetensors: tensor '0.weight': expected 12 bytes for F32 of shape [3], received 8 bytes.",
    );
  });
});

describe('the length of the header', () => {
  const lengthOf = (length: bigint, fileBytes: number) => {
    const prefix = Buffer.alloc(8);
    prefix.writeBigUInt64LE(length);
    return parseHeaderLength(prefix, fileBytes, 'm.safetensors');
  };

  test('may take the rest of the file and no more', () => {
    expect(lengthOf(92n, 100)).toBe(92);
    expect(() => lengthOf(93n, 100)).toThrow(/a file that ends after 92/);
  });

  test('is bounded, whatever the size of the file', () => {
    expect(() => lengthOf(2n ** 64n - 1n, 2 ** 50)).toThrow(
      /at most 33554432 .*no safetensors file\.$/,
    );
    expect(() => lengthOf(BigInt(maximumHeaderBytes) + 1n, 2 ** 50)).toThrow(FileFormatError);
  });

  test('needs eight bytes', () => {
    expect(() => parseHeaderLength(new Uint8Array(7), 7, 'm')).toThrow(/8 bytes/);
    expect(() => parseHeaderLength(new Uint8Array(0), 0, 'm')).toThrow(FileFormatError);
  });
});
