import { describe, expect, test } from 'vitest';
import { RandomStream } from '../../../lib/random.js';
import { choice, float, int, type Parameters, type Space } from '../../../lib/search/index.js';
import { neighbourBandwidths } from '../../../lib/search/models/bandwidths.js';
import { ParzenEstimator } from '../../../lib/search/models/parzen.js';
import { SearchSpace } from '../../../lib/search/searchSpace.js';

function estimator(space: Space, points: readonly Parameters[]) {
  const flat = new SearchSpace(space);
  const estimate = new ParzenEstimator(flat, points, neighbourBandwidths);
  return { flat, estimate, density: (at: Parameters) => Math.exp(estimate.logDensity(at)) };
}

describe('a Parzen estimator', () => {
  const points = [{ x: -1.5 }, { x: 1 }, { x: 1.1 }, { x: 2 }];

  test('is a density: its integral over the range is 1', () => {
    const { density } = estimator({ x: float(-2, 2) }, points);
    let sum = 0;
    // In the coordinate of the range, which is 4 long.
    for (let k = 0; k < 4000; k++) sum += density({ x: -2 + (k + 0.5) / 1000 }) / 4000;
    expect(sum).toBeCloseTo(1, 4);
  });

  test('gives probabilities to options: their sum is 1', () => {
    const seen = [{ x: 'a' }, { x: 'a' }, { x: 'c' }];
    const { density } = estimator({ x: choice(['a', 'b', 'c']) }, seen);
    const [a = 0, b = 0, c = 0] = ['a', 'b', 'c'].map((x) => density({ x }));
    expect(a + b + c).toBeCloseTo(1, 12);
    expect(a).toBeGreaterThan(c);
    expect(c).toBeGreaterThan(b);
  });

  test('reaches the neighbours of an integer, however few there are', () => {
    const { estimate } = estimator({ n: int(1, 4) }, [{ n: 2 }, { n: 2 }, { n: 2 }]);
    const random = new RandomStream(1);
    const draws = Array.from({ length: 1000 }, () => estimate.sample(random).n);
    for (const n of [1, 3]) expect(draws.filter((draw) => draw === n).length).toBeGreaterThan(100);
  });

  test('draws from its own density', () => {
    const space = { x: float(-2, 2), n: choice([1, 2, 3]), option: choice(['a', 'b']) };
    const seen = [
      { x: -1, n: 1, option: 'a' },
      { x: -1.1, n: 1, option: 'a' },
      { x: 1.5, n: 3, option: 'b' },
    ];
    const { estimate, density } = estimator(space, seen);
    const random = new RandomStream(3);
    const draws = Array.from({ length: 20_000 }, () => estimate.sample(random));
    for (const n of [1, 2, 3]) {
      for (const option of ['a', 'b']) {
        for (const half of [-2, 0]) {
          const inside = draws.filter(
            (draw) => draw.n === n && draw.option === option && Number(draw.x) >= 0 === half >= 0,
          );
          let mass = 0;
          for (let k = 0; k < 200; k++) {
            mass += density({ n, option, x: half + (k + 0.5) / 100 }) / 400;
          }
          const deviation = Math.sqrt((mass * (1 - mass)) / draws.length);
          expect(Math.abs(inside.length / draws.length - mass)).toBeLessThan(5 * deviation);
        }
      }
    }
  });

  test('is high where points are, and joint: not where only each coordinate has been', () => {
    const { density } = estimator({ x: float(0, 1), y: float(0, 1) }, [
      { x: 0.1, y: 0.1 },
      { x: 0.12, y: 0.13 },
      { x: 0.9, y: 0.9 },
      { x: 0.88, y: 0.87 },
    ]);
    expect(density({ x: 0.1, y: 0.1 })).toBeGreaterThan(3 * density({ x: 0.1, y: 0.9 }));
  });

  test('is uniform without points, and over what points have no value of', () => {
    const space = { x: float(0, 8), n: int(1, 5) };
    const none = estimator(space, []);
    expect(none.density({ x: 3, n: 2 })).toBeCloseTo(1, 12);
    const other = estimator(space, [{ n: 2 }, { n: 3 }]);
    expect(other.density({ x: 1 })).toBeCloseTo(1, 12);
    expect(other.density({ x: 1, n: 2 })).toBeCloseTo(other.density({ x: 7, n: 2 }), 12);
  });

  test('stays finite far from its points', () => {
    const close = Array.from({ length: 200 }, (_, k) => ({ x: 1e-3 * k, n: 1 }));
    const { estimate } = estimator({ x: float(0, 1e6), n: int(1, 1000) }, close);
    expect(estimate.logDensity({ x: 1e6, n: 1000 })).toBeGreaterThan(-50);
  });
});
