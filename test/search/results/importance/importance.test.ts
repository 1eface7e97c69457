/** Functions whose variance can be taken apart by hand. */

import { describe, expect, test } from 'vitest';
import {
  choice,
  float,
  type ImportanceOptions,
  int,
  parameterImportance,
  type Space,
  Study,
  type Values,
  variants,
} from '../../../../lib/search/index.js';

function studyOf<S extends Space>(
  space: S,
  objective: (values: Values<S>) => number,
  trials = 300,
): Study<S> {
  const study = new Study({ space, seed: 5 });
  for (let count = 0; count < trials; count++) {
    const trial = study.ask();
    trial?.complete(objective(trial.values));
  }
  return study;
}

function sharesOf(study: Study, options: ImportanceOptions = {}): Record<string, number> {
  const found = parameterImportance(study, { trees: 16, ...options });
  return Object.fromEntries(
    found.map(({ parameters, importance }) => [parameters.join(' x '), importance]),
  );
}

function expectShares(found: Record<string, number>, expected: Record<string, number>): void {
  expect(Object.keys(found).sort()).toEqual(Object.keys(expected).sort());
  for (const [name, share] of Object.entries(expected)) {
    expect(Math.abs((found[name] ?? Number.NaN) - share), `${name}: ${found[name]}`).toBeLessThan(
      0.08,
    );
  }
}

const cube = { a: float(0, 1), b: float(0, 1), c: float(0, 1) };

describe('the importance of parameters', () => {
  test('of a sum is that of its terms', () => {
    // Variances of 16 / 12 and 4 / 12.
    const study = studyOf(cube, ({ a, b }) => 4 * a + 2 * b);
    expectShares(sharesOf(study), { a: 0.8, b: 0.2, c: 0 });
    const names = parameterImportance(study, { trees: 4 }).map(({ parameters }) => parameters[0]);
    expect(names).toEqual(['a', 'b', 'c']);
  });

  test('of a product is that of its factors and of the pair', () => {
    // (1/2 + u) (1/2 + v) = 1/4 + u / 2 + v / 2 + uv, with variances of 1/12 for u and v.
    const study = studyOf(cube, ({ a, b }) => a * b);
    expectShares(sharesOf(study, { pairs: true }), {
      ...{ a: 3 / 7, b: 3 / 7, c: 0 },
      ...{ 'a x b': 1 / 7, 'a x c': 0, 'b x c': 0 },
    });
  });

  test('of what only two say together is that of the pair', () => {
    const sides = { left: choice([0, 1]), right: choice([0, 1]), other: choice([0, 1, 2]) };
    const study = studyOf(sides, ({ left, right }) => (left === right ? 1 : 0), 100);
    expectShares(sharesOf(study, { pairs: true }), {
      ...{ left: 0, right: 0, other: 0 },
      ...{ 'left x right': 1, 'left x other': 0, 'right x other': 0 },
    });
  });

  test('of the g-function is as published', () => {
    // Saltelli and Sobol 1995: a product of (|4x - 2| + a) / (1 + a) with variances 1/3 / (1 + a)^2.
    const factor = (x: number, a: number) => (Math.abs(4 * x - 2) + a) / (1 + a);
    const study = studyOf(cube, ({ a, b, c }) => factor(a, 0) * factor(b, 1) * factor(c, 9), 500);
    const [first, second, third] = [1 / 3, 1 / 12, 1 / 300];
    const total = (1 + first) * (1 + second) * (1 + third) - 1;
    expectShares(sharesOf(study, { pairs: true }), {
      ...{ a: first / total, b: second / total, c: third / total },
      'a x b': (first * second) / total,
      'a x c': (first * third) / total,
      'b x c': (second * third) / total,
    });
  });

  test('counts options, and numbers on their own scale', () => {
    // Of the option: a variance of 3 / 16; of the rate, which is uniform in its logarithm, 1 / 12.
    const study = studyOf(
      {
        kind: choice(['p', 'q', 'r', 's']),
        rate: float(1e-6, 1, { log: true }),
        units: int(1, 64),
      },
      ({ kind, rate }) => (kind === 'r' ? 1 : 0) + Math.log10(rate) / 6,
    );
    const total = 3 / 16 + 1 / 12;
    expectShares(sharesOf(study), { kind: 3 / 16 / total, rate: 1 / 12 / total, units: 0 });
  });

  test('averages over the places where a parameter is inactive', () => {
    // 1/2 + s (m - 1/2), where s is 0 or 1: half of the variance is of m alone, half of the pair.
    const study = studyOf(
      { optimizer: variants({ adam: {}, sgd: { momentum: float(0, 1) } }) },
      ({ optimizer }) => (optimizer.type === 'sgd' ? optimizer.momentum : 0.5),
      400,
    );
    expectShares(sharesOf(study, { pairs: true }), {
      ...{ optimizer: 0, 'optimizer.sgd.momentum': 0.5 },
      'optimizer x optimizer.sgd.momentum': 0.5,
    });
  });

  test('looks at the good values only, if asked to', () => {
    // Only a decides what is terrible, only b what is good.
    const study = studyOf(cube, ({ a, b }) => (a > 0.8 ? 1000 : b));
    expectShares(sharesOf(study), { a: 1, b: 0, c: 0 });
    expect(sharesOf(study, { cutoff: 1 }).b).toBeGreaterThan(0.3);
  });

  test('is the same upside down, and for the same seed', () => {
    const study = studyOf(cube, ({ a, b }) => a * b, 60);
    const { space, trials } = study;
    const negated = trials.map((trial) => ({ ...trial, value: -(trial.value ?? 0) }));
    const upside = { space, trials: negated, direction: 'maximize' } as const;
    const options = { trees: 8, seed: 3, pairs: true };
    expect(parameterImportance(upside, options)).toEqual(parameterImportance(study, options));
    const other = parameterImportance(study, { ...options, seed: 4 });
    expect(other).not.toEqual(parameterImportance(study, options));
  });

  test('is 0 when all values are equal, and needs two trials', () => {
    expectShares(sharesOf(studyOf(cube, () => 3, 10)), { a: 0, b: 0, c: 0 });
    expect(() => parameterImportance(studyOf(cube, () => 3, 1))).toThrow(
      'study: expected two or more complete trials, received 1 of 1.',
    );
    expect(() =>
      parameterImportance(
        studyOf(cube, () => 3, 3),
        { trees: 0 },
      ),
    ).toThrow('trees:');
  });
});
