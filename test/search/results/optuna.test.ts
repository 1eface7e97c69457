/** The journal of a study for Optuna: the file that Optuna 5 has read, and what it has found in it. */

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  choice,
  float,
  int,
  Study,
  trialsAsOptunaJournal,
  variants,
} from '../../../lib/search/index.js';

const fixture = (name: string) =>
  readFileSync(new URL(`../../fixtures/${name}`, import.meta.url), 'utf8');

function study(): Study {
  let time = Date.UTC(2024, 0, 1);
  const found = new Study({
    space: {
      rate: float(1e-4, 1e-1, { log: true }),
      share: float(0, 1, { step: 0.25 }),
      units: int(8, 64, { step: 8 }),
      width: int(1, 100, { log: true }),
      hidden: choice([[64], [128, 64], 'none', null]),
      solver: variants({ sgd: {}, adam: { beta: float(0, 1) } }),
    },
    direction: 'maximize',
    seed: 4,
    now: () => (time += 1500),
  });
  for (const end of ['complete', 'pruned', 'failed', 'complete', 'running']) {
    const trial = found.ask();
    if (trial === null) throw new Error('no trial');
    trial.report(1, 0.25 * trial.number);
    trial.report(2, Number.NaN);
    trial.setAttribute('note', { of: trial.number });
    if (end === 'complete') trial.complete(0.5 + trial.number / 8);
    else if (end === 'pruned') trial.prune();
    else if (end === 'failed') trial.fail(new Error('too hot'));
  }
  return found;
}

test('is the file that Optuna has read', () => {
  expect(trialsAsOptunaJournal(study(), { name: 'houses' })).toBe(fixture('optuna-journal.log'));
});

test('has what Optuna has found in that file', () => {
  const found = JSON.parse(fixture('optuna-found.json'));
  const { trials, best } = study();
  expect(found.direction).toBe('MAXIMIZE');
  expect(found.best).toBe(best?.number);
  expect(found.trials).toEqual(
    trials.map(({ number, state, value, parameters }) => ({
      number,
      state: { complete: 'COMPLETE', pruned: 'PRUNED', failed: 'FAIL', running: 'RUNNING' }[state],
      value,
      parameters: Object.fromEntries(
        Object.entries(parameters).map(([name, one]) => [
          name,
          typeof one === 'object' && one !== null ? JSON.stringify(one) : one,
        ]),
      ),
      reports: { '1': 0.25 * number },
    })),
  );
});
