/** Whatever happens to a study: its journal holds what it has in memory, and can be read again. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LayerwiseError } from '../../lib/errors.js';
import {
  choice,
  float,
  int,
  type JournaledStudy,
  openStudy,
  readStudy,
  type Sampler,
  type Study,
  type StudyEvent,
  variants,
} from '../../lib/search/index.js';
import { hostile, wrong } from './hostile.js';

let folder: string;
let count = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'layerwise-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const space = {
  rate: float(1 / 3, 1, { step: 0.1 }),
  constructor: int(-2, 2),
  hidden: choice([[64], [64, 32], null, -0]),
  solver: variants({ sgd: {}, adam: { beta: float(0, 1, { when: {} }) } }),
};

class ListenerError extends Error {}

const errors: fc.Arbitrary<unknown> = fc.oneof(
  hostile,
  fc.oneof(fc.string(), hostile).map((message) => Object.assign(new Error('x'), { message })),
);

type Action =
  | { readonly do: 'ask'; readonly fixed: unknown; readonly suggestion: unknown }
  | {
      readonly do: 'report';
      readonly number: unknown;
      readonly step: unknown;
      readonly value: unknown;
    }
  | {
      readonly do: 'note';
      readonly number: unknown;
      readonly name: unknown;
      readonly value: unknown;
    }
  | { readonly do: 'tell'; readonly number: unknown; readonly outcome: unknown }
  | { readonly do: 'restart'; readonly number: unknown }
  | { readonly do: 'reopen' };

const seldom = (usual: fc.Arbitrary<unknown>, unusual = hostile): fc.Arbitrary<unknown> =>
  fc.oneof({ arbitrary: usual, weight: 4 }, { arbitrary: unusual, weight: 1 });
const number = seldom(fc.nat(4));
const outcome = fc.oneof(
  fc.record({ state: fc.constant('complete'), value: seldom(fc.double()) }),
  fc.record({ state: fc.constant('failed'), error: errors }),
  fc.constant({ state: 'pruned' }),
  hostile,
);
const suggestion = fc.oneof(
  { arbitrary: fc.constant({}), weight: 4 },
  { arbitrary: fc.record({ rate: hostile }), weight: 1 },
  { arbitrary: hostile, weight: 1 },
);
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('ask' as const),
      fixed: seldom(fc.constant({})),
      suggestion,
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('report' as const),
      number,
      step: seldom(fc.nat(20)),
      value: seldom(fc.double()),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('note' as const),
      number,
      name: seldom(fc.string()),
      value: hostile,
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('tell' as const), number, outcome }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const), number }) },
  { weight: 1, arbitrary: fc.constant({ do: 'reopen' as const }) },
);

function perform(study: Study, one: Exclude<Action, { do: 'reopen' }>): void {
  if (one.do === 'ask') study.ask(wrong(one.fixed));
  else if (one.do === 'report') study.report(wrong(one.number), wrong(one.step), wrong(one.value));
  else if (one.do === 'note')
    study.setAttribute(wrong(one.number), wrong(one.name), wrong(one.value));
  else if (one.do === 'tell') study.tell(wrong(one.number), wrong(one.outcome));
  else study.restart(wrong(one.number));
}

/** Hears of what the listener has failed with; closing would warn of it. */
async function close(study: Study): Promise<void> {
  await nextTurn();
  expect(() => study.restart(1000)).toThrow();
  (study as JournaledStudy).close();
}

/** Text, so that also the order of names and the kind of zeros are the same. */
const textOf = ({ trials }: Pick<Study, 'trials'>) =>
  JSON.stringify(trials.map((trial) => ({ ...trial, zero: Object.is(trial.value, -0) })));

test('is read as the very trials that it has', async () => {
  const times = fc.constantFrom(0, -0, 1.5, 1e13);
  const property = fc.asyncProperty(
    fc.array(action, { minLength: 1, maxLength: 40 }),
    fc.array(fc.constantFrom('fine', 'fine', 'throws', 'rejects', 'acts'), { minLength: 1 }),
    times,
    async (actions, moods, time) => {
      const path = join(folder, `${count++}.jsonl`);
      let told = 0;
      let next: unknown = {};
      const sampler: Sampler = { name: 'wild', options: {}, suggest: () => wrong(next) };
      const onEvent = (event: StudyEvent): unknown => {
        const mood = moods[told++ % moods.length];
        if (mood === 'throws') throw new ListenerError();
        if (mood === 'rejects') return Promise.reject(new ListenerError());
        // Whoever acts on an event finds it done.
        if (mood === 'acts' && event.type === 'started') {
          study.report(event.number, 0, 1);
          study.setAttribute(event.number, 'seen', study.trials.length);
        }
        return undefined;
      };
      const open = (): Promise<JournaledStudy> =>
        openStudy(path, { space, sampler, onEvent, now: () => time });
      let study: Study = await open();
      try {
        for (const one of actions) {
          next = one.do === 'ask' ? one.suggestion : {};
          const before = textOf(study);
          try {
            if (one.do === 'reopen') {
              await close(study);
              study = await open();
              expect(textOf(study)).toBe(before);
            } else perform(study, one);
          } catch (error) {
            if (!(error instanceof ListenerError)) expect(error).toBeInstanceOf(LayerwiseError);
            // What is refused has not happened.
            expect(textOf(study)).toBe(before);
          }
        }
      } finally {
        await close(study);
      }
      const read = await readStudy(path);
      expect(textOf(read)).toBe(textOf(study));
      expect(read.trials).toStrictEqual(study.trials);
      rmSync(path);
    },
  );
  await fc.assert(property, { numRuns: 150 });
});

test('is the same for runs whose objectives throw whatever there is to throw', async () => {
  const property = fc.asyncProperty(
    fc.array(errors, { minLength: 1, maxLength: 6 }),
    async (all) => {
      const path = join(folder, `${count++}.jsonl`);
      const study = await openStudy(path, { space });
      const results = [...all];
      await study.run(
        (trial) => {
          if (trial.number === 0) return 1;
          const error = results.shift();
          if (trial.number % 2 === 1) throw error;
          return wrong(error);
        },
        { trials: 1 + all.length, parallel: 1 },
      );
      study.close();
      expect(textOf(await readStudy(path))).toBe(textOf(study));
      rmSync(path);
    },
  );
  await fc.assert(property, { numRuns: 60 });
});
