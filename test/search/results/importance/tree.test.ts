import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RandomStream } from '../../../../lib/random.js';
import type { Samples } from '../../../../lib/search/results/importance/samples.js';
import { growTree, type Leaf } from '../../../../lib/search/results/importance/tree.js';
import { TreeVariance } from '../../../../lib/search/results/importance/variance.js';

/** Two numbers and four options, with any targets. */
function samplesOf(seed: number, count: number): Samples {
  const random = new RandomStream(seed);
  const numbers = () => Float64Array.from({ length: count }, () => random.uniform());
  const options = Float64Array.from({ length: count }, () => (random.below(4) + 0.5) / 4);
  return {
    features: [
      { options: 0, coordinates: numbers() },
      { options: 4, coordinates: options },
      { options: 0, coordinates: numbers() },
    ],
    targets: Float64Array.from({ length: count }, () => random.normal()),
  };
}

function holds({ parts }: Leaf, point: readonly number[]): boolean {
  return parts.every((part, feature) => {
    const place = point[feature] ?? 0;
    return part.some(([from, to]) => place >= from && place < to);
  });
}

const anySamples = fc
  .tuple(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 2, max: 14 }))
  .map(([seed, count]) => ({ seed, samples: samplesOf(seed, count) }));

describe('a tree', () => {
  test('fills the cube with leaves that do not overlap', () => {
    const property = fc.property(anySamples, ({ seed, samples }) => {
      const random = new RandomStream(seed, 1);
      const leaves = growTree(samples, random);
      for (let count = 0; count < 20; count++) {
        const point = [random.uniform(), random.uniform(), random.uniform()];
        expect(leaves.filter((leaf) => holds(leaf, point))).toHaveLength(1);
      }
    });
    fc.assert(property, { numRuns: 100 });
  });

  test('knows what it was grown from', () => {
    const property = fc.property(anySamples, ({ seed, samples: { features, targets } }) => {
      const leaves = growTree({ features, targets }, new RandomStream(seed, 1));
      const hits = Array.from(targets).filter((target, sample) => {
        const point = features.map(({ coordinates }) => coordinates[sample] ?? 0);
        return Math.abs((leaves.find((leaf) => holds(leaf, point))?.value ?? 0) - target) < 1e-9;
      });
      // A leaf for each sample that was drawn, and each has its value.
      expect(hits.length).toBeGreaterThanOrEqual(leaves.length);
    });
    fc.assert(property, { numRuns: 100 });
  });

  test('ends at the corners of the cube', () => {
    const corners = Float64Array.from([0, 1, 0, 1]);
    const samples = { features: [{ options: 0, coordinates: corners }], targets: corners };
    const leaves = growTree(samples, new RandomStream(1));
    expect(leaves.map(({ value, parts }) => [value, parts])).toEqual([
      [0, [[[0, 0.5]]]],
      [1, [[[0.5, 1]]]],
    ]);
  });
});

describe('the variance of a tree', () => {
  test('is that of all its pieces, summed the slow way', () => {
    const property = fc.property(anySamples, ({ seed, samples }) => {
      const leaves = growTree(samples, new RandomStream(seed, 1));
      const variance = new TreeVariance(leaves, 3);
      const slow = slowVariance(leaves);
      expect(variance.total).toBeCloseTo(slow.of([0, 1, 2]), 9);
      if (variance.total < 1e-9) return;
      for (const first of [0, 1, 2]) {
        expect(variance.single(first)).toBeCloseTo(slow.of([first]) / variance.total, 6);
        for (const second of [0, 1, 2].slice(first + 1)) {
          const both = slow.of([first, second]) - slow.of([first]) - slow.of([second]);
          expect(variance.pair(first, second)).toBeCloseTo(both / variance.total, 6);
        }
      }
    });
    fc.assert(property, { numRuns: 50 });
  });
});

/** Goes through every cell of the grid that all ends of all leaves make. */
function slowVariance(leaves: readonly Leaf[]) {
  const cuts = [0, 1, 2].map((feature) =>
    [...new Set(leaves.flatMap(({ parts }) => (parts[feature] ?? []).flat()))].sort(),
  );
  const pieces = cuts.map((ends) =>
    ends.slice(1).map((end, index) => {
      const start = ends[index] ?? 0;
      return { width: end - start, middle: (start + end) / 2 };
    }),
  );
  const [first = [], second = [], third = []] = pieces;
  const cells = first.flatMap((a, i) =>
    second.flatMap((b, j) =>
      third.map((c, k) => {
        const point = [a.middle, b.middle, c.middle];
        const value = leaves.find((leaf) => holds(leaf, point))?.value ?? Number.NaN;
        return { place: [i, j, k], widths: [a.width, b.width, c.width], value };
      }),
    ),
  );
  const product = (values: readonly number[]) => values.reduce((all, value) => all * value, 1);
  const mean = cells.reduce((sum, { widths, value }) => sum + product(widths) * value, 0);
  const of = (features: readonly number[]) => {
    const groups = new Map<string, { width: number; sum: number }>();
    for (const { place, widths, value } of cells) {
      const key = features.map((feature) => place[feature]).join();
      const width = product(features.map((feature) => widths[feature] ?? 0));
      const group = groups.get(key) ?? { width, sum: 0 };
      group.sum += (product(widths) * value) / width;
      groups.set(key, group);
    }
    return [...groups.values()].reduce((sum, { width, sum: average }) => {
      return sum + width * (average - mean) ** 2;
    }, 0);
  };
  return { of };
}
