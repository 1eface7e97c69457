import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bytesField,
  doubleField,
  doublesField,
  floatField,
  varintField,
} from '../../lib/logs/protobuf.js';
import { fieldsOf } from './eventReader.js';

describe('the fields of messages', () => {
  // The first examples of the guide of Protocol Buffers.
  test.each([
    ['a number', varintField(1, 150), '089601'],
    ['text', bytesField(2, 'testing'), '120774657374696e67'],
    ['a message', bytesField(3, varintField(1, 150)), '1a03089601'],
    ['a double', doubleField(1, 1), '09000000000000f03f'],
    ['a float', floatField(2, -2), '15000000c0'],
    ['a field above 15', varintField(16, 0), '800100'],
    ['nothing', bytesField(8), '4200'],
  ])('%s', (_, bytes, hex) => {
    expect(bytes.toString('hex')).toBe(hex);
  });

  test('read back as they were, up to the largest whole number', () => {
    const field = fc.integer({ min: 1, max: 2 ** 29 - 1 });
    fc.assert(
      fc.property(field, fc.maxSafeNat(), fc.array(fc.double()), (number, value, doubles) => {
        const [varint] = fieldsOf(varintField(number, value)).get(number) ?? [];
        expect(varint).toBe(BigInt(value));
        const packed = fieldsOf(doublesField(2, Float64Array.from(doubles))).get(2)?.[0] as Buffer;
        const read = doubles.map((_, index) => packed.readDoubleLE(8 * index));
        expect(read).toEqual(doubles);
      }),
    );
  });
});
