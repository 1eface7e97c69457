import { expect, test } from 'vitest';
import { textTable } from '../lib/textTable.js';

test('a table is as wide as its widest cells, without blanks at the ends of lines', () => {
  const rows = [
    ['name', 'size'],
    ['a', '1'],
    ['longer', '10000'],
  ];
  expect(textTable(rows, ['left', 'right'])).toEqual([
    'name     size',
    '------  -----',
    'a           1',
    'longer  10000',
  ]);
  expect(
    textTable(
      [
        ['a', 'b'],
        ['x', ''],
      ],
      ['right', 'left'],
    ),
  ).toEqual(['a  b', '-  -', 'x']);
});
