import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openCsv } from '../../lib/data/csv.js';
import { CsvWriter, numberField } from '../../lib/data/csvWriter.js';
import { chunksOf } from '../data/chunks.js';

describe('CsvWriter', () => {
  it('quotes only what has to be quoted', () => {
    expect(new CsvWriter(',').line(['a', 'b c', 'd,e', 'say "x"', 'f\ng', ''])).toBe(
      'a,b c,"d,e","say ""x""","f\ng",\n',
    );
    expect(new CsvWriter(';').line(['d,e', 'f;g'])).toBe('d,e;"f;g"\n');
  });

  it('writes what openCsv reads', async () => {
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
        async (records, delimiter) => {
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
});

describe('numberField', () => {
  it('gives the digits that a float32 holds', () => {
    expect(numberField(Math.fround(0.1))).toBe('0.1');
    expect(numberField(1)).toBe('1');
    expect(numberField(Math.fround(1e-12))).toBe('1e-12');
  });
});
