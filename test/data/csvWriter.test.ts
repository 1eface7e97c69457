import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openCsv } from '../../lib/data/csv.js';
import { CsvWriter, numberField } from '../../lib/data/csvWriter.js';
import { chunksOf } from '../data/chunks.js';

describe('CsvWriter', () => {
  test('quotes only what has to be quoted', () => {
    expect(new CsvWriter(',').line(['a', 'b c', 'd,e', 'say "x"', 'f\ng', ''])).toBe(
      'a,b c,"d,e","say ""x""","f\ng",\n',
    );
    expect(new CsvWriter(';').line(['d,e', 'f;g'])).toBe('d,e;"f;g"\n');
  });

  test('writes what openCsv reads', async () => {
    // A \r at the end of a line belongs to the line end, and blanks around a value do not count.
    const anyField = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({
        unit: fc.constantFrom('"', ',', ';', '\n', '\r', '\t', '|', '^', ']', '-', 'x'),
      }),
    );
    const field = anyField.filter((text) => !text.endsWith('\r'));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(field, { minLength: 2, maxLength: 2 }), { minLength: 1, maxLength: 6 }),
        fc.constantFrom(',', ';', '\t', '|', '^', ']', '-'),
        async (written, delimiter) => {
          // What holds nothing at all is no row.
          const records = written.filter((record) => record.some((each) => each.trim() !== ''));
          const writer = new CsvWriter(delimiter);
          const text =
            writer.line(['a', 'b']) + records.map((record) => writer.line(record)).join('');
          const reader = await openCsv(chunksOf(text), 'x', { delimiter });
          const read: string[][] = [];
          for await (const batch of reader.batches()) read.push(...batch.records);
          expect(read).toEqual(records);
        },
      ),
    );
  });

  test('quotes between blanks what would be lost', async () => {
    const line = new CsvWriter(' ').line(['a', '', 'b c', 'd\te', 'say "x"']);
    expect(line).toBe('a "" "b c" "d\te" "say ""x"""\n');
    const reader = await openCsv(chunksOf(`1 2 3 4 5\n${line}`), 'x', {
      ...{ delimiter: ' ', header: false },
    });
    for await (const { records } of reader.batches()) {
      expect(records[1]).toEqual(['a', '', 'b c', 'd\te', 'say "x"']);
    }
  });
});

describe('formulas', () => {
  const writer = new CsvWriter(',', { escapeFormulas: true });

  test.each(['=1+2', '+A1', '-A1', '@SUM(A1)', '\tx', '\uff1dA1', '-', '=-1'])(
    'are made text: %j',
    (field) => {
      expect(writer.line([field, 'x'])).toBe(`'${field},x\n`);
      expect(new CsvWriter(',').line([field, 'x'])).toBe(`${field},x\n`);
    },
  );

  test('are quoted as well where they have to be', () => {
    expect(writer.line(['=A1,B1', '\r=A1'])).toBe(`"'=A1,B1","'\r=A1"\n`);
  });

  test.each(['-1', '+1.5', '-1,5', '-1.234,5', '-1e-7', '-5 %', 'a=b', '', "'=1"])(
    'are not what %j is',
    (field) => {
      expect(writer.line([field])).toBe(new CsvWriter(',').line([field]));
    },
  );
});

describe('numberField', () => {
  test('gives seven digits of the spread where the number is large beside it', () => {
    expect(numberField(1_700_000_123.456789, 419)).toBe('1700000123.4568');
    expect(numberField(-1_700_000_123.456789, 419)).toBe('-1700000123.4568');
    expect(numberField(14.2134567, 5)).toBe('14.213457');
    expect(numberField(0.1234567891, 5)).toBe('0.1234568');
    expect(numberField(0, 5)).toBe('0');
    expect(numberField(1e15 + 0.5, 1e-9)).toBe('1000000000000000.5');
    expect(numberField(1e300, 1e-300)).toBe('1e+300');
    expect(numberField(0)).toBe('0');
  });

  test('gives the digits that a float32 holds', () => {
    expect(numberField(Math.fround(0.1))).toBe('0.1');
    expect(numberField(1)).toBe('1');
    expect(numberField(Math.fround(1e-12))).toBe('1e-12');
  });
});
