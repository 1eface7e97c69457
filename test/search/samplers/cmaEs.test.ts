import { describe, expect, test } from 'vitest';
import {
  type CmaEsOptions,
  choice,
  cmaEsSampler,
  float,
  int,
  randomSampler,
  Study,
} from '../../../lib/search/index.js';
import { medianRegret, rosenbrock, type TestFunction } from './functions.js';

const quadratic: TestFunction = {
  space: { x: float(-3, 7), y: float(-3, 7) },
  minimum: 0,
  of: ([x = 0, y = 0]) => (x - 1) ** 2 + 100 * (y - x) ** 2,
};

describe('CMA-ES', () => {
  test.each([
    ['a quadratic function', quadratic, 200],
    ["Rosenbrock's valley", rosenbrock, 350],
  ])('comes to the minimum of %s', (_, testFunction, trials) => {
    expect(medianRegret(cmaEsSampler, testFunction, trials, 5)).toBeLessThan(1e-4);
    expect(medianRegret(randomSampler, testFunction, trials, 5)).toBeGreaterThan(1e-2);
  });

  test('starts in the middle, as wide as it is told', () => {
    const widthOf = (stepSize: number) => {
      const study = new Study({
        space: { x: float(0, 1) },
        sampler: cmaEsSampler({ stepSize, populationSize: 100 }),
      });
      const values = Array.from({ length: 100 }, () => Number(study.ask()?.values.x));
      const mean = values.reduce((sum, x) => sum + x, 0) / 100;
      expect(Math.abs(mean - 0.5)).toBeLessThan(0.4 * stepSize);
      return Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 100);
    };
    expect(widthOf(0.01)).toBeGreaterThan(0.008);
    expect(widthOf(0.01)).toBeLessThan(0.012);
    expect(widthOf(0.1)).toBeGreaterThan(0.08);
  });

  test('finds integers, also when it has shrunk below their steps', () => {
    const study = new Study({
      space: { layers: int(1, 10), units: int(1, 200, { log: true }), rate: float(0, 1) },
      sampler: cmaEsSampler(),
      seed: 1,
    });
    for (let number = 0; number < 250; number++) {
      const trial = study.ask();
      if (!trial) throw new Error('CMA-ES does not end');
      const { layers, units, rate } = trial.values;
      trial.complete((layers - 7) ** 2 + Math.abs(Math.log(units / 30)) + 10 * (rate - 0.3) ** 2);
    }
    expect(study.best?.parameters).toMatchObject({ layers: 7, units: 30 });
    const layers = study.trials.slice(-100).map(({ parameters }) => parameters.layers);
    expect(new Set(layers).size).toBeGreaterThan(1);
  });

  test('leaves to chance what is no number, or not always there', () => {
    const study = new Study({
      space: {
        x: float(0, 1),
        option: choice(['a', 'b']),
        conditional: float(0, 1, { when: { option: 'a' } }),
      },
      sampler: cmaEsSampler(),
      seed: 3,
    });
    for (let number = 0; number < 200; number++) {
      const trial = study.ask();
      const { x = 0, option, conditional = 0 } = trial?.values ?? {};
      trial?.complete((x - 0.2) ** 2 + (option === 'a' ? conditional : 1));
    }
    const late = study.trials.slice(-100).map(({ parameters }) => parameters);
    const chosen = late.filter(({ option }) => option === 'a');
    expect(Math.abs(chosen.length - 50)).toBeLessThan(20);
    expect(chosen.filter((one) => Number(one.conditional) > 0.5).length).toBeGreaterThan(10);
  });

  test('starts anew elsewhere when it has come to an end', () => {
    const study = new Study({ space: { x: float(0, 1), y: float(0, 1) }, sampler: cmaEsSampler() });
    for (let number = 0; number < 450; number++) {
      const trial = study.ask();
      const { x = 0, y = 0 } = trial?.values ?? {};
      trial?.complete((x - 0.5) ** 2 + (y - 0.5) ** 2);
    }
    const far = study.trials.filter(({ parameters: { x, y } }) => {
      return Math.hypot(Number(x) - 0.5, Number(y) - 0.5) > 0.1;
    });
    const arrival = study.trials.findIndex(({ value }) => value !== null && value < 1e-12);
    expect(arrival).toBeGreaterThan(0);
    expect(far.some(({ number }) => number > arrival)).toBe(true);
  });

  test.each<[CmaEsOptions, string]>([
    [{ populationSize: 2 }, 'cmaEsSampler.populationSize: expected an integer, 3 to'],
    [{ stepSize: 0 }, 'cmaEsSampler.stepSize: expected a finite number > 0'],
  ])('refuses %o', (options, message) => {
    expect(() => cmaEsSampler(options)).toThrow(message);
  });
});
