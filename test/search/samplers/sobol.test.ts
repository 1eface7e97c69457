import { expect, test } from 'vitest';
import { RandomStream } from '../../../lib/random.js';
import { choice, float, Study, sobolSampler } from '../../../lib/search/index.js';

const unit = float(0, 1);

test('options and bins of numbers come equally often', () => {
  const study = new Study({
    space: { a: choice(['p', 'q', 'r', 's']), b: unit },
    sampler: sobolSampler(),
    seed: 11,
  });
  const counts = new Map<string, number>();
  for (let number = 0; number < 64; number++) {
    const { a, b } = study.ask()?.values ?? { a: 'none', b: 0 };
    const cell = `${a}${Math.floor(b * 4)}`;
    counts.set(cell, (counts.get(cell) ?? 0) + 1);
  }
  expect([...counts.values()]).toEqual(new Array(16).fill(4));
});

test('integrates a smooth function far better than random points', () => {
  const errorsOf = (points: (seed: number) => Iterable<readonly number[]>) => {
    let squares = 0;
    for (let seed = 0; seed < 20; seed++) {
      let sum = 0;
      // A product of means 1 over the unit cube.
      for (const point of points(seed)) sum += point.reduce((f, x) => f * (0.5 + x), 1);
      squares += (sum / 256 - 1) ** 2;
    }
    return Math.sqrt(squares / 20);
  };
  const space = { a: unit, b: unit, c: unit, d: unit };
  const sobol = errorsOf(function* (seed) {
    const study = new Study({ space, sampler: sobolSampler(), seed });
    for (let number = 0; number < 256; number++) yield Object.values(study.ask()?.values ?? {});
  });
  const random = errorsOf(function* (seed) {
    const stream = new RandomStream(seed);
    for (let number = 0; number < 256; number++) {
      yield Array.from({ length: 4 }, () => stream.uniform());
    }
  });
  expect(sobol).toBeLessThan(random / 10);
});

test('goes on at random where the sequence has no more dimensions', () => {
  const names = Array.from({ length: 130 }, (_, index) => `x${index}`);
  const space = Object.fromEntries(names.map((name) => [name, unit]));
  const study = new Study({ space, sampler: sobolSampler() });
  const values = Array.from({ length: 8 }, () => study.ask()?.parameters.x129);
  expect(new Set(values).size).toBe(8);
});
