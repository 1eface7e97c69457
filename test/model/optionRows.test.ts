import { describe, expect, expectTypeOf, test } from 'vitest';
import { requireNumber } from '../../lib/checks.js';
import { ArgumentError } from '../../lib/errors.js';
import {
  dependent,
  flag,
  type InputsOf,
  integer,
  number,
  option,
  optional,
  optionalInteger,
  optionalNumber,
  readOnlyOptions,
  readOptions,
  type ValuesOf,
} from '../../lib/model/optionRows.js';

const table = {
  count: integer({ minimum: 1, maximum: 10 }, 3),
  limit: optionalInteger({ minimum: 0, maximum: 5 }),
  rate: number({ minimum: 0 }, 0.5),
  bound: optionalNumber({ minimum: 0, minimumExclusive: true }),
  isOn: flag(true),
  name: option<'a' | 'b', string>((given) => `name ${String(given)}`, 'a'),
  length: optional<string, number>((given) => String(given).length),
  seed: dependent<number, number, { readonly fallback: number }>((given, path, { fallback }) =>
    requireNumber(given ?? fallback, path),
  ),
};

const context = { fallback: 9 };

describe('the options of a table', () => {
  test('have their defaults where nothing is given', () => {
    expect(readOptions(table, {}, '', context)).toEqual({
      count: 3,
      limit: undefined,
      rate: 0.5,
      bound: undefined,
      isOn: true,
      name: 'name a',
      length: undefined,
      seed: 9,
    });
  });

  test('are what is given', () => {
    const given = {
      ...{ count: 10, limit: 0, rate: 2, bound: 1, isOn: false },
      ...{ name: 'b', length: 'four', seed: 1 },
    };
    expect(readOptions(table, given, '', context)).toEqual({
      ...given,
      name: 'name b',
      length: 4,
    });
  });

  test.each([
    [{ count: 0 }, 'inner.count', 'an integer, 1 to 10', '0'],
    [{ limit: 1.5 }, 'inner.limit', 'an integer, 0 to 5', '1.5'],
    [{ rate: -1 }, 'inner.rate', 'a finite number >= 0', '-1'],
    [{ bound: 0 }, 'inner.bound', 'a finite number > 0', '0'],
    [{ isOn: null }, 'inner.isOn', 'true or false', 'null'],
  ])('%o is refused with its path', (given, path, expected, received) => {
    const read = () => readOptions(table, given, 'inner', context);
    expect(read).toThrow(ArgumentError);
    expect(read).toThrow(expect.objectContaining({ path, expected, received }));
  });

  test('may have others beside them only where that is said', () => {
    const given = { count: 1, more: 2 };
    expect(readOptions(table, given, '', context).count).toBe(1);
    expect(readOnlyOptions(table, given, '', context, ['more']).count).toBe(1);
    expect(() => readOnlyOptions(table, { cuont: 1 }, 'inner', context)).toThrow(
      expect.objectContaining({ path: 'inner.cuont', remedy: "Did you mean 'count'?" }),
    );
  });

  test('are typed by the table', () => {
    expectTypeOf<InputsOf<typeof table>>().toEqualTypeOf<{
      readonly count?: number | undefined;
      readonly limit?: number | undefined;
      readonly rate?: number | undefined;
      readonly bound?: number | undefined;
      readonly isOn?: boolean | undefined;
      readonly name?: 'a' | 'b' | undefined;
      readonly length?: string | undefined;
      readonly seed?: number | undefined;
    }>();
    expectTypeOf<ValuesOf<typeof table>>().toEqualTypeOf<{
      readonly count: number;
      readonly limit: number | undefined;
      readonly rate: number;
      readonly bound: number | undefined;
      readonly isOn: boolean;
      readonly name: string;
      readonly length: number | undefined;
      readonly seed: number;
    }>();
  });
});
