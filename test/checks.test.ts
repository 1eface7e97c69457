import { describe, expect, test } from 'vitest';
import {
  describeValue,
  isPlainObject,
  ownValue,
  requireInteger,
  requireKnownKeys,
  requireList,
  requireNumber,
  requirePath,
  setOwnValue,
} from '../lib/checks.js';

const refuse = () => {
  throw new Error('from a trap');
};

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

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
    [{ constructor: { name: 5 } }, 'an object with constructor'],
  ])('shows %o', (value, text) => {
    expect(describeValue(value)).toBe(text);
  });

  test('shows what would throw', () => {
    const hostile = new Proxy({}, { get: refuse, ownKeys: refuse });
    expect(describeValue(hostile)).toBe('an object that cannot be looked at');
    expect(describeValue(revoked())).toBe('a revoked proxy');
  });
});

describe('the checks of options', () => {
  test('suggest the nearest name, and nothing when none is near', () => {
    const check = (key: string) => () =>
      requireKnownKeys({ [key]: 1 }, ['epochs', 'batchSize'], 'o');
    expect(check('epoch')).toThrow("Did you mean 'epochs'?");
    expect(check('batchsize')).toThrow("Did you mean 'batchSize'?");
    expect(check('peochs')).toThrow("Did you mean 'epochs'?");
    expect(check('bat')).toThrow("Did you mean 'batchSize'?");
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

describe('what callers give', () => {
  test('is a plain object where no proxy was revoked', () => {
    expect([{}, Object.create(null), revoked(), [], new Map()].map(isPlainObject)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });

  test('has the members that were given, and none that all objects have', () => {
    expect(ownValue({ a: 1 }, 'a')).toBe(1);
    expect(ownValue({ a: 1 }, 'constructor')).toBeUndefined();
    expect(ownValue(JSON.parse('{"__proto__":1}'), '__proto__')).toBe(1);
    const record: Record<string, number> = {};
    setOwnValue(record, '__proto__', 2);
    expect(Object.entries(record)).toEqual([['__proto__', 2]]);
  });

  test('is a list without holes, bounded before anything is made of it', () => {
    const list = (value: unknown) => requireList(value, 'units', { of: 'units', most: 3 });
    const holed = [1, 2, 3];
    delete holed[1];
    expect(list(holed)).toEqual([1, undefined, 3]);
    expect(() => list(new Array(2 ** 32 - 1))).toThrow(
      'units: expected an array of at most 3 units, received an array of 4294967295.',
    );
    expect(() => list(revoked())).toThrow('units: expected an array of units, received a revoked');
  });

  test.each([undefined, '', 'a\0b', 5, Buffer.from('x'), new URL('file:///x')])(
    'is no path: %o',
    (value) => {
      expect(() => requirePath(value, 'path')).toThrow('path: expected the path of a file');
    },
  );
});
