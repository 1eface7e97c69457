/** What every pruner has to do; a new one joins with a row. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  hyperbandPruner,
  medianPruner,
  noPruner,
  type Pruner,
  patientPruner,
  percentilePruner,
  pruners,
  successiveHalvingPruner,
  type Trial,
} from '../../../lib/search/index.js';
import {
  bestOf,
  type Curve,
  fallingCurves,
  nestedCurves,
  play,
  stops,
  trialOf,
} from './simulation.js';

const steps = 27;

interface Row {
  readonly name: string;
  readonly make: () => Pruner;
  /** One that stops nothing at a step below this one. */
  readonly startingAt: (step: number) => Pruner;
  /** One that stops nothing before so many trials are there to compare with. */
  readonly waitingFor: (trials: number) => Pruner;
  /** The share of all steps that it has to save, of curves that fall and of some that stand still. */
  readonly saves: readonly [falling: number, standing: number];
}

const rows: readonly Row[] = [
  {
    name: 'none',
    make: noPruner,
    startingAt: noPruner,
    waitingFor: noPruner,
    saves: [0, 0],
  },
  {
    name: 'median',
    make: medianPruner,
    startingAt: (warmupSteps) => medianPruner({ warmupSteps }),
    waitingFor: (startupTrials) => medianPruner({ startupTrials }),
    saves: [0.6, 0.6],
  },
  {
    name: 'percentile',
    make: () => percentilePruner({ compareWith: 'value' }),
    startingAt: (warmupSteps) => percentilePruner({ warmupSteps, compareWith: 'value' }),
    waitingFor: (startupTrials) => percentilePruner({ startupTrials, compareWith: 'value' }),
    saves: [0.75, 0.7],
  },
  {
    name: 'successiveHalving',
    make: () => successiveHalvingPruner({ maxSteps: steps }),
    startingAt: (minSteps) => successiveHalvingPruner({ minSteps }),
    waitingFor: (startupTrials) => successiveHalvingPruner({ startupTrials }),
    saves: [0.85, 0.85],
  },
  {
    name: 'hyperband',
    make: () => hyperbandPruner({ maxSteps: steps }),
    startingAt: (minSteps) => hyperbandPruner({ minSteps, maxSteps: steps }),
    waitingFor: (startupTrials) => hyperbandPruner({ startupTrials, maxSteps: steps }),
    saves: [0.65, 0.6],
  },
  {
    name: 'patient',
    make: () => patientPruner({ patience: 4 }),
    startingAt: (warmupSteps) => patientPruner({ patience: 1, warmupSteps }),
    waitingFor: (startupTrials) => patientPruner({ patience: 1, startupTrials }),
    saves: [0, 0.3],
  },
];

test('every pruner has a row', () => {
  expect(rows.map(({ name }) => name)).toEqual(Object.keys(pruners));
});

/** Half of the curves stop falling after some steps. */
function standingCurves(count: number): Curve[] {
  return fallingCurves(count, 3).map((curve, index) =>
    index % 2 === 0 ? curve : (step) => curve(Math.min(step, 3 + (index % 5))),
  );
}

const anyState = fc.constantFrom<Trial['state']>('running', 'complete', 'pruned', 'failed');
const anyValue = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: -64, max: 64 }) },
  { weight: 1, arbitrary: fc.constant(null) },
);
const anyCurve = fc.array(anyValue, { minLength: 1, maxLength: 20 });
/** Histories of a study; the last trial is the one to judge. */
const anyHistory = fc
  .tuple(fc.array(fc.tuple(anyCurve, anyState), { maxLength: 12 }), anyCurve)
  .map(([others, own]) => [
    ...others.map(([values, state], number) =>
      trialOf(number, values, state === 'complete' && values.at(-1) === null ? 'failed' : state),
    ),
    trialOf(others.length, own),
  ]);

function withValues(trials: readonly Trial[], change: (value: number) => number): Trial[] {
  const changed = (value: number | null) => (value === null ? null : change(value));
  return trials.map((trial) => ({
    ...trial,
    value: changed(trial.value),
    reports: trial.reports.map(({ step, value }) => ({ step, value: changed(value) })),
  }));
}

function frozen<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value;
  Object.values(value).forEach(frozen);
  return Object.freeze(value);
}

describe.each(rows)('the pruner $name', ({ name: known, make, startingAt, waitingFor, saves }) => {
  const [falling, standing] = saves;

  test('says its name and its options as JSON', () => {
    const { name, options } = make();
    expect(name).toBe(known);
    expect(JSON.parse(JSON.stringify(options))).toEqual(options);
    expect(make()).toMatchObject({ name, options });
  });

  test('depends on the history alone, and leaves it as it is', () => {
    const pruner = make();
    const property = fc.property(anyHistory, (trials) => {
      const decision = stops(pruner, frozen(trials));
      expect(stops(pruner, JSON.parse(JSON.stringify(trials)) as Trial[])).toBe(decision);
      expect(stops(make(), trials)).toBe(decision);
    });
    fc.assert(property, { numRuns: 200 });
  });

  test('decides the same upside down, and in other units', () => {
    const pruner = make();
    const property = fc.property(anyHistory, (trials) => {
      const decision = stops(pruner, trials);
      expect(
        stops(
          pruner,
          withValues(trials, (value) => -value),
          'maximize',
        ),
      ).toBe(decision);
      expect(
        stops(
          pruner,
          withValues(trials, (value) => 8 * value),
        ),
      ).toBe(decision);
    });
    fc.assert(property, { numRuns: 200 });
  });

  test('stops what has become NaN, at any time', () => {
    const trials = [trialOf(0, [3, 2], 'complete'), trialOf(1, [1, null])];
    for (const pruner of [make(), startingAt(20), waitingFor(20)]) {
      expect(stops(pruner, trials)).toBe(known !== 'none');
      expect(stops(pruner, trials, 'maximize')).toBe(known !== 'none');
    }
  });

  test('stops nothing before its first step, and something at it', () => {
    const curves = nestedCurves(40).map((curve) => (step: number) => curve(Math.min(step, 2)));
    const { lengths } = play({ pruner: startingAt(9), curves, steps });
    const shortest = Math.min(...lengths);
    expect(shortest).toBe(known === 'none' ? steps : 9);
  });

  test('lets the first trials run to their ends', () => {
    const curves = nestedCurves(40).map((curve) => (step: number) => curve(Math.min(step, 2)));
    const { lengths } = play({ pruner: waitingFor(8), curves, steps });
    expect(lengths.slice(0, 8)).toEqual(Array(8).fill(steps));
    expect(Math.min(...lengths) < steps).toBe(known !== 'none');
  });

  test.each([1, 4])('lets the best trial live, with %i at a time', (parallel) => {
    for (let seed = 0; seed < 5; seed++) {
      const curves = nestedCurves(30, seed);
      const { best } = play({ pruner: make(), curves, steps, parallel });
      expect(best?.number).toBe(bestOf(curves, steps));
    }
  });

  test('saves steps, and finds nearly the best', () => {
    for (const [curves, least] of [
      [fallingCurves(60), falling],
      [standingCurves(60), standing],
    ] as const) {
      for (const direction of ['minimize', 'maximize'] as const) {
        const { saved, best } = play({ pruner: make(), curves, steps, parallel: 4, direction });
        expect(saved).toBeGreaterThanOrEqual(least);
        if (least === 0) expect(saved).toBe(0);
        const ends = curves.map((curve) => curve(steps)).sort((a, b) => a - b);
        expect(Math.abs(best?.value ?? Infinity)).toBeLessThanOrEqual(ends[5] ?? 0);
      }
    }
  });
});
