import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTable } from '../../../lib/data/formats/openTable.js';
import { openTableAt } from '../../../lib/data/formats/tableFiles.js';
import { ArgumentError, DataError, FileFormatError } from '../../../lib/errors.js';
import { allOf, chunksOf } from '../chunks.js';
import { cellsIn, opened, recordsOf, temporaryFolder } from './tables.js';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder.remove());

const lines = '{"a":1,"b":"x"}\n\n{"c":true,"b":null}\r\n{"a":-2.5e3,"__proto__":"p"}';

describe('JSON lines', () => {
  test('have the keys of all objects as columns, and null for what one lacks', async () => {
    const reader = await opened(await folder.write('rows.jsonl', lines));
    expect(reader.columns).toEqual(['a', 'b', 'c', '__proto__']);
    const places: number[] = [];
    const records = [];
    for await (const batch of reader.batches()) {
      records.push(...batch.records);
      places.push(...batch.records.map((_, record) => batch.lineOf(record)));
    }
    expect(records).toEqual([
      [1, 'x', null, null],
      [null, null, 'true', null],
      [-2500, null, null, 'p'],
    ]);
    expect(places).toEqual([1, 3, 4]);
  });

  test('are told by their endings or by what they begin with, packed or not', async () => {
    const wanted = [[1], [2]];
    const text = '{"a":1}\n{"a":2}\n';
    for (const [name, content] of [
      ['rows.ndjson', text],
      ['rows.jsonl.gz', gzipSync(text)],
      ['rows.export', `\ufeff${text}`],
      ['rows.json', text],
    ] as const) {
      expect(await cellsIn(await folder.write(name, content))).toEqual(wanted);
    }
    expect((await opened(await folder.write('rows.csv', '{"a"}\n1\n'))).columns).toEqual(['{"a"}']);
  });

  test.each([
    ['{"a":1}\n{"a":2', ':2: expected a JSON object in each line'],
    ['{"a":1}\n17\n', ':2: expected a JSON object in each line, received 17'],
    [
      '[{"a":1},\n{"a":2}]',
      ":1: expected a JSON object in each line, received the beginning of an array.*jq -c '",
    ],
    [
      '{"a":1}\n{"a":[1]}\n',
      ":2: expected a text, a number, true, false or null for 'a', received an array",
    ],
    ['{"a":1}\n{"a":{}}\n', ':2: .*`ignore: \\["a"\\]`'],
  ])('are refused where they are none: %j', async (text, message) => {
    const reading = cellsIn(await folder.write('wrong.jsonl', text));
    await expect(reading).rejects.toThrow(DataError);
    await expect(reading).rejects.toThrow(new RegExp(message, 's'));
  });

  test.each(['', '\n\n', '{}\n'])('are none without a key: %j', async (text) => {
    const reading = cellsIn(await folder.write('empty.jsonl', text));
    await expect(reading).rejects.toThrow(FileFormatError);
  });

  test('are left out where that is asked for, and counted', async () => {
    const file = await folder.write('bad.jsonl', '{"a":1}\n{"a":\n[]\n{"a":4}\n');
    const reader = await opened(file, { skipBadLines: true });
    expect(await recordsOf(reader)).toEqual([[1], [4]]);
    expect(reader.report.notices()).toEqual([
      '2 lines are left out, as asked for with `skipBadLines`: line 2 (no JSON object), line 3 (no JSON object).',
    ]);
  });

  test('keep what is nested where it is written again', async () => {
    const file = await folder.write('nested.jsonl', '{"a":1,"tags":["x"]}\n');
    const isUsed = (name: string): boolean => name === 'a';
    const reader = await opened(file, { isUsed, readsAll: true });
    const [batch] = await allOf(reader.batches());
    expect(batch?.records).toEqual([[1, '["x"]']]);
    expect(batch?.objects).toEqual([{ a: 1, tags: ['x'] }]);
  });

  test('of a stream have the keys that come first, and no others', async () => {
    const stream = (text: string) =>
      openTable({ name: 'stdin', path: null, read: () => chunksOf(text, 20) }, {});
    expect(await recordsOf(await stream('{"a":1}\n{"b":2}\n{"a":3}\n'))).toEqual([
      [1, null],
      [null, 2],
      [3, null],
    ]);
    const late = recordsOf(await stream(`${'{"a":1}\n'.repeat(9)}{"z":2}\n`));
    await expect(late).rejects.toThrow(/stdin:10: expected the keys.*received 'z' besides/s);
  });

  test('have no options of fields between delimiters', async () => {
    const file = await folder.write('options.jsonl', '{"a":1}\n');
    const given = { delimiter: ';' };
    const opening = openTableAt(file, {}, given, given);
    await expect(opening).rejects.toThrow(ArgumentError);
    await expect(opening).rejects.toThrow(
      'delimiter: expected no such option for a file of JSON lines',
    );
  });
});
