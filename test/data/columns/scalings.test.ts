import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  fitScaling,
  type OtherScaling,
  parseOtherScaling,
  scalerOf,
  unscaled,
} from '../../../lib/data/columns/scalings.js';
import { normalShare, normalValue } from '../../../lib/data/normalDistribution.js';
import { csvSource, surveyTable } from '../../../lib/data/table.js';
import { FileFormatError } from '../../../lib/errors.js';
import { chunksOf } from '../chunks.js';

const fitted = (name: 'robust' | 'quantile' | 'none', values: readonly number[]) => {
  const scaling = fitScaling(name, Float64Array.from(values).sort()) as OtherScaling;
  const column = { mean: 0, deviation: 1, scaling };
  return { scaling, apply: scalerOf(column), invert: (input: number) => unscaled(column, input) };
};

describe('robust scaling', () => {
  test('is by median and quartiles, and bends what lies far out', () => {
    const { scaling, apply } = fitted('robust', [1, 2, 3, 4, 5]);
    expect(scaling).toEqual({ type: 'robust', center: 3, scale: 2 });
    expect([apply(3), apply(5), apply(1)]).toEqual([
      0,
      1 / Math.sqrt(10 / 9),
      -1 / Math.sqrt(10 / 9),
    ]);
    expect(apply(1e300)).toBeCloseTo(3, 12);
    expect(apply(-1e6)).toBeGreaterThan(-3);
  });

  test('goes by half the range where most values are the same', () => {
    expect(fitted('robust', [5, 5, 5, 5, 9]).scaling).toMatchObject({ center: 5, scale: 2 });
    expect(fitted('robust', [5, 5]).scaling).toMatchObject({ center: 5, scale: 1 });
    expect(fitted('robust', []).scaling).toMatchObject({ center: 0, scale: 1 });
  });
});

describe('quantile scaling', () => {
  test('makes any distribution normal, in the same order', () => {
    const values = Array.from({ length: 5001 }, (_, index) => Math.exp(index / 500));
    const { apply } = fitted('quantile', values);
    const inputs = values.map(apply);
    for (const share of [0.05, 0.25, 0.5, 0.9]) {
      expect(inputs[Math.round(share * 5000)]).toBeCloseTo(normalValue(share), 2);
    }
    expect(inputs.every((input, index) => input >= (inputs[index - 1] ?? input))).toBe(true);
    expect(apply(0)).toBeCloseTo(normalValue(1e-4), 9);
    expect(apply(1e9)).toBeCloseTo(-normalValue(1e-4), 9);
  });

  test('puts values that are equal into the middle of their share', () => {
    const { apply } = fitted('quantile', [0, 0, 0, 1, 2]);
    expect(apply(0)).toBeCloseTo(normalValue(0.25), 9);
    expect(apply(1)).toBeCloseTo(normalValue(0.75), 9);
    expect(fitted('quantile', [7]).apply(7)).toBeCloseTo(0, 12);
  });
});

test.each(['robust', 'quantile', 'none'] as const)('%s scaling is undone', (name) => {
  const value = fc.double({ min: -1e3, max: 1e3, noNaN: true });
  fc.assert(
    fc.property(fc.uniqueArray(value, { minLength: 3, maxLength: 60 }), (values) => {
      const { scaling, apply, invert } = fitted(name, values);
      expect(parseOtherScaling(JSON.parse(JSON.stringify(scaling)), 'x')).toEqual(scaling);
      const ascending = [...values].sort((one, other) => one - other);
      const inner = ascending.slice(1, -1);
      const range = (ascending.at(-1) ?? 0) - (ascending[0] ?? 0);
      for (const each of inner) {
        const input = apply(each);
        // Far out, nothing of the value is left.
        if (name === 'robust' && Math.abs(input) > 2.9) continue;
        expect(Math.abs(invert(input) - each)).toBeLessThan(1e-4 * range + 1e-9);
      }
    }),
  );
});

test('the normal distribution is that of tables', () => {
  for (const [value, share] of [
    [0, 0.5],
    [1, 0.8413447461],
    [-1.96, 0.0249978952],
    [3, 0.998650102],
  ] as const) {
    expect(normalShare(value)).toBeCloseTo(share, 6);
    expect(normalValue(share)).toBeCloseTo(value, 6);
  }
  expect(normalValue(1e-4)).toBeCloseTo(-3.7190164855, 7);
});

test.each([
  [{ type: 'robust', center: 0, scale: 0 }, 'scaling.scale: expected a positive number'],
  [{ type: 'robust', center: null, scale: 1 }, 'scaling.center'],
  [{ type: 'quantile', quantiles: [2, 1] }, 'in ascending order'],
  [{ type: 'quantile', quantiles: [1] }, 'two numbers or more'],
  [{ type: 'piecewise', edges: [1, 1] }, 'each larger than the last'],
  [{ type: 'piecewise', edges: [1] }, 'two numbers or more'],
  [{ type: 'piecewise' }, 'scaling.edges'],
  [{ type: 'log' }, "scaling.type: expected 'robust', 'quantile', 'piecewise' or 'none'"],
  ['robust', 'an object'],
])('a hostile scaling is refused: %j', (value, message) => {
  expect(() => parseOtherScaling(value, 'scaling')).toThrow(FileFormatError);
  expect(() => parseOtherScaling(value, 'scaling')).toThrow(message);
});

describe('of a table', () => {
  const rows = Array.from({ length: 70_000 }, (_, row) => `${(row * 7919) % 70_000},${row % 2}`);
  const text = `x,y\n${rows.join('\n')}\n`;
  const source = csvSource('data.csv', () => chunksOf(text, 2 ** 18));
  const scaled = async (scale: 'robust' | 'standard') => {
    const options = { target: 'y', ignore: [], maxCategories: 9, scale };
    return (await surveyTable(source, options)).schema.columns[0];
  };

  test('the scale is found from a sample of many rows, the same each time', async () => {
    const first = await scaled('robust');
    expect(first).toMatchObject({ scaling: { type: 'robust' } });
    const { center = 0, scale = 0 } = { ...(first as { scaling: object }).scaling } as Record<
      string,
      number
    >;
    expect(Math.abs(center - 35_000)).toBeLessThan(1000);
    expect(Math.abs(scale - 35_000)).toBeLessThan(1000);
    expect(await scaled('robust')).toEqual(first);
    expect(await scaled('standard')).not.toHaveProperty('scaling');
  });
});
