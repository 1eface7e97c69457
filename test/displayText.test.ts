import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cutToWidth, displayWidth, visibleJson, visibleText } from '../lib/displayText.js';

const misleading = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;
/** Texts with many of the characters that matter here. */
const texts = fc.string({
  unit: fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    fc.constantFrom(
      '\u001b',
      '\u0007',
      '\u007f',
      '\u009b',
      '\u2028',
      '\u202e',
      '\u2066',
      '한',
      'x',
    ),
  ),
});

describe('visibleText', () => {
  test.each([
    ['\u001b]0;title\u0007\u001b[2J', '\\x1b]0;title\\x07\\x1b[2J'],
    ['a\nb\r\tc', 'a\\nb\\r\\tc'],
    ['\u0000\u007f\u009b', '\\x00\\x7f\\x9b'],
    ['txt.\u202egpj \u2066\u2069\u2028\u2029', 'txt.\\u202egpj \\u2066\\u2069\\u2028\\u2029'],
    ['größe, 크기, حجم, C:\\temp', 'größe, 크기, حجم, C:\\temp'],
  ])('shows %j as %j', (text, shown) => expect(visibleText(text)).toBe(shown));

  test('leaves nothing that a terminal obeys, and is its own fixed point', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const shown = visibleText(text);
        expect(shown).not.toMatch(misleading);
        expect(visibleText(shown)).toBe(shown);
      }),
    );
  });
});

test('JSON for terminals means the same', () => {
  fc.assert(
    fc.property(fc.dictionary(texts, texts), (value) => {
      const json = visibleJson(value);
      expect(json).not.toMatch(misleading);
      expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

describe('displayWidth', () => {
  test.each([
    ['plain', 5],
    ['größe', 5],
    ['gro\u0308\u00dfe', 5],
    ['크기', 4],
    ['\u1112\u1161\u11ab', 2],
    ['漢字かな', 8],
    ['ﾊﾝｶｸ', 4],
    ['ＡＢ', 4],
    ['🙂', 2],
    ['👩‍👩‍👧', 2],
    ['❤️', 2],
    ['\u200b', 0],
    ['░█', 2],
  ])('of %j is %i', (text, width) => expect(displayWidth(text)).toBe(width));
});

describe('cutToWidth', () => {
  test.each([
    ['plain', 3, 'pla'],
    ['plain', 9, 'plain'],
    ['a크기', 3, 'a크'],
    ['a크기', 4, 'a크'],
    ['a크기', 5, 'a크기'],
    ['e\u0301e\u0301', 1, 'e\u0301'],
  ])('of %j to %i is %j', (text, width, cut) => expect(cutToWidth(text, width)).toBe(cut));
});
