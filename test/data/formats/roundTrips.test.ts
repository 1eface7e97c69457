import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Cell } from '../../../lib/data/cells.js';
import type { FieldType } from '../../../lib/data/fieldTypes.js';
import { formatNamed } from '../../../lib/data/formats/openTable.js';
import type { FormatName } from '../../../lib/data/formats/tableFormat.js';
import type { WrittenColumn } from '../../../lib/data/formats/tableWriter.js';
import { cellsIn, opened, recordsOf, temporaryFolder } from './tables.js';

/** What is written is what is read, in every format. */

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder.remove());

async function written(
  name: FormatName,
  columns: readonly WrittenColumn[],
  batches: readonly (readonly (readonly Cell[])[])[],
): Promise<string> {
  const options = { columns, delimiter: null, escapeFormulas: false };
  const writer = await formatNamed(name).write(options);
  const pieces = [
    writer.head(),
    ...batches.map((records) => writer.rows({ records })),
    writer.end(),
  ];
  return await folder.write(
    `table.${name}`,
    Buffer.concat(pieces.map((piece) => Buffer.from(piece))),
  );
}

const text = fc.string({ unit: 'grapheme', maxLength: 12 });
const cellsOf = new Map<FieldType, fc.Arbitrary<Cell>>([
  ['text', text],
  ['number', fc.double({ noNaN: true })],
  ['integer', fc.oneof(fc.maxSafeInteger(), fc.bigInt(2n ** 60n, 2n ** 63n - 1n).map(String))],
  ['boolean', fc.boolean().map(String)],
  [
    'date',
    fc
      .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
      .map((date) => date.toISOString().slice(0, 10)),
  ],
  [
    { type: 'timestamp', unit: 'MICROS', isUtc: true },
    fc
      .date({ min: new Date('1700-01-01'), max: new Date('2300-01-01'), noInvalidDate: true })
      .map((date) =>
        date
          .toISOString()
          .replace(/(\.\d*?)0+Z$/, '$1Z')
          .replace('.Z', 'Z'),
      ),
  ],
  [
    { type: 'decimal', precision: 25, scale: 3 },
    fc.bigInt(-(10n ** 20n), 10n ** 20n).map((whole) => `${whole}.125`),
  ],
]);
const types = [...cellsOf.keys()];
const columns = types.map((type, place) => ({ name: `column ${place}`, type }));
const row = fc.tuple(...types.map((type) => fc.option(cellsOf.get(type) as fc.Arbitrary<Cell>)));

test('a table of any cells comes back from a Parquet file, with its types', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(row, { maxLength: 20 }), { maxLength: 3 }),
      async (batches) => {
        const file = await written('parquet', columns, batches);
        const reader = await opened(file);
        expect(reader.types).toEqual(types);
        expect(await recordsOf(reader)).toEqual(batches.flat());
      },
    ),
    { numRuns: 40 },
  );
});

test('a table of several groups comes back from a Parquet file', async () => {
  const wide = Array.from({ length: 1024 }, (_, place) => ({
    name: `x${place}`,
    type: 'number' as const,
  }));
  const rowOf = (at: number): number[] => wide.map((_, place) => at + place);
  const records = Array.from({ length: 1030 }, (_, at) => rowOf(at));
  const file = await written('parquet', wide, [records.slice(0, 1024), records.slice(1024)]);
  const found = await cellsIn(file);
  expect(found).toHaveLength(records.length);
  for (const at of [0, 1023, 1024, 1029]) expect(found[at]).toEqual(rowOf(at));
});

test('texts, numbers and booleans come back from JSON lines', async () => {
  const some = columns.slice(0, 4);
  const finite = row.map(([word, number, , flag]): Cell[] => [
    word ?? null,
    Number.isFinite(number) ? (number ?? null) : null,
    7,
    flag ?? null,
  ]);
  await fc.assert(
    fc.asyncProperty(fc.array(finite, { minLength: 1, maxLength: 20 }), async (records) => {
      expect(await cellsIn(await written('jsonl', some, [records]))).toEqual(
        // JSON has no negative zero.
        records.map((record) => record.map((cell) => (cell === 0 ? 0 : cell))),
      );
    }),
    { numRuns: 40 },
  );
});
