import { mkdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatNamed } from '../../../lib/data/formats/openTable.js';
import { tableSize } from '../../../lib/data/formats/tableFolder.js';
import { DataError, FileFormatError } from '../../../lib/errors.js';
import { cellsIn, opened, temporaryFolder } from './tables.js';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let table = '';
let number = 0;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder.remove());

async function tableOf(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const name = `table ${number++}`;
  await mkdir(folder.path(name));
  for (const [file, content] of Object.entries(files)) {
    const parents = file.split('/').slice(0, -1);
    for (const [depth] of parents.entries()) {
      const parent = folder.path(`${name}/${parents.slice(0, depth + 1).join('/')}`);
      await mkdir(parent).catch(() => {});
    }
    await folder.write(`${name}/${file}`, content);
  }
  return folder.path(name);
}

async function parquet(values: readonly number[], name = 'x'): Promise<Uint8Array> {
  const columns = [{ name, type: 'number' as const }];
  const options = { columns, delimiter: null, escapeFormulas: false };
  const writer = await formatNamed('parquet').write(options);
  const records = values.map((value) => [value]);
  const pieces = [writer.head(), writer.rows({ records }), writer.end()];
  return Buffer.concat(pieces.map((piece) => Buffer.from(piece)));
}

describe('a folder of files', () => {
  test('is one table, with columns of the names of its folders', async () => {
    table = await tableOf({
      'year=2023/kind=a%20b/part-0.parquet': await parquet([1, 2]),
      'year=2024/kind=__HIVE_DEFAULT_PARTITION__/part-0.parquet': await parquet([3]),
      'year=2024/kind=c/part-1.parquet': await parquet([4]),
      _SUCCESS: '',
      '.part.crc': 'x',
      'notes.md': '# Notes',
    });
    const reader = await opened(table);
    expect(reader.columns).toEqual(['x', 'year', 'kind']);
    expect(reader.types).toEqual(['number', undefined, undefined]);
    expect(await cellsIn(table)).toEqual([
      [1, '2023', 'a b'],
      [2, '2023', 'a b'],
      [3, '2024', null],
      [4, '2024', 'c'],
    ]);
    await reader.close();
    const sizes = [await parquet([1, 2]), await parquet([3]), await parquet([4])];
    expect(await tableSize(table)).toBe(Buffer.concat(sizes).length);
  });

  test('is a table of any kind, whose columns may come in another order', async () => {
    expect(await cellsIn(await tableOf({ 'a.csv': 'x,y\n1,2\n', 'b.csv': 'y,x\n4,3\n' }))).toEqual([
      ['1', '2'],
      ['3', '4'],
    ]);
    const lines = await tableOf({ 'a.jsonl': '{"x":1}\n', 'b.jsonl': '{"y":2}\n' });
    expect(await cellsIn(lines)).toEqual([
      [1, null],
      [null, 2],
    ]);
  });

  test('has the places of its rows in their own files', async () => {
    const reader = await opened(await tableOf({ 'a.csv': 'x\n1\n2\n', 'b.csv': 'x\n3\n4\n' }));
    const lines: number[] = [];
    for await (const batch of reader.batches()) {
      for (const record of batch.records.keys()) lines.push(batch.lineOf(record));
    }
    const last = new DataError({ path: `${reader.path}:${lines[3]}`, expected: '', received: '' });
    expect(reader.placed?.(last)).toMatchObject({ path: expect.stringMatching(/b\.csv:3$/) });
    const other = new Error('another one');
    expect(reader.placed?.(other)).toBe(other);
  });

  test.each([
    [{ 'notes.md': '' }, FileFormatError, 'received none in it'],
    [
      { 'a.csv': 'x\n1\n', 'b.jsonl': '{"x":1}\n' },
      FileFormatError,
      /received '.*a\.csv' and '.*b\.jsonl'/,
    ],
    [
      { 'a.csv': 'x\n1\n', 'b.csv': 'z\n1\n' },
      DataError,
      /b\.csv: expected the columns of .*a\.csv, received a file without 'x' and with 'z'/,
    ],
    [
      { 'k=1/a.csv': 'x\n1\n', 'b.csv': 'x\n1\n' },
      DataError,
      /expected folders that name the same columns/,
    ],
  ])('is refused where it is no table: %j', async (files, Class, message) => {
    const reading = cellsIn(await tableOf(files));
    await expect(reading).rejects.toThrow(Class);
    await expect(reading).rejects.toThrow(message);
  });
});
