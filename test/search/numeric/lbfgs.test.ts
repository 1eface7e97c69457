import { describe, expect, test } from 'vitest';
import { type Differentiable, minimize } from '../../../lib/search/numeric/lbfgs.js';

const rosenbrock: Differentiable = ([x = 0, y = 0]) => ({
  value: 100 * (y - x * x) ** 2 + (1 - x) ** 2,
  gradient: Float64Array.of(-400 * x * (y - x * x) - 2 * (1 - x), 200 * (y - x * x)),
});

describe('L-BFGS', () => {
  test('finds the end of the valley of Rosenbrock', () => {
    const [x, y] = minimize(rosenbrock, Float64Array.of(-1.2, 1), 100);
    expect(x).toBeCloseTo(1, 3);
    expect(y).toBeCloseTo(1, 3);
  });

  test('needs few steps on a quadratic function, however narrow', () => {
    let calls = 0;
    const scales = [1, 10, 1000];
    const quadratic: Differentiable = (point) => {
      calls++;
      return {
        value: point.reduce((sum, x, i) => sum + 0.5 * (scales[i] ?? 0) * (x - i) ** 2, 0),
        gradient: point.map((x, i) => (scales[i] ?? 0) * (x - i)),
      };
    };
    const end = minimize(quadratic, Float64Array.of(5, 5, 5), 50);
    expect([...end]).toEqual([0, 1, 2].map((value) => expect.closeTo(value, 2)));
    expect(calls).toBeLessThan(50);
  });

  test('steps back from where the function is not defined', () => {
    // x - log(x) with its minimum at 1; undefined from 0 down.
    const barrier: Differentiable = ([x = 0]) => ({
      value: x > 0 ? x - Math.log(x) : NaN,
      gradient: Float64Array.of(1 - 1 / x),
    });
    expect(minimize(barrier, Float64Array.of(8), 50)[0]).toBeCloseTo(1, 2);
  });

  test('stays where there is no way down', () => {
    const flat: Differentiable = () => ({ value: 1, gradient: new Float64Array(2) });
    expect([...minimize(flat, Float64Array.of(3, 4), 10)]).toEqual([3, 4]);
  });
});

describe('L-BFGS in a box', () => {
  const box = (lower: number[], upper: number[]) => ({
    lower: Float64Array.from(lower),
    upper: Float64Array.from(upper),
  });

  test('ends at the side that is nearest to a minimum outside of it', () => {
    const bowl: Differentiable = ([x = 0, y = 0]) => ({
      value: (x - 3) ** 2 + 10 * (y - 0.25) ** 2 + x * y,
      gradient: Float64Array.of(2 * (x - 3) + y, 20 * (y - 0.25) + x),
    });
    const [x, y] = minimize(bowl, Float64Array.of(0.5, 0.9), 50, box([0, 0], [1, 1]));
    // With x = 1, the minimum over y is at 0.25 - 1/20.
    expect(x).toBe(1);
    expect(y).toBeCloseTo(0.2, 3);
  });

  test('finds a minimum within it, along a side as well', () => {
    const end = minimize(rosenbrock, Float64Array.of(-1.2, 1), 200, box([-2, -2], [2, 2]));
    expect([...end]).toEqual([1, 1].map((value) => expect.closeTo(value, 2)));
    const cut = minimize(rosenbrock, Float64Array.of(-1.2, 1), 200, box([-2, -2], [0.5, 2]));
    expect([...cut]).toEqual([0.5, 0.25].map((value) => expect.closeTo(value, 2)));
  });

  test('leaves alone what the box holds in place, and never looks outside', () => {
    const limits = box([0.3, 0], [0.3, 1]);
    const seen: Float64Array[] = [];
    const slope: Differentiable = (point) => {
      seen.push(point);
      return { value: point[0] ?? 0, gradient: Float64Array.of(1, 0) };
    };
    expect([...minimize(slope, Float64Array.of(0.3, 0.5), 20, limits)]).toEqual([0.3, 0.5]);
    const tilted: Differentiable = (point) => {
      seen.push(point);
      return {
        value: (point[1] ?? 0) ** 3,
        gradient: Float64Array.of(1, 3 * (point[1] ?? 0) ** 2),
      };
    };
    expect([...minimize(tilted, Float64Array.of(0.3, 0.5), 50, limits)][1]).toBeCloseTo(0, 1);
    for (const [x = NaN, y = NaN] of seen) {
      expect(x).toBe(0.3);
      expect(y >= 0 && y <= 1).toBe(true);
    }
  });
});
