import { describe, expect, test } from 'vitest';
import { RandomStream } from '../lib/random.js';

const draw = (length: number, of: () => number) => Array.from({ length }, of);
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

describe('a random stream', () => {
  test('is a function of its keys', () => {
    const numbers = (...keys: number[]) => {
      const stream = new RandomStream(...keys);
      return draw(5, () => stream.bits());
    };
    expect(numbers(1, 2)).toEqual(numbers(1, 2));
    const others = [numbers(1, 3), numbers(2, 1), numbers(1), numbers(1, 2, 0), numbers(0)];
    expect(new Set(others.flat()).size).toBe(25);
    // Values that studies depend on: a change of them changes every search that was begun.
    expect(numbers(1, 2)).toMatchInlineSnapshot(`
      [
        1579415978,
        2935778183,
        761281967,
        2279644833,
        3149565771,
      ]
    `);
  });

  test('is uniform, also over streams of neighbouring keys', () => {
    const stream = new RandomStream(3);
    const within = draw(20_000, () => stream.uniform());
    const across = Array.from({ length: 20_000 }, (_, key) => new RandomStream(3, key).uniform());
    for (const values of [within, across]) {
      const counts = new Array<number>(20).fill(0);
      for (const value of values)
        counts[Math.floor(value * 20)] = (counts[Math.floor(value * 20)] ?? 0) + 1;
      // Chi-squared with 19 degrees of freedom: 43.8 is its 99.9 % quantile.
      expect(counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0)).toBeLessThan(43.8);
    }
  });

  test('has normal numbers with mean 0, variance 1 and kurtosis 3', () => {
    const stream = new RandomStream(4);
    const values = draw(50_000, () => stream.normal());
    expect(mean(values)).toBeCloseTo(0, 1);
    expect(mean(values.map((x) => x ** 2))).toBeCloseTo(1, 1);
    expect(mean(values.map((x) => x ** 4))).toBeCloseTo(3, 0);
  });

  test('permutes without preference', () => {
    const stream = new RandomStream(5);
    const counts = new Map<string, number>();
    for (let n = 0; n < 6000; n++) {
      const order = stream.permutation(3).join();
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(120);
  });
});
