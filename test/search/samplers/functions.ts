/** Functions whose minima are known, and how near to them a sampler comes. */

import { float, type Sampler, type Space, Study } from '../../../lib/search/index.js';

export interface TestFunction {
  readonly space: Space;
  readonly minimum: number;
  of(point: readonly number[]): number;
}

const dimensions = (...ranges: readonly (readonly [number, number])[]): Space =>
  Object.fromEntries(ranges.map(([low, high], index) => [`x${index}`, float(low, high)]));

/** Branin and Hoo (Dixon and Szegö 1978), with three minima of the same depth. */
export const branin: TestFunction = {
  space: dimensions([-5, 10], [0, 15]),
  minimum: 0.397887,
  of: ([x = 0, y = 0]) =>
    (y - (5.1 / (4 * Math.PI ** 2)) * x * x + (5 / Math.PI) * x - 6) ** 2 +
    10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) +
    10,
};

const heights = [1, 1.2, 3, 3.2];
const widths = [
  [10, 3, 17, 3.5, 1.7, 8],
  [0.05, 10, 17, 0.1, 8, 14],
  [3, 3.5, 1.7, 10, 17, 8],
  [17, 8, 0.05, 10, 0.1, 14],
];
const centres = [
  [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
  [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
  [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.665],
  [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
];

/** Hartmann's function of six variables (Dixon and Szegö 1978), with six local minima. */
export const hartmann6: TestFunction = {
  space: dimensions([0, 1], [0, 1], [0, 1], [0, 1], [0, 1], [0, 1]),
  minimum: -3.32237,
  of(point) {
    const terms = heights.map((height, peak) => {
      const squares = point.map(
        (x, d) => (widths[peak]?.[d] ?? 0) * (x - (centres[peak]?.[d] ?? 0)) ** 2,
      );
      return height * Math.exp(-squares.reduce((sum, square) => sum + square, 0));
    });
    return -terms.reduce((sum, term) => sum + term, 0);
  },
};

/** Ackley's function (1987) of five variables: a funnel under waves, flat far from its middle. */
export const ackley5: TestFunction = {
  space: dimensions(...Array.from({ length: 5 }, () => [-32.768, 32.768] as const)),
  minimum: 0,
  of(point) {
    const mean = (of: (x: number) => number) =>
      point.reduce((sum, x) => sum + of(x), 0) / point.length;
    const funnel = -20 * Math.exp(-0.2 * Math.sqrt(mean((x) => x * x)));
    return funnel - Math.exp(mean((x) => Math.cos(2 * Math.PI * x))) + 20 + Math.E;
  },
};

/** A curved valley (Rosenbrock 1960). */
export const rosenbrock: TestFunction = {
  space: dimensions([-2, 2], [-1, 3]),
  minimum: 0,
  of: ([x = 0, y = 0]) => 100 * (y - x * x) ** 2 + (1 - x) ** 2,
};

/** How far above the minimum the best of so many trials is. */
export function regretOf(
  sampler: Sampler,
  { space, minimum, of }: TestFunction,
  trials: number,
  seed: number,
): number {
  const study = new Study({ space, sampler, seed });
  for (let number = 0; number < trials; number++) {
    const trial = study.ask();
    if (!trial) break;
    trial.complete(of(Object.values(trial.parameters) as number[]));
  }
  return (study.best?.value ?? Infinity) - minimum;
}

/** Over the seeds 0, 1, …. */
export function medianRegret(
  create: () => Sampler,
  of: TestFunction,
  trials: number,
  seeds = 20,
): number {
  const regrets = regretsOf(create, of, trials, seeds).sort((a, b) => a - b);
  return ((regrets[(seeds - 1) >> 1] ?? NaN) + (regrets[seeds >> 1] ?? NaN)) / 2;
}

/** Over the same seeds. */
export function meanRegret(create: () => Sampler, of: TestFunction, trials: number): number {
  const regrets = regretsOf(create, of, trials, 20);
  return regrets.reduce((sum, regret) => sum + regret, 0) / regrets.length;
}

function regretsOf(create: () => Sampler, of: TestFunction, trials: number, seeds: number) {
  return Array.from({ length: seeds }, (_, seed) => regretOf(create(), of, trials, seed));
}
