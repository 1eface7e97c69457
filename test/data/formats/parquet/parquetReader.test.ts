import { readFileSync } from 'node:fs';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DataError, FileFormatError, LayerwiseError } from '../../../../lib/errors.js';
import { RandomStream } from '../../../../lib/random.js';
import { cellsIn, fixture, opened, recordsOf, temporaryFolder } from '../tables.js';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder.remove());

const json = (name: string) => JSON.parse(readFileSync(fixture(name), 'utf8'));

describe('a Parquet file', () => {
  test('has cells of all types that PyArrow writes', async () => {
    const wanted: Record<string, unknown[]> = json('types.json');
    const reader = await opened(fixture('types.parquet'));
    expect(reader.columns).toEqual(Object.keys(wanted));
    const records = await recordsOf(reader);
    for (const [place, name] of reader.columns.entries()) {
      const cells = records.map((record) => record[place]);
      const expected = wanted[name]?.map((cell) => (cell === 'Infinity' ? Infinity : cell));
      // Unsigned numbers of 64 bits are decimals, which are texts.
      if (name === 'uint64')
        expect(cells.map((cell) => cell && String(cell))).toEqual(['1', null, expected?.[2]]);
      else expect([name, ...cells]).toEqual([name, ...(expected ?? [])]);
    }
  });

  test('says what its columns hold', async () => {
    const reader = await opened(fixture('types.parquet'));
    const { columns, types = [] } = reader;
    await reader.close();
    const typeOf = Object.fromEntries(columns.map((name, place) => [name, types[place]]));
    expect(typeOf).toMatchObject({
      ...{ int8: 'integer', int64: 'integer', half: 'number', double: 'number' },
      ...{ boolean: 'boolean', text: 'text', words: 'text', day: 'date', time: 'text' },
      uint64: { type: 'decimal', precision: 20, scale: 0 },
      micros: { type: 'timestamp', unit: 'MICROS', isUtc: true },
      nanos: { type: 'timestamp', unit: 'NANOS', isUtc: false },
      large: { type: 'decimal', precision: 30, scale: 3 },
    });
  });

  test.each(['none', 'snappy', 'gzip', 'brotli', 'zstd', 'lz4', 'delta', 'lengths', 'dictionary'])(
    'is read page by page and group by group, %s',
    async (name) => {
      const wanted = (json('plain.json') as unknown[][]).map((row) =>
        row.map((cell) => (typeof cell === 'boolean' ? String(cell) : cell)),
      );
      expect(await cellsIn(fixture(`${name}.parquet`))).toEqual(wanted);
    },
  );

  test('counts its rows from 1, through all groups', async () => {
    const lines: number[] = [];
    for await (const batch of (await opened(fixture('zstd.parquet'))).batches()) {
      lines.push(batch.lineOf(0));
    }
    expect(lines).toEqual([1, 71, 141]);
  });

  test('has instants in 96 bits, of old writers', async () => {
    expect(await cellsIn(fixture('int96.parquet'))).toEqual([
      ['2024-01-02T03:04:05.000000001'],
      [null],
    ]);
  });

  test('is read where it is used alone', async () => {
    const isUsed = (name: string): boolean => name === 'word';
    const [, second] = await cellsIn(fixture('zstd.parquet'), { isUsed });
    expect(second).toEqual(['', '', '', 'green', '', '']);
  });

  test('with columns that hold more than a value is refused where these are used', async () => {
    const reading = opened(fixture('nested.parquet'));
    await expect(reading).rejects.toThrow(DataError);
    await expect(reading).rejects.toThrow(
      /nested\.parquet: expected columns of numbers.*received lists in the column 'tags'.*`ignore: \["tags"\]`/s,
    );
    const isUsed = (name: string): boolean => name === 'x';
    const reader = await opened(fixture('nested.parquet'), { isUsed });
    expect(reader.columns).toEqual(['x', 'tags', 'place', 'raw', 'y']);
    expect(await recordsOf(reader)).toEqual([
      [1, '', '', '', ''],
      [2, '', '', '', ''],
    ]);
    const all = await opened(fixture('nested.parquet'), { isUsed, readsAll: true });
    expect(await recordsOf(all)).toEqual([
      [1, 0.5],
      [2, 1.5],
    ]);
    expect(all.report.notices()).toEqual([
      "Column 'tags' holds lists: left out.",
      "Column 'place' holds structures: left out.",
      "Column 'raw' holds bytes: left out.",
    ]);
  });
});

describe('a file that is no whole Parquet file', () => {
  const whole = readFileSync(fixture('zstd.parquet'));

  test.each([
    ['empty', new Uint8Array(0), '0 bytes'],
    ['text', Buffer.from('a,b\n1,2\n3,4\n'), 'another kind of file'],
    ['cut', whole.subarray(0, whole.length - 100), 'a file without its end'],
    [
      'long',
      Buffer.concat([whole.subarray(0, -8), Buffer.from('ffffff7f50415231', 'hex')]),
      'a footer of 2147483647 bytes',
    ],
    ['shared', Buffer.concat([whole.subarray(0, -4), Buffer.from('PARE')]), 'an encrypted footer'],
  ])('is refused: %s', async (name, bytes, received) => {
    const reading = cellsIn(await folder.write(`${name}.parquet`, bytes));
    await expect(reading).rejects.toThrow(FileFormatError);
    await expect(reading).rejects.toThrow(`${name}.parquet`);
    await expect(reading).rejects.toThrow(received);
  });

  test('names the column that cannot be read', async () => {
    const damaged = Buffer.from(whole);
    damaged.fill(0xff, 4, 200);
    const reading = cellsIn(await folder.write('damaged.parquet', damaged));
    await expect(reading).rejects.toThrow(FileFormatError);
    await expect(reading).rejects.toThrow("damage in the column 'number'");
  });

  test('is packed in a way that is not known', async () => {
    const writer = new ByteWriter();
    const parquet = new ParquetWriter({
      writer,
      codec: 'LZO',
      compressors: { LZO: (bytes) => bytes },
      schema: [
        { name: 'root', num_children: 1 },
        { name: 'x', type: 'DOUBLE', repetition_type: 'REQUIRED' },
      ],
    });
    void parquet.write({ columnData: [{ name: 'x', data: [1, 2] }] });
    void parquet.finish();
    const reading = cellsIn(await folder.write('lzo.parquet', writer.getBytes()));
    await expect(reading).rejects.toThrow("received 'x' packed with LZO");
  });

  // A wrong byte is found, or is one of a value; it never ends the process nor asks for memory without end.
  test.each(['snappy', 'delta', 'lengths', 'dictionary', 'none'])(
    'is an error of ours, whichever bytes are wrong: %s',
    async (name) => {
      const bytes = readFileSync(fixture(`${name}.parquet`));
      const random = new RandomStream(7);
      for (let trial = 0; trial < 60; trial++) {
        const wrong = Buffer.from(bytes);
        const at = 4 + Math.floor(random.uniform() * (wrong.length - 8));
        const count = 1 + Math.floor(random.uniform() * 4);
        for (let index = at; index < Math.min(at + count, wrong.length - 4); index++) {
          wrong[index] = Math.floor(random.uniform() * 256);
        }
        const file = await folder.write('wrong.parquet', wrong);
        const error = await cellsIn(file, { readsAll: true, isUsed: () => false }).then(
          () => null,
          (thrown: unknown) => thrown,
        );
        if (error !== null) expect(error).toBeInstanceOf(LayerwiseError);
      }
    },
  );
});
