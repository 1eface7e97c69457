import { describe, expect, test } from 'vitest';
import { describeValue, requireInteger, requireKnownKeys, requireNumber } from '../lib/checks.js';

describe('describeValue', () => {
  test.each([
    [undefined, 'undefined'],
    [null, 'null'],
    ['text', '"text"'],
    ['x'.repeat(100), `"${'x'.repeat(59)}…"`],
    [Number.NaN, 'NaN'],
    [10n, '10n (bigint)'],
    [() => 1, 'a function'],
    [Symbol('s'), 'a symbol'],
    [[1, 2], 'an array of 2'],
    [new Float32Array(3), 'a Float32Array of 3'],
    [new DataView(new ArrayBuffer(1)), 'a DataView'],
    [new Date(0), 'a Date'],
    [{ a: 1, b: 2 }, 'an object with a and b'],
    [{}, 'an object with no keys'],
    [Object.create(null), 'an object with no keys'],
  ])('shows %o', (value, text) => {
    expect(describeValue(value)).toBe(text);
  });
});

describe('the checks of options', () => {
  test('suggest the nearest name, and nothing when none is near', () => {
    const check = (key: string) => () =>
      requireKnownKeys({ [key]: 1 }, ['epochs', 'batchSize'], 'o');
    expect(check('epoch')).toThrow("Did you mean 'epochs'?");
    expect(check('batchsize')).toThrow("Did you mean 'batchSize'?");
    expect(check('peochs')).toThrow("Did you mean 'epochs'?");
    expect(check('somethingElse')).toThrow(/received an unknown option. Remove it.$/);
    expect(check('x'.repeat(1e6))).toThrow(/Remove it/);
  });

  test('describe the range', () => {
    expect(() => requireInteger(0, 'n', { minimum: 1, maximum: 9 })).toThrow(
      'n: expected an integer, 1 to 9, received 0.',
    );
    const share = { minimum: 0, maximum: 1, minimumExclusive: true };
    expect(() => requireNumber(0, 'n', share)).toThrow(
      'n: expected a finite number > 0 and <= 1, received 0.',
    );
    expect(requireNumber(1, 'n', share)).toBe(1);
  });
});
