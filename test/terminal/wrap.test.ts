import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { displayWidth } from '../../lib/displayText.js';
import { painted } from '../../lib/terminal/style.js';
import { wrapped } from '../../lib/terminal/wrap.js';

type Piece = Parameters<typeof wrapped>[0][number];
const textOf = (pieces: readonly Piece[]) =>
  pieces.map((piece) => (typeof piece === 'string' ? piece : piece.text)).join('');

describe('wrapped', () => {
  test('ends lines at blanks, and moves all but the first in', () => {
    const lines = wrapped(['A note of some words, no more.'], 12);
    expect(lines.map(textOf)).toEqual(['A note of', '  some', '  words, no', '  more.']);
  });

  test('keeps what leads a paragraph, and a word that is longer than the line', () => {
    expect(wrapped(['  layerwise predict model'], 12).map(textOf)).toEqual([
      ...['  layerwise', '  predict', '  model'],
    ]);
    expect(wrapped(['see /a/long/path/of/a/file now'], 12).map(textOf)).toEqual([
      ...['see', '  /a/long/path/of/a/file', '  now'],
    ]);
  });

  test('keeps words whole that are of several pieces, and styles', () => {
    const lines = wrapped([painted('bold', 'data of mine.csv'), ': 150 rows'], 14);
    expect(lines).toEqual([
      [painted('bold', 'data of')],
      ['  ', painted('bold', 'mine.csv'), ':'],
      ['  150 rows'],
    ]);
  });

  test('keeps every word, within the width where words are shorter', () => {
    const word = fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' });
    fc.assert(
      fc.property(fc.array(word), fc.integer({ min: 40, max: 100 }), (words, width) => {
        const pieces = words.map((text, index) => (index % 2 ? painted('dim', text) : `${text} `));
        const lines = wrapped(pieces, width).map(textOf);
        const blanks = /\s+/g;
        const whole = wrapped(pieces, Number.POSITIVE_INFINITY).map(textOf).join('');
        expect(lines.join('').replace(blanks, '')).toBe(whole.replace(blanks, ''));
        for (const line of lines) {
          if (line.trim().includes(' ')) expect(displayWidth(line)).toBeLessThanOrEqual(width);
        }
      }),
    );
  });
});
