import { describe, expect, test } from 'vitest';
import { hyperbandPruner } from '../../../lib/search/index.js';
import { bracketOfTrial, bracketsOf } from '../../../lib/search/pruners/hyperband.js';
import { play, stops, trialOf } from './simulation.js';

describe('the brackets', () => {
  test('are those of the paper for 81 steps and a factor of 3', () => {
    // Table 1 of the paper: 81, 34, 15, 8 and 5 trials that begin with 1, 3, 9, 27 and 81 steps.
    const total = 81 + 34 + 15 + 8 + 5;
    expect(bracketsOf(1, 81, 3)).toEqual([
      { minSteps: 1, share: 81 / total },
      { minSteps: 3, share: 34 / total },
      { minSteps: 9, share: 15 / total },
      { minSteps: 27, share: 8 / total },
      { minSteps: 81, share: 5 / total },
    ]);
  });

  test('share out any run of trials evenly', () => {
    const brackets = bracketsOf(1, 27, 3);
    for (const first of [0, 17, 1000]) {
      const numbers = Array.from({ length: 100 }, (_, index) => first + index);
      for (const bracket of brackets) {
        const members = numbers.filter((number) => bracketOfTrial(number, brackets) === bracket);
        expect(Math.abs(members.length - 100 * bracket.share)).toBeLessThan(3);
      }
    }
  });
});

describe('hyperband', () => {
  const brackets = bracketsOf(1, 27, 3);
  const numbersIn = (minSteps: number) =>
    Array.from({ length: 200 }, (_, number) => number).filter(
      (number) => bracketOfTrial(number, brackets).minSteps === minSteps,
    );

  test('compares within a bracket only', () => {
    const pruner = hyperbandPruner({ maxSteps: 27 });
    const [first = 0, second = 0] = numbersIn(1);
    const [other = 0] = numbersIn(3);
    expect(stops(pruner, [trialOf(first, [1]), trialOf(second, [2])])).toBe(true);
    expect(stops(pruner, [trialOf(first, [1, 1, 1]), trialOf(other, [2, 2, 2])])).toBe(false);
  });

  test('gives late bloomers a chance that one successive halving does not', () => {
    // Each later trial is worse until step 20 and better from then on.
    const curves = Array.from(
      { length: 60 },
      (_, number) => (step: number) => (step < 20 ? 1 + number : 1 - number / 60),
    );
    const { lengths, best } = play({
      pruner: hyperbandPruner({ maxSteps: 27 }),
      curves,
      steps: 27,
    });
    const spared = numbersIn(27).filter((number) => number < 60);
    expect(spared.map((number) => lengths[number])).toEqual(spared.map(() => 27));
    expect(best?.number).toBe(spared.at(-1));
    expect(lengths[59]).toBe(1);
  });

  test('refuses what makes no sense', () => {
    expect(() => hyperbandPruner({ maxSteps: 3, minSteps: 4 })).toThrow(
      'maxSteps: expected an integer, 4 or more, received 3.',
    );
    // @ts-expect-error the number of steps has no default
    expect(() => hyperbandPruner()).toThrow('maxSteps: expected an integer, 1 or more');
  });
});
