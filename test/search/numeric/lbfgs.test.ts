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
