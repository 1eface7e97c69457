import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foldedTable } from '../../../lib/cli/terminal/foldedTable.js';
import { textTable } from '../../../lib/textTable.js';

const rows = [
  ['trial', 'loss', 'units', 'activation', 'rate'],
  ['1', '0.5', '40', 'silu', '0.01'],
  ['12', '0.25', '129', 'relu', '0.002'],
];
const sides = rows[0]?.map(() => 'left' as const) ?? [];

describe('foldedTable', () => {
  test('is one table where there is room', () => {
    expect(foldedTable(rows, sides, 37, 2)).toEqual(textTable(rows, sides));
    expect(foldedTable(rows, sides, Number.POSITIVE_INFINITY, 2)).toEqual(textTable(rows, sides));
  });

  test('puts columns that have no room below, behind the first ones', () => {
    expect(foldedTable(rows, sides, 32, 1)).toEqual([
      'trial  loss  units  activation',
      '-----  ----  -----  ----------',
      '1      0.5   40     silu',
      '12     0.25  129    relu',
      '',
      'trial  rate',
      '-----  -----',
      '1      0.01',
      '12     0.002',
    ]);
  });

  test('keeps every cell, and the width', () => {
    fc.assert(
      fc.property(fc.integer({ min: 23, max: 60 }), (width) => {
        const lines = foldedTable(rows, sides, width, 2);
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
        for (const cell of rows.flat()) expect(lines.join('\n')).toContain(cell);
      }),
    );
  });

  test('lets a column that is wider than the terminal stand alone', () => {
    const wide = [
      ['a', 'b'.repeat(30), 'c'],
      ['1', '2', '3'],
    ];
    const lines = foldedTable(wide, ['left', 'left', 'left'], 20, 1);
    expect(lines[0]).toBe(`a  ${'b'.repeat(30)}`);
    expect(lines[4]).toBe('a  c');
  });
});
