import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isMissing } from '../../lib/data/missingWords.js';
import { cleanField, detached, parseNumber } from '../../lib/data/tableValues.js';

describe('the fields of a table', () => {
  test.each(['', '?', 'NA', 'na', 'N/A', 'n/a', 'NaN', 'nan', 'null', 'NULL'])(
    'takes %j for missing',
    (field) => expect(isMissing(field)).toBe(true),
  );

  test.each(['0', '-', 'none', 'N', 'nab', 'nulls', '??', 'no'])(
    'does not take %j for missing',
    (field) => expect(isMissing(field)).toBe(false),
  );

  test.each([
    ['12', 12],
    ['-1.5', -1.5],
    ['+2', 2],
    ['.5', 0.5],
    ['1e-3', 0.001],
    ['007', 7],
    ['0e5', 0],
    ['1e999', Number.POSITIVE_INFINITY],
    ['-Infinity', Number.NEGATIVE_INFINITY],
  ])('reads %j as a number', (field, number) => expect(parseNumber(field)).toBe(number));

  test.each(['', 'abc', '1,5', '0x1f', '0b1', '0O7', '1_000', '12 kg', '1 2', 'inf', '1n'])(
    'does not read %j as a number',
    (field) => expect(parseNumber(field)).toBeNaN(),
  );

  test('reads plain decimals exactly as Number does', () => {
    const digits = fc.string({ unit: fc.constantFrom(...'0123456789.-'), maxLength: 17 });
    fc.assert(
      fc.property(digits, (field) => {
        const expected = field === '' ? Number.NaN : Number(field);
        expect(Object.is(parseNumber(field), expected)).toBe(true);
      }),
      { numRuns: 2000 },
    );
    const decimal = fc
      .tuple(fc.integer({ min: -999_999_999, max: 999_999_999 }), fc.integer({ min: 0, max: 5 }))
      .map(([value, places]) => (value / 10 ** places).toFixed(places));
    fc.assert(
      fc.property(decimal, (field) => {
        expect(parseNumber(field)).toBe(Number(field));
      }),
      { numRuns: 2000 },
    );
  });

  test('reads back every number that JavaScript writes', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        expect(parseNumber(String(number)) === number).toBe(true);
      }),
    );
  });

  test('cleans a field as trim does', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(' ', '\t', '\u00a0', '\u2003', 'a', 'é') }),
        (text) => {
          expect(cleanField(text)).toBe(text.trim());
        },
      ),
    );
  });

  test('copies any text unchanged', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(detached(text)).toBe(text);
      }),
    );
  });
});
