import { describe, expect, test } from 'vitest';
import { decoderOf, encodingOf } from '../../lib/data/encodings.js';
import { decodeText } from '../../lib/data/text.js';
import { FileFormatError } from '../../lib/errors.js';

const decode = (encoding: string, ...bytes: number[]) =>
  decoderOf(encoding).decode(Uint8Array.from(bytes));

describe('encodingOf', () => {
  test.each([
    ['UTF-8', 'utf-8'],
    [' latin1 ', 'windows-1252'],
    ['cp1252', 'windows-1252'],
    ['latin-1', 'windows-1252'],
    ['cp949', 'euc-kr'],
    ['windows-949', 'euc-kr'],
    ['ks_c_5601-1987', 'euc-kr'],
    ['sjis', 'shift_jis'],
    ['cp932', 'shift_jis'],
    ['gb2312', 'gbk'],
    ['iso-8859-16', 'iso-8859-16'],
    ['x-user-defined', 'x-user-defined'],
    ['koi8-r', 'koi8-r'],
    ['utf-16', 'utf-16le'],
    ['klingon', undefined],
    ['constructor', undefined],
    ['', undefined],
  ])('knows %j as %j', (label, encoding) => {
    expect(encodingOf(label)).toBe(encoding);
  });
});

describe('decoderOf', () => {
  test.each<[string, number[], string]>([
    [
      'windows-1252',
      [0x80, 0x41, 0x93, 0x94, 0x9f, 0xe9, 0x81],
      '\u20acA\u201c\u201d\u0178\u00e9\u0081',
    ],
    ['latin1', [0x85, 0xff], '\u2026\u00ff'],
    ['iso-8859-16', [0xa4, 0xde, 0xfe, 0x41], '\u20ac\u021a\u021bA'],
    ['x-user-defined', [0x41, 0x80, 0xff], 'A\uf780\uf7ff'],
    ['windows-1251', [0xcf, 0xf0], '\u041f\u0440'],
    ['shift_jis', [0x87, 0x40], '\u2460'],
    // KS X 1001, the first and last of the syllables that code page 949 adds, and some between.
    ['euc-kr', [0x41, 0xb0, 0xa1, 0xc8, 0xfe], 'A\uac00\ud79d'],
    ['cp949', [0xa2, 0xe6, 0xa2, 0xe7], '\u20ac\u00ae'],
    ['cp949', [0x81, 0x41, 0xc6, 0x52], '\uac02\ud7a3'],
    ['cp949', [0x8c, 0x63, 0xb9, 0xe6, 0xb0, 0xa2, 0xc7, 0xcf], '\ub620\ubc29\uac01\ud558'],
    ['cp949', [0xa0, 0xfe, 0xa1, 0x41, 0x81, 0x5a, 0x81, 0x61], '\uc8a4\uc8a5\uac34\uac35'],
  ])('reads %s: %j', (encoding, bytes, text) => {
    expect(decode(encoding, ...bytes)).toBe(text);
    const decoder = decoderOf(encoding);
    const parts = bytes.map((byte) => decoder.decode(Uint8Array.of(byte), { stream: true }));
    expect(parts.join('') + decoder.decode()).toBe(text);
  });

  test('reads every syllable of Hangul in code page 949 once', () => {
    const syllables = new Set<string>();
    for (let lead = 0x81; lead <= 0xc8; lead++) {
      for (let trail = 0x41; trail <= 0xfe; trail++) {
        try {
          syllables.add(decode('cp949', lead, trail));
        } catch {
          expect(() => decode('cp949', lead, trail)).toThrow(
            // By its name: the decoder is of Node, whose classes may be others than those of this context.
            expect.objectContaining({ name: 'TypeError' }),
          );
        }
      }
    }
    const hangul = [...syllables].filter((text) => text >= '\uac00' && text <= '\ud7a3');
    expect(hangul).toHaveLength(11_172);
  });

  test.each<[string, number[]]>([
    ['euc-kr', [0xb0]],
    ['euc-kr', [0xb0, 0x20]],
    ['euc-kr', [0xff, 0xff]],
    ['euc-kr', [0xc9, 0xa1]],
    ['utf-8', [0xff]],
    ['windows-874', [0xfc]],
    ['big5', [0x88, 0x40]],
  ])('refuses bytes that %s does not have: %j', (encoding, bytes) => {
    expect(() => decode(encoding, ...bytes)).toThrow(
      // By its name: the decoder is of Node, whose classes may be others than those of this context.
      expect.objectContaining({ name: 'TypeError' }),
    );
  });
});

describe('decodeText', () => {
  const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le');

  test.each([
    ['UTF-8', Buffer.from('{"a": "\u00e9"}')],
    ['UTF-8 with a mark', Buffer.from('\ufeff{"a": "\u00e9"}')],
    ['UTF-16 with a mark', utf16('{"a": "\u00e9"}')],
    ['UTF-16, big-endian', utf16('{"a": "\u00e9"}').swap16()],
  ])('reads %s', (_, bytes) => {
    expect(JSON.parse(decodeText(bytes, 'space.json'))).toEqual({ a: '\u00e9' });
  });

  test('names the file of bytes that are no text', () => {
    const attempt = () => decodeText(Uint8Array.of(0x7b, 0xff), 'space.json');
    expect(attempt).toThrow(FileFormatError);
    expect(attempt).toThrow(/^space\.json: expected text in the encoding utf-8/);
  });
});
