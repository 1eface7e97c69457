import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cellRules } from '../../../lib/data/cellRules.js';
import { areBooleans } from '../../../lib/data/columns/boolean.js';
import {
  columnEncoder,
  columnWidth,
  decodeColumn,
  type FeatureColumn,
  fitColumn,
  parseColumnOf,
  refusalOf,
  tellsMissing,
} from '../../../lib/data/columns/columnKinds.js';
import { ColumnStatistics } from '../../../lib/data/tableStatistics.js';
import { FileFormatError } from '../../../lib/errors.js';

function fitted(fields: readonly string[]): FeatureColumn {
  const statistics = new ColumnStatistics('paid', 100);
  for (const [record, field] of fields.entries()) {
    statistics.add(field, { lineOf: (each) => each + 2 }, record);
  }
  const options = { path: 'data.csv', maxCategories: 100, scale: 'standard' } as const;
  return fitColumn({ name: 'paid', type: 'boolean' }, statistics, options);
}

const pairs = [
  ['false', 'true'],
  ['no', 'yes'],
  ['f', 't'],
  ['n', 'y'],
] as const;

describe('a column of booleans', () => {
  test('holds the words of one pair, in any case, and no other', () => {
    const are = (...texts: string[]) => areBooleans(new Map(texts.map((text) => [text, 1])));
    expect(are('true', 'FALSE')).toBe(true);
    expect(are('Y', 'n')).toBe(true);
    expect(are('No')).toBe(true);
    expect(are()).toBe(false);
    expect(are('yes', 'n')).toBe(false);
    expect(are('yes', 'no', 'maybe')).toBe(false);
    expect(are('m', 'f')).toBe(false);
    expect(are('1', '0')).toBe(false);
    expect(areBooleans(undefined)).toBe(false);
  });

  test('is written as most of its rows are', () => {
    expect(fitted(['no', 'Yes', 'YES', 'Yes'])).toEqual({
      name: 'paid',
      type: 'boolean',
      words: ['no', 'Yes'],
      missingIndicator: false,
    });
    // Of the rows that it is fitted to, none may hold the other word.
    expect(fitted(['T', ''])).toMatchObject({ words: ['f', 'T'], missingIndicator: true });
    expect(fitted([''])).toMatchObject({ words: ['false', 'true'], missingIndicator: true });
  });

  test('is one input, beside that which tells missing from present', () => {
    const encoded = (column: FeatureColumn, cell: string | number | null) => {
      const inputs = new Float32Array(columnWidth(column) + 1).fill(7);
      const outcome = columnEncoder(column, cellRules()).encode(cell, inputs, 0);
      return [outcome, ...inputs];
    };
    const all = fitted(['no', 'yes']);
    expect(tellsMissing(all)).toBe(false);
    expect(encoded(all, 'YES')).toEqual(['value', 1, 7]);
    expect(encoded(all, 'no')).toEqual(['value', 0, 7]);
    // As the booleans of programs arrive.
    expect(encoded(all, 'true')).toEqual(['value', 1, 7]);
    expect(encoded(all, 'maybe')).toEqual(['unknown', 0.5, 7]);
    expect(encoded(all, 1)).toEqual(['unknown', 0.5, 7]);
    // None was missing in training: nothing is known of it.
    expect(encoded(all, null)).toEqual(['unknown', 0.5, 7]);
    const some = fitted(['no', 'yes', 'NA']);
    expect(tellsMissing(some)).toBe(true);
    expect(encoded(some, 'yes')).toEqual(['value', 1, 0, 7]);
    expect(encoded(some, '')).toEqual(['value', 0.5, 1, 7]);
    expect(encoded(some, 'maybe')).toEqual(['unknown', 0.5, 1, 7]);
    expect(refusalOf(some, 'maybe')).toMatchObject({
      expected: "'yes' or 'no' in column 'paid', or another word for true or false",
      received: "'maybe'",
    });
  });

  test('takes a word for missing, where it was named as one', () => {
    const column = fitted(['no', 'yes', '']);
    const inputs = new Float32Array(2);
    columnEncoder(column, cellRules({ missing: ['no'] })).encode('no', inputs, 0);
    expect([...inputs]).toEqual([0.5, 1]);
  });

  test('is turned back into what was written, missing values too', () => {
    const field = fc.constantFrom(...pairs).chain((pair) => fc.array(fc.constantFrom('', ...pair)));
    fc.assert(
      fc.property(field, (fields) => {
        const column = fitted(fields);
        expect(parseColumnOf('boolean', 'paid', { ...column }, 'model')).toEqual(column);
        const encoder = columnEncoder(column, cellRules());
        const inputs = new Float32Array(columnWidth(column));
        for (const each of fields) {
          encoder.encode(each, inputs, 0);
          expect(decodeColumn(column, inputs)).toBe(each === '' ? null : each);
        }
      }),
    );
  });

  test('is checked where it is read from a model', () => {
    const record = { words: ['no', 'yes'], missingIndicator: false };
    for (const wrong of [
      { words: ['no'] },
      { words: ['no', 'no'] },
      { words: ['no', 'yes', 'maybe'] },
      { words: undefined },
      { missingIndicator: 1 },
    ]) {
      expect(() => parseColumnOf('boolean', 'paid', { ...record, ...wrong }, 'model')).toThrow(
        FileFormatError,
      );
    }
  });
});
