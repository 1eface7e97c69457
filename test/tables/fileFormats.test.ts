import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatNamed } from '../../lib/data/formats/openTable.js';
import { ArgumentError } from '../../lib/index.js';
import { inferSchema, readTable, tableModel } from '../../lib/tables/index.js';
import { temporaryFolder } from '../data/formats/tables.js';

/** One table as CSV, Parquet and JSON lines: to a model, it is the same. */

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const formats = ['csv', 'parquet', 'jsonl'] as const;
const columns = [
  { name: 'speed', type: 'number' },
  { name: 'colour', type: 'text' },
  { name: 'hot', type: 'boolean' },
  { name: 'day', type: 'date' },
  { name: 'count', type: 'integer' },
  { name: 'power', type: 'number' },
] as const;
const records = Array.from({ length: 90 }, (_, row) => [
  row % 9 === 0 ? null : (row * 37) % 11,
  row % 13 === 0 ? null : (['red', 'green', 'blue'][row % 3] ?? ''),
  String(row % 2 === 0),
  `2024-0${1 + (row % 9)}-11`,
  (row * 7) % 17,
  ((row * 37) % 11) / 4 + (row % 2),
]);

beforeAll(async () => {
  folder = await temporaryFolder();
  for (const name of formats) {
    const options = { columns, delimiter: null, escapeFormulas: false };
    const writer = await formatNamed(name).write(options);
    const pieces = [writer.head(), writer.rows({ records }), writer.end()];
    await folder.write(`pumps.${name}`, Buffer.concat(pieces.map((piece) => Buffer.from(piece))));
  }
});
afterAll(() => folder.remove());

/** Of a safetensors file, without its metadata, which names the file that was trained on. */
function tensorsOf(bytes: Buffer): string {
  return bytes.subarray(8 + Number(bytes.readBigUInt64LE())).toString('hex');
}

describe('a table', () => {
  test('has one schema and gives one model, in whatever kind of file it is', async () => {
    const found = [];
    for (const name of formats) {
      const file = folder.path(`pumps.${name}`);
      const { schema, rows, notices } = await inferSchema(file, { target: 'power' });
      const model = tableModel({ target: 'power', seed: 3 });
      await model.fit(file, { epochs: 2, validation: 0.2 });
      const saved = folder.path(`${name}.safetensors`);
      await model.save(saved);
      const { predictions } = await model.predict(file);
      found.push({ schema, rows, notices, predictions, weights: tensorsOf(await readFile(saved)) });
    }
    const [csv, parquet, lines] = found;
    expect(csv?.schema.columns).toHaveLength(5);
    expect(parquet).toEqual(csv);
    expect(lines).toEqual(csv);
  });

  test('has texts of numbers as categories where the file says so', async () => {
    const some = [
      { name: 'zip', type: 'text' },
      { name: 'y', type: 'number' },
    ] as const;
    const rows = Array.from({ length: 40 }, (_, row) => [`0${row % 4}000`, row]);
    for (const [name, type] of [
      ['parquet', 'text'],
      ['csv', 'number'],
    ] as const) {
      const options = { columns: some, delimiter: null, escapeFormulas: false };
      const writer = await formatNamed(name).write(options);
      const pieces = [writer.head(), writer.rows({ records: rows }), writer.end()];
      const file = folder.path(`zips.${name}`);
      await writeFile(file, Buffer.concat(pieces.map((piece) => Buffer.from(piece))));
      const { schema, notices } = await inferSchema(file, { target: 'y' });
      expect(schema.columns).toMatchObject([{ name: 'zip', type }]);
      expect(notices.join()).toContain(
        type === 'text' ? "'zip' holds numbers, which the file says are texts" : 'zeros in front',
      );
    }
  });

  test('has no options of text in a Parquet file', async () => {
    const reading = readTable(folder.path('pumps.parquet'), { delimiter: ';' });
    await expect(reading).rejects.toThrow(ArgumentError);
    await expect(reading).rejects.toThrow('delimiter: expected no such option for a Parquet file');
    const table = await readTable(folder.path('pumps.parquet'), { header: true });
    expect(table.columns).toEqual(columns.map(({ name }) => name));
  });

  test('in a pipe is no Parquet file', async () => {
    if (process.platform === 'win32') return;
    const pipe = folder.path('pipe');
    execFileSync('mkfifo', [pipe]);
    await expect(readTable(pipe)).rejects.toThrow('expected an ordinary file');
  });
});
