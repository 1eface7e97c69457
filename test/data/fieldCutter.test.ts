import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openCsv } from '../../lib/data/csv.js';
import { CutRecords, FieldCutter } from '../../lib/data/fieldCutter.js';
import { parseNumber } from '../../lib/data/tableValues.js';
import { chunksOf } from './chunks.js';
import { type OddTable, oddTables } from './oddTables.js';
import { encodedOutcome, type Reading, recordsOutcome } from './tableOutcome.js';

/** The core cuts what the cutter of text cuts: the same records, lines, notices and errors. */
async function expectTwins(table: OddTable, reading: Reading): Promise<void> {
  const asText = { ...reading, byCore: false };
  const place = `${JSON.stringify(reading)} of ${JSON.stringify(String(table.data).slice(0, 300))}`;
  expect(await recordsOutcome(table, reading), place).toBe(await recordsOutcome(table, asText));
  expect(await encodedOutcome(table, reading), place).toBe(await encodedOutcome(table, asText));
}

describe('the core and the cutter of text', () => {
  test.each(oddTables)('agree on $name', async (table) => {
    const { length } = Buffer.from(table.data as string);
    const sizes = length > 400 ? [61, 4000] : [1, 3, 7, 34];
    for (const chunkSize of sizes) {
      // The first records are always text: a small sample leaves more to the core.
      await expectTwins(table, { chunkSize, sampleSize: chunkSize > 4 ? 1 : 40 });
    }
  });

  const fragments = [
    ...[',', ',', ',', '\n', '\n', '\n', '\r\n', '"', '""', '"a"', '"1,2"', '"x\ny"', ' ', '\r'],
    ...[
      '1',
      '-0',
      '2.5',
      '1e3',
      '007',
      'x',
      'NA',
      '',
      '\t',
      'é',
      '한',
      '\u00a0',
      '\u3000',
      '\u0000',
    ],
    ...['1,2\n', '3.25,b\n', '"4","c"\n', '5,\n', ',d\n', '6\n', '7,8,9\n', '\n\n', ', \n'],
  ];
  const tables = fc.record({
    body: fc.array(fc.constantFrom(...fragments), { maxLength: 60 }),
    chunkSize: fc.integer({ min: 1, max: 60 }),
    skipBadLines: fc.boolean(),
    column: fc.constantFrom('label', 'b'),
  });

  test('agree on whatever is written', async () => {
    await fc.assert(
      fc.asyncProperty(tables, async ({ body, chunkSize, skipBadLines, column }) => {
        const data = `a,${column}\n1,2\n${body.join('')}`;
        await expectTwins(
          { name: 'any', data },
          { chunkSize, skipBadLines, sampleSize: 4, delimiter: ',' },
        );
      }),
      { numRuns: Number(process.env.LAYERWISE_FUZZ_RUNS ?? 100) },
    );
  });

  test('agree on bytes that may be no text', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.integer({ min: 1, max: 255 }), fc.constantFrom(10, 34, 44)), {
          maxLength: 40,
        }),
        async (bytes) => {
          const data = Buffer.concat([Buffer.from('a,b\n1,2\n'), Buffer.from(bytes)]);
          const table: OddTable = { name: 'any', data };
          const reading = { sampleSize: 4, delimiter: ',', skipBadLines: true, chunkSize: 8 };
          const outcome = await recordsOutcome(table, reading);
          const asText = await recordsOutcome(table, { ...reading, byCore: false });
          if (asText.includes('expected text in the encoding')) {
            // At which line depends on how the bytes come.
            expect(outcome).toContain('expected text in the encoding');
          } else expect(outcome).toBe(asText);
        },
      ),
      { numRuns: Number(process.env.LAYERWISE_FUZZ_RUNS ?? 100) },
    );
  });
});

describe('what the core cuts', () => {
  test('is most of a plain table, and goes on behind odd records', async () => {
    const rows = Array.from({ length: 4000 }, (_, row) =>
      row % 500 === 7 ? `${row}, "odd"\n` : row % 900 === 3 ? `${row}\n` : `${row},"${row}"\n`,
    );
    const reader = await openCsv(chunksOf(`a,b\n${rows.join('')}`, 1000), 'data.csv', {
      sampleSize: 10,
      delimiter: ',',
    });
    let all = 0;
    let cut = 0;
    for await (const batch of reader.batches()) {
      all += batch.records.length;
      if (batch instanceof CutRecords) cut += batch.rows;
      expect(batch.lineOf(0)).toBe(Number(batch.records[0]?.[0]) + 2);
    }
    expect(all).toBe(4000);
    expect(cut).toBeGreaterThan(2000);
  });

  const numbersOf = (fields: readonly string[]): number[] => {
    const { batch } = new FieldCutter(',', 1).cut(Buffer.from(`${fields.join('\n')}\n`), 1);
    expect(batch?.rows).toBe(fields.length);
    return Array.from(batch?.numbers.subarray(0, fields.length) ?? []);
  };

  const digits = fc.stringMatching(/^[0-9]{0,21}$/);
  const decimals = fc
    .tuple(
      fc.constantFrom('', '', '-', '+'),
      digits,
      fc.constantFrom('.', '.', ''),
      digits,
      fc.constantFrom('', '', '', 'e5', 'E-7', 'e+22', 'e-23', 'e27', 'e-28', 'e300', 'e', 'x'),
    )
    .map((parts) => parts.join(''))
    .filter((text) => text !== '');
  const doubles = fc.double({ noNaN: true }).map(String);
  const shortened = fc
    .tuple(fc.double({ min: -1e9, max: 1e9, noNaN: true }), fc.integer({ min: 0, max: 20 }))
    .map(([number, places]) => number.toFixed(places));

  test('has the number that the text has, to the last bit, or none', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(decimals, doubles, shortened), { minLength: 1, maxLength: 50 }),
        (fields) => {
          const numbers = numbersOf(fields);
          for (const [index, field] of fields.entries()) {
            const number = numbers[index] as number;
            if (!Number.isNaN(number)) expect(number, field).toBe(parseNumber(field));
          }
        },
      ),
      { numRuns: Number(process.env.LAYERWISE_FUZZ_RUNS ?? 300) },
    );
  });

  test('has all numbers of ordinary length', () => {
    const fields = ['1', '-2.5', '+3', '.5', '5.', '1e5', '-1.5E-3', '0.1234567890123456'];
    const long = ['9007199254740993', '-12345678901234567.5', '1234567890.123456789', '1e-27'];
    const all = [...fields, ...long, '-0', ' 7 ', '\t8', '"9"', '" 10 "'];
    expect(numbersOf(all)).toEqual(all.map((field) => Number(field.replaceAll('"', ''))));
  });

  test('is refused where arrays do not fit', async () => {
    const { native } = await import('../../lib/native.js');
    const text = Buffer.from('1,2\n');
    const cutInto = (width: number, ends: number, kinds: number) => () =>
      native().cutRecords(
        text,
        0x2c,
        width,
        new Uint32Array(4),
        new Uint32Array(4),
        new Uint32Array(ends),
        new Float64Array(8),
        new Uint8Array(kinds),
        new Uint32Array(4),
      );
    expect(cutInto(2, 8, 1)).toThrow('kinds: expected one for each column');
    expect(cutInto(0, 8, 0)).toThrow('width: expected an integer from 1');
    expect(cutInto(2, 1, 2)).not.toThrow();
    const moments = (taken: number, column: number) => () =>
      native().addToMoments(
        new Float64Array(6),
        2,
        new Uint8Array(taken),
        Uint32Array.of(column),
        new Float64Array(6),
      );
    expect(moments(4, 1)).toThrow('taken: expected one for each row');
    expect(moments(3, 2)).toThrow('columns: expected places below the width');
    expect(moments(3, 1)).not.toThrow();
  });
});
