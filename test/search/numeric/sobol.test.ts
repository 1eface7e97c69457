import { describe, expect, test } from 'vitest';
import { scrambledSobol, sobolBits, sobolDimensions } from '../../../lib/search/numeric/sobol.js';

const inUnits = (bits: number) => bits / 2 ** 32;

describe('Sobol numbers', () => {
  test('are those of Joe and Kuo', () => {
    // Their program's first points in ten dimensions, which counts in Gray code.
    const points = Array.from({ length: 4 }, (_, index) =>
      Array.from({ length: 10 }, (_, dimension) =>
        inUnits(sobolBits(index ^ (index >> 1), dimension)),
      ),
    );
    expect(points).toEqual([
      [0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
      [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5],
      [0.75, 0.25, 0.25, 0.25, 0.75, 0.75, 0.25, 0.75, 0.75, 0.75],
      [0.25, 0.75, 0.75, 0.75, 0.25, 0.25, 0.75, 0.25, 0.25, 0.25],
    ]);
  });

  test.each([
    [5, 1, 3758096384],
    [77, 2, 33554432],
    [1000, 9, 297795584],
    [4095, 40, 862978048],
    [9999, 64, 576454656],
    [12345, 99, 2314469376],
    [16383, 126, 1443627008],
    [15000, 127, 502005760],
  ])('are those of SciPy: point %i, dimension %i', (index, dimension, bits) => {
    expect(sobolBits(index ^ (index >> 1), dimension)).toBe(bits);
  });

  test('fall once into each of 2^k equal parts, in every dimension, scrambled or not', () => {
    const size = 256;
    for (let dimension = 0; dimension < sobolDimensions; dimension++) {
      for (const seed of [null, 0, 7]) {
        const parts = Array.from({ length: size }, (_, index) => {
          const plain = inUnits(sobolBits(index, dimension));
          return Math.floor(
            size * (seed === null ? plain : scrambledSobol(index, dimension, seed)),
          );
        });
        expect(new Set(parts).size).toBe(size);
      }
    }
  });

  test('are uniform over the seeds', () => {
    const counts = new Array<number>(10).fill(0);
    for (let seed = 0; seed < 10_000; seed++) {
      const part = Math.floor(10 * scrambledSobol(3, 5, seed));
      counts[part] = (counts[part] ?? 0) + 1;
    }
    // Chi-squared with 9 degrees of freedom: 27.9 is its 99.9 % quantile.
    expect(counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0)).toBeLessThan(27.9);
  });
});
