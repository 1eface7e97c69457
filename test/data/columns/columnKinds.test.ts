import { describe, expect, test } from 'vitest';
import { cellRules } from '../../../lib/data/cellRules.js';
import type { Cell } from '../../../lib/data/cells.js';
import {
  columnEncoder,
  columnWidth,
  decodeColumn,
  type FeatureColumn,
} from '../../../lib/data/columns/columnKinds.js';

/** What becomes of cells, and the inputs that they give. */
function encoded(column: FeatureColumn, cells: readonly Cell[]) {
  const encoder = columnEncoder(column, cellRules());
  const width = columnWidth(column);
  return cells.map((cell) => {
    // What was there before must not shine through.
    const inputs = new Float32Array(width + 2).fill(7);
    const outcome = encoder.encode(cell, inputs, 1);
    expect([inputs[0], inputs[width + 1]]).toEqual([7, 7]);
    return [outcome, ...inputs.subarray(1, width + 1)];
  });
}

describe('a column of numbers', () => {
  const column = {
    name: 'x',
    type: 'number',
    mean: 2,
    deviation: 2,
    missingIndicator: true,
  } as const;

  test('is standardised, given as texts or as numbers', () => {
    expect(encoded(column, ['4', 4, '-2e0', 0.5])).toEqual([
      ['value', 1, 0],
      ['value', 1, 0],
      ['value', -2, 0],
      ['value', -0.75, 0],
    ]);
  });

  test('tells missing from present, and refuses what is no number', () => {
    expect(encoded(column, ['', null, Number.NaN, 'NA'])).toEqual(
      Array.from({ length: 4 }, () => ['missing', 0, 1]),
    );
    const invalid = encoded(column, ['12 kg', 1e300, Number.POSITIVE_INFINITY]);
    expect(invalid.map(([outcome]) => outcome)).toEqual(['invalid', 'invalid', 'invalid']);
  });
});

describe('a column of numbers in bins', () => {
  const column = {
    name: 'x',
    type: 'number',
    mean: 1.5,
    deviation: 1,
    missingIndicator: true,
    scaling: { type: 'piecewise', edges: [0, 1, 3, 7] },
  } as const;

  test('has an input for each bin, and one that tells missing', () => {
    expect(encoded(column, ['0.5', 2, '7', ''])).toEqual([
      ['value', 0.5, 0, 0, 0],
      ['value', 1, 0.5, 0, 0],
      ['value', 1, 1, 1, 0],
      // As the mean.
      ['missing', 1, 0.25, 0, 1],
    ]);
    const invalid = encoded(column, ['many', 1e300]);
    expect(invalid.map(([outcome]) => outcome)).toEqual(['invalid', 'invalid']);
  });

  test('is decoded', () => {
    expect(decodeColumn(column, Float32Array.of(1, 0.5, 0, 0))).toBe(2);
    expect(decodeColumn(column, Float32Array.of(1, 1, 0.25, 0.1))).toBe(4);
    expect(decodeColumn(column, Float32Array.of(1, 1, 0.25, 0.9))).toBeNull();
  });
});

describe('a column of text', () => {
  const column = {
    name: 'kind',
    type: 'text',
    categories: ['1', 'a'],
    missingCategory: true,
  } as const;

  test('has an input for each category, given as texts or as numbers', () => {
    expect(encoded(column, ['a', '1', 1, null, ''])).toEqual([
      ['value', 0, 1, 0],
      ['value', 1, 0, 0],
      ['value', 1, 0, 0],
      ['value', 0, 0, 1],
      ['value', 0, 0, 1],
    ]);
  });

  test('leaves zeros for what is not known', () => {
    expect(encoded(column, ['b', 2])).toEqual([
      ['unknown', 0, 0, 0],
      ['unknown', 0, 0, 0],
    ]);
    expect(encoded({ ...column, missingCategory: false }, ['NA'])).toEqual([['unknown', 0, 0]]);
  });
});

describe('a column of text with more texts than inputs', () => {
  const column = { name: 'kind', type: 'text', categories: ['1', 'a'], others: true } as const;
  const [marked, unmarked] = [
    { ...column, missingCategory: true },
    { ...column, missingCategory: false },
  ];

  test('has one for all others, in front of that of missing ones', () => {
    expect(encoded(marked, ['a', 'b', 2, null])).toEqual([
      ['value', 0, 1, 0, 0],
      ['unseen', 0, 0, 1, 0],
      ['unseen', 0, 0, 1, 0],
      ['value', 0, 0, 0, 1],
    ]);
    expect(encoded(unmarked, [null])).toEqual([['value', 0, 0, 1]]);
    const back = [marked, unmarked].map((each) =>
      [Float32Array.of(0, 0, 1, 0), Float32Array.of(0, 0.5, 0, 0.6)].map((inputs) =>
        decodeColumn(each, inputs.subarray(0, columnWidth(each))),
      ),
    );
    expect(back).toEqual([
      ['(other)', null],
      ['(other)', 'a'],
    ]);
  });
});

describe('inputs are turned back', () => {
  const number = { name: 'x', type: 'number', mean: 2, deviation: 2 } as const;
  const text = { name: 'kind', type: 'text', categories: ['1', 'a'] } as const;

  test.each<[string, FeatureColumn, number[], Cell]>([
    ['a number', { ...number, missingIndicator: false }, [-0.75], 0.5],
    [
      'a number of single precision',
      { ...number, missingIndicator: false },
      [Math.fround(0.1)],
      2.2,
    ],
    ['a number that is there', { ...number, missingIndicator: true }, [1, 0.2], 4],
    ['a number that is missing', { ...number, missingIndicator: true }, [1, 1], null],
    ['the likeliest text', { ...text, missingCategory: true }, [0.2, 0.7, 0.1], 'a'],
    ['a text that is missing', { ...text, missingCategory: true }, [0.2, 0, 0.8], null],
    ['an unknown text', { ...text, missingCategory: false }, [0, 0], null],
  ])('into %s', (_, column, inputs, cell) => {
    expect(decodeColumn(column, Float32Array.from(inputs))).toBe(cell);
  });
});

describe('a column of many categories', () => {
  const column = { name: 'shop', type: 'embedded', categories: ['10', 'a'] } as const;

  test('is the index of the category, and 0 for one that training has not seen', () => {
    expect(encoded(column, ['10', 10, 'a', 'b', 3, null, ''])).toEqual([
      ['value', 1],
      ['value', 1],
      ['value', 2],
      ['unseen', 0],
      ['unseen', 0],
      ['value', 0],
      ['value', 0],
    ]);
    const back = [0, 1, 2, 3].map((index) => decodeColumn(column, Float32Array.of(index)));
    expect(back).toEqual([null, '10', 'a', null]);
  });
});
