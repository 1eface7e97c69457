import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  binEdges,
  decodePiecewise,
  encodePiecewise,
} from '../../../lib/data/columns/piecewiseLinear.js';

const encoded = (edges: readonly number[], value: number) => {
  const inputs = new Float32Array(edges.length + 1).fill(9);
  encodePiecewise(edges, value, inputs, 1);
  expect([inputs[0], inputs.at(-1)]).toEqual([9, 9]);
  return [...inputs.subarray(1, -1)];
};

describe('bins', () => {
  test('lie at quantiles, and are never empty', () => {
    const values = Float64Array.from({ length: 101 }, (_, i) => i);
    expect(binEdges(values, 4)).toEqual([0, 25, 50, 75, 100]);
    expect(binEdges(values)).toHaveLength(49);
    expect(binEdges(Float64Array.of(0, 0, 0, 0, 0, 0, 1, 5), 4)).toEqual([0, 0.25, 5]);
  });

  test('are there for columns of one value, and of none', () => {
    expect(binEdges(Float64Array.of(3, 3, 3))).toEqual([1.5, 3]);
    expect(binEdges(Float64Array.of(-1e300, -1e300))).toEqual([-1e300, -5e299]);
    expect(binEdges(new Float64Array())).toEqual([0, 1]);
  });
});

describe('piecewise linear encoding', () => {
  const edges = [0, 1, 3, 7];

  test('is 0 below a bin, 1 above it, and the place within', () => {
    expect(encoded(edges, 0)).toEqual([0, 0, 0]);
    expect(encoded(edges, 0.5)).toEqual([0.5, 0, 0]);
    expect(encoded(edges, 2)).toEqual([1, 0.5, 0]);
    expect(encoded(edges, 6)).toEqual([1, 1, 0.75]);
  });

  test('goes on beyond the outermost edges, but not far', () => {
    expect(encoded(edges, -0.5)).toEqual([-0.5, 0, 0]);
    expect(encoded(edges, 9)).toEqual([1, 1, 1.5]);
    expect(encoded(edges, -1e9)).toEqual([-1, 0, 0]);
    expect(encoded(edges, 1e300)).toEqual([1, 1, 2]);
    expect(encoded([0, 1], 5)).toEqual([2]);
  });

  test('is undone', () => {
    const values = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 2 });
    fc.assert(
      fc.property(values, (given) => {
        const ascending = Float64Array.from(given).sort();
        const bins = binEdges(ascending);
        for (const value of given) {
          const decoded = decodePiecewise(bins, encoded(bins, value));
          expect(Math.abs(decoded - value)).toBeLessThan(1e-3 * (1 + Math.abs(value)));
        }
      }),
    );
  });
});
