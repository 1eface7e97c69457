import { describe, expect, test } from 'vitest';
import { RandomStream } from '../../../lib/random.js';
import { float, gridSampler, int, randomSampler, Study } from '../../../lib/search/index.js';
import { medianRegret, type TestFunction } from './functions.js';

const unit = float(0, 1);

/** Few parameters matter: the loss depends on the first, whose best value is another for each seed. */
function lossOfOne(seed: number, matter: number): TestFunction {
  const random = new RandomStream(seed, 77);
  const best = Array.from({ length: 4 }, () => random.uniform());
  return {
    space: { x0: unit, x1: unit, x2: unit, x3: unit },
    minimum: 0,
    of: (point) =>
      point.slice(0, matter).reduce((sum, x, index) => sum + (x - (best[index] ?? 0)) ** 2, 0),
  };
}

describe('random search', () => {
  // Bergstra and Bengio (2012), "Random search for hyper-parameter optimization": a grid of 81 = 3^4
  // trials has tried 3 values of the parameter that matters, random search 81.
  test('beats a grid when few parameters matter', () => {
    const trials = 81;
    let wins = 0;
    const distances: { grid: number[]; random: number[] } = { grid: [], random: [] };
    for (let seed = 0; seed < 20; seed++) {
      const one = lossOfOne(seed, 1);
      const grid = medianRegret(() => gridSampler({ points: 3 }), one, trials, 1);
      const random = medianRegret(randomSampler, one, trials, 1);
      distances.grid.push(Math.sqrt(grid));
      distances.random.push(Math.sqrt(random));
      if (random < grid) wins++;
    }
    expect(wins).toBeGreaterThanOrEqual(18);
    // On average a value is 1/8 away from the nearest of three, and about 1/160 from that of 81.
    expect(mean(distances.grid)).toBeGreaterThan(0.08);
    expect(mean(distances.random)).toBeLessThan(0.02);
  });

  test('draws evenly on the scale of each parameter', () => {
    const space = { rate: float(1e-4, 1, { log: true }), size: int(1, 4) };
    const study = new Study({ space });
    const decades = new Array<number>(4).fill(0);
    const sizes = new Array<number>(4).fill(0);
    for (let number = 0; number < 4000; number++) {
      const { rate, size } = study.ask()?.values ?? { rate: NaN, size: NaN };
      const decade = Math.floor(Math.log10(rate) + 4);
      decades[decade] = (decades[decade] ?? 0) + 1;
      sizes[size - 1] = (sizes[size - 1] ?? 0) + 1;
    }
    // Chi-squared with 3 degrees of freedom: 16.3 is its 99.9 % quantile.
    for (const counts of [decades, sizes]) {
      expect(counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0)).toBeLessThan(16.3);
    }
  });
});

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
