import { describe, expect, test } from 'vitest';
import { ArgumentError } from '../../../lib/errors.js';
import {
  choice,
  float,
  type GridOptions,
  gridSampler,
  int,
  type Parameters,
  type Space,
  Study,
  variants,
} from '../../../lib/search/index.js';

function allOf(space: Space, options?: GridOptions, fixed: Parameters = {}): Parameters[] {
  const study = new Study({ space, sampler: gridSampler(options) });
  for (let trial = study.ask(fixed); trial; trial = study.ask(fixed)) trial.complete(0);
  return study.trials.map(({ parameters }) => parameters);
}

describe('the grid', () => {
  test('spreads numbers evenly on their scale, ends included', () => {
    const values = (space: Space, points: number) => allOf(space, { points }).map(({ x }) => x);
    expect(values({ x: float(-1, 1) }, 5)).toEqual([-1, -0.5, 0, 0.5, 1]);
    expect(values({ x: float(1e-5, 1e-1, { log: true }) }, 5)).toEqual([
      1e-5, 1e-4, 1e-3, 1e-2, 1e-1,
    ]);
    expect(values({ x: float(0, 1) }, 1)).toEqual([0.5]);
    expect(values({ x: int(1, 4) }, 10)).toEqual([1, 2, 3, 4]);
    expect(values({ x: int(1, 100) }, 3)).toEqual([1, 51, 100]);
    expect(values({ x: float(0.1, 0.5, { step: 0.1 }) }, 5)).toEqual([0.1, 0.2, 0.3, 0.4, 0.5]);
  });

  test('counts up with the last parameter first', () => {
    expect(allOf({ a: choice(['p', 'q']), b: int(0, 1), c: choice([null]) })).toEqual([
      { a: 'p', b: 0, c: null },
      { a: 'p', b: 1, c: null },
      { a: 'q', b: 0, c: null },
      { a: 'q', b: 1, c: null },
    ]);
  });

  test('takes counts and lists for single parameters', () => {
    const space = { rate: float(0, 1), group: { size: int(1, 1000) } };
    expect(allOf(space, { parameters: { rate: [0.1, 0.9], 'group.size': 2 } })).toEqual([
      { rate: 0.1, 'group.size': 1 },
      { rate: 0.1, 'group.size': 1000 },
      { rate: 0.9, 'group.size': 1 },
      { rate: 0.9, 'group.size': 1000 },
    ]);
  });

  test('adds variants up in place of multiplying them', () => {
    const space = {
      optimizer: variants({
        sgd: { momentum: float(0, 1) },
        adam: { beta1: float(0, 1) },
        plain: {},
      }),
    };
    expect(allOf(space, { points: 4 })).toHaveLength(4 + 4 + 1);
  });

  test('fills in what is missing, and nothing twice', () => {
    const study = new Study({ space: { x: int(0, 4) }, sampler: gridSampler() });
    study.ask({ x: 2 })?.complete(0);
    study.ask()?.fail('an accident');
    const rest = Array.from({ length: 3 }, () => study.ask()?.parameters.x);
    expect([...rest, study.ask()]).toEqual([1, 3, 4, null]);
  });

  test('keeps what is fixed, and combines the rest', () => {
    expect(allOf({ x: int(0, 1), y: float(0, 1) }, {}, { y: 0.3 })).toEqual([
      { x: 0, y: 0.3 },
      { x: 1, y: 0.3 },
    ]);
  });

  test('refuses options that fit no space, or not this one', () => {
    expect(() => gridSampler({ points: 0 })).toThrow('gridSampler.points: expected an integer, 1');
    expect(() => gridSampler({ parameters: { x: [] } })).toThrow('gridSampler.parameters.x');
    const ask = (options: GridOptions) => () =>
      new Study({ space: { rate: float(0, 1) }, sampler: gridSampler(options) }).ask();
    expect(ask({ parameters: { rtae: 3 } })).toThrow("Did you mean 'rate'?");
    expect(ask({ parameters: { rate: [0.5, 2] } })).toThrow(
      'gridSampler.parameters.rate: expected values that the space allows, received 2.',
    );
    expect(ask({ parameters: { rate: [2] } })).toThrow(ArgumentError);
  });
});
