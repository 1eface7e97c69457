import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FileFormatError, load, readIdxFile } from '../lib/index.js';
import { maximumHeaderBytes } from '../lib/io/safetensorsHeader.js';
import { readStudy } from '../lib/search/index.js';
import { layerwise } from './cli/process.js';

/** What SECURITY.md promises of files that were made to do harm, from the file to the public function. */

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'layerwise-'));
});
afterEach(async () => {
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect({}).not.toHaveProperty('polluted');
  await rm(folder, { recursive: true, force: true });
});

/** A file is only ever read: nothing is made beside it. */
async function refusalOf(read: (path: string) => Promise<unknown>, bytes: Uint8Array) {
  const path = join(folder, 'file');
  await writeFile(path, bytes);
  const error: unknown = await read(path).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(FileFormatError);
  expect(await readdir(folder)).toEqual(['file']);
  return error as FileFormatError;
}

const nested = (depth: number, open: string, close: string, core: string): string =>
  `${open.repeat(depth)}${core}${close.repeat(depth)}`;

describe('a model', () => {
  const layers = '[{"type":"activation","activation":"relu"}]';

  /** Any header, whatever length it claims. */
  function fileWith(header: string, claimed?: bigint): Buffer {
    const json = Buffer.from(header);
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(claimed ?? BigInt(json.byteLength));
    return Buffer.concat([length, json]);
  }

  const record = (change: { layers?: string; annotations?: string; more?: string }): Buffer => {
    const spec = `{"inputSize":2,"seed":0,"layers":${change.layers ?? layers}}`;
    const annotations = change.annotations ?? '{}';
    const json = `{"version":1,"kind":"sequential","spec":${spec},"annotations":${annotations}${change.more ?? ''}}`;
    return fileWith(`{"__metadata__":{"layerwise":${JSON.stringify(json)}}}`);
  };

  test.each<[what: string, file: Buffer, message: RegExp]>([
    ['a length of 2^64 - 1', fileWith('{}', 2n ** 64n - 1n), /at most 33554432 bytes/],
    ['a length above the limit', fileWith('{}', BigInt(maximumHeaderBytes) + 1n), /33554433 bytes/],
    ['a length above the file', fileWith('{}', 3n), /ends after 2/],
    [
      'a tensor of 2^52 bytes',
      fileWith(`{"0.weight":{"dtype":"F32","shape":[${2 ** 50}],"data_offsets":[0,${2 ** 52}]}}`),
      /cut off/,
    ],
    ['other names', record({ more: ',"__proto__":{"polluted":1}' }), /__proto__: expected one of/],
    ['other names of layers', record({ layers: '[{"type":"__proto__"}]' }), /layers\[0\]\.type/],
    ['too many layers', record({ layers: `[${'{},'.repeat(10_000)}{}]` }), /at most 10000 layers/],
    [
      'deep layers',
      record({ layers: nested(100_000, '[{"type":"residual","layers":', '}]', '[]') }),
      /at most 10 residual blocks/,
    ],
    [
      'deep annotations',
      record({ annotations: `{"a":${nested(100_000, '[', ']', '1')}}` }),
      /at most 100 levels/,
    ],
    [
      'units that no memory holds',
      record({ layers: '[{"type":"dense","units":16777216}]' }),
      /tensor '0\.weight': .*no such tensor/,
    ],
  ])('of %s is refused', async (_, file, message) => {
    expect((await refusalOf(load, file)).message).toMatch(message);
  });

  test.each([
    '../../escaped',
    '/etc/passwd',
    'C:\\escaped',
    '\\\\host\\escaped',
    'file:///escaped',
  ])('takes the name of a tensor for no path: %s', async (name) => {
    const json = `{"version":1,"kind":"sequential","spec":{"inputSize":2,"seed":0,"layers":${layers}}}`;
    const metadata = `"__metadata__":{"layerwise":${JSON.stringify(json)}}`;
    const tensor = '{"dtype":"F32","shape":[0],"data_offsets":[0,0]}';
    const file = fileWith(`{${metadata},${JSON.stringify(name)}:${tensor}}`);
    expect((await refusalOf(load, file)).path).toContain(`tensor '${name}'`);
  });

  test('keeps keys of its annotations as data', async () => {
    const path = join(folder, 'model');
    const annotations = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}';
    await writeFile(path, record({ annotations }));
    expect(JSON.stringify((await load(path)).annotations)).toBe(annotations);
  });
});

describe('a journal', () => {
  const space = '{"x":{"type":"float","low":0,"high":1,"log":false}}';
  const first = '{"type":"study","format":1,"direction":"minimize","seed":0,"space":';

  test.each<[what: string, text: string, message: RegExp]>([
    ['a deep space', `${first}${nested(100_000, '{"a":', '}', '{}')}}\n`, /at most 100 levels/],
    ['keys of prototypes', `${first}${space},"__proto__":{"polluted":1}}\n`, /'__proto__'/],
    ['a space of prototypes', `${first}{"__proto__":1}}\n`, /space\.__proto__/],
    [
      'deep events',
      `${first}${space}}\n${nested(1_000_000, '[', ']', '')}\n`,
      /an event of a study/,
    ],
    ['events of prototypes', `${first}${space}}\n{"__proto__":{"type":"asked"}}\n`, /file:2/],
    ['no line end', first.repeat(10_000), /the journal of a study/],
  ])('of %s is refused', async (_, text, message) => {
    expect((await refusalOf(readStudy, Buffer.from(text))).message).toMatch(message);
  });
});

describe('an IDX file', () => {
  const header = (...sizes: number[]): Buffer => {
    const file = Buffer.alloc(4 + 4 * sizes.length);
    file.set([0, 0, 8, sizes.length]);
    sizes.forEach((size, index) => {
      file.writeUInt32BE(size, 4 + 4 * index);
    });
    return file;
  };
  const most = 2 ** 32 - 1;

  test.each<[what: string, file: Buffer, message: RegExp]>([
    ['2^32 - 1 items that are not there', header(most, 28, 28), /cut off/],
    ['items of 2^64 values', header(1, most, most), /at most 16777216 values in each/],
    ['200 dimensions', header(...Array<number>(200).fill(1)), /1 to 8 dimensions/],
  ])('of %s is refused', async (_, file, message) => {
    expect((await refusalOf(readIdxFile, file)).message).toMatch(message);
  });
});

test('a table may name columns and classes as prototypes do', async () => {
  const data = join(folder, 'data.csv');
  const rows = Array.from({ length: 24 }, (_, row) =>
    [row % 2, row % 3, row % 2 === 0 ? '__proto__' : 'constructor'].join(),
  );
  await writeFile(data, `__proto__,toString,constructor\n${rows.join('\n')}\n`);
  const model = join(folder, 'model');
  const words = ['train', data, '--target', 'constructor', '--epochs', '60', '--out', model];
  expect(await layerwise(words)).toMatchObject({ code: 0 });
  const { stdout } = await layerwise(['predict', model, data]);
  const [names, first] = stdout.split('\n');
  expect(names).toBe(
    '__proto__,toString,constructor,prediction,probability___proto__,probability_constructor',
  );
  expect(first).toMatch(/^0,0,__proto__,(__proto__|constructor),/);
});

test('a space of a search may hold neither code nor prototypes', async () => {
  const data = join(folder, 'data.csv');
  await writeFile(data, 'x,y\n1,2\n2,4\n3,6\n');
  const space = join(folder, 'space.json');
  for (const [text, message] of [
    ['{"__proto__":{"units":1}}', '__proto__'],
    [`{"units":${nested(100_000, '[', ']', '1')}}`, 'units'],
    ['{"units":process.exit(7)}', 'expected JSON'],
    [`${' '.repeat(2 ** 24)}{}`, 'at most 16777216 bytes'],
  ] as const) {
    await writeFile(space, text);
    const words = ['search', data, '--target', 'y', '--space', space, '--trials', '1'];
    const { code, stderr } = await layerwise(words);
    expect([text.slice(0, 20), code]).toEqual([text.slice(0, 20), 2]);
    expect(stderr).toContain(message);
  }
});
