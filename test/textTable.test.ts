import { expect, test } from 'vitest';
import { alignedLines, textTable } from '../lib/textTable.js';

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

test('columns are as wide as they are shown, and a cell stays on its line', () => {
  const rows = [
    ['이름', 'size'],
    ['a\u001b[2J\n', '1'],
    ['🙂', '10'],
  ];
  expect(textTable(rows, ['left', 'right'])).toEqual([
    '이름        size',
    '----------  ----',
    'a\\x1b[2J\\n     1',
    '🙂            10',
  ]);
  expect(alignedLines(rows.slice(2), ['left', 'left'])).toEqual(['🙂  10']);
});
