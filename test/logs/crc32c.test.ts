import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { crc32c } from '../../lib/logs/crc32c.js';
import { slowCrc32c } from './eventReader.js';

describe('crc32c', () => {
  // RFC 3720, B.4.
  test.each([
    ['zeros', new Uint8Array(32), 0x8a9136aa],
    ['ones', new Uint8Array(32).fill(0xff), 0x62a8ab43],
    ['growing bytes', Uint8Array.from({ length: 32 }, (_, index) => index), 0x46dd794e],
    ['the usual digits', Buffer.from('123456789'), 0xe3069283],
    ['nothing', new Uint8Array(), 0],
  ])('of %s', (_, bytes, expected) => {
    expect(crc32c(bytes)).toBe(expected);
  });

  test('is that of the definition', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(crc32c(bytes)).toBe(slowCrc32c(Buffer.from(bytes)));
      }),
    );
  });
});
