// What the tests of resuming search, in this process and in children.

/** Plain data, as the functions of the package build it. */
export const space = {
  x: { type: 'float', low: -2, high: 2, log: false, step: null },
  kind: {
    type: 'variants',
    variants: { plain: {}, bent: { power: { type: 'int', low: 1, high: 4, log: false, step: 1 } } },
  },
};

/**
 * Runs a trial to its end: complete, pruned or failed, as its parameters have it.
 *
 * @param {{ values: any, report(step: number, value: number): boolean, complete(value: number): void,
 *   prune(): void, fail(error: unknown): void }} trial
 */
export function objective(trial) {
  const { x, kind } = trial.values;
  const power = kind.type === 'bent' ? kind.power : 1;
  for (let step = 0; step < 3; step++) trial.report(step, x ** 2 + power + 1 / (step + 1));
  if (x > 1.5) trial.prune();
  else if (x < -1.5) trial.fail(new Error(`x is ${x}`));
  else trial.complete(x ** 2 + power);
}
