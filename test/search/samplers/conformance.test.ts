/** What every sampler must do, whatever it does. A new one joins by its line in `samplers`. */

import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { RandomStream } from '../../../lib/random.js';
import {
  type OpenTrial,
  type Sampler,
  type Space,
  Study,
  type StudyEvent,
  type StudyOptions,
  samplers,
} from '../../../lib/search/index.js';
import { root } from '../../examples/compile.js';
import { lossIn, spaces } from './spaces.js';

const trials = 30;
const everySampler = Object.entries(samplers).map(([name, create]) => ({ name, create }));
const everySpace = Object.entries(spaces).map(([what, space]) => ({ what, space }));

test('every file has a line in the table', () => {
  const files = readdirSync(join(root, 'lib/search/samplers'));
  const names = files.map((file) => basename(file, '.ts')).filter((name) => name !== 'index');
  expect(Object.keys(samplers).sort()).toEqual(names.sort());
});

describe.each(everySampler)('$name', ({ name, create }) => {
  test('says what it is, in JSON', () => {
    const sampler = create();
    expect(sampler.name).toBe(name);
    expect(JSON.parse(JSON.stringify(sampler.options))).toEqual(sampler.options);
  });

  test('refuses unknown options', () => {
    const anyOptions = create as (options: object) => Sampler;
    if (create.length === 0 && Object.keys(create().options).length === 0) return;
    expect(() => anyOptions({ pionts: 3 })).toThrow('pionts: expected one of the options');
  });

  describe.each(everySpace)('with $what', ({ space }) => {
    test('suggests all active parameters, within the space', () => {
      const study = runOf(create(), space);
      for (const { parameters } of study.trials) {
        study.space.check(parameters, 'parameters');
        const active = study.space.dimensions.filter((one) =>
          study.space.isActive(one, parameters),
        );
        expect(Object.keys(parameters)).toEqual(active.map((dimension) => dimension.name));
      }
    });

    test('suggests the same for the same seed, at any time of day', () => {
      const first = runOf(create(), space, { now: () => 0 });
      const second = runOf(create(), space, { now: () => 1e12 * Math.random() });
      expect(parametersOf(second)).toEqual(parametersOf(first));
    });

    test('goes on as if it had not been interrupted', () => {
      const events: StudyEvent[] = [];
      const study = runOf(create(), space, { onEvent: (event) => events.push(event) });
      const written = JSON.parse(JSON.stringify(events)) as StudyEvent[];
      for (const share of [0.3, 0.5, 0.8]) {
        const begun = written.filter(({ type }) => type === 'started');
        const next = begun[Math.floor(begun.length * share)];
        if (next?.type !== 'started') continue;
        const before = written.slice(0, written.indexOf(next));
        const resumed = new Study({ space, sampler: create(), seed: 1, events: before });
        expect(resumed.ask()?.parameters).toEqual(next.parameters);
      }
      expect(study.trials.length).toBeGreaterThan(0);
    });

    test('climbs as it descends', () => {
      const down = runOf(create(), space, { direction: 'minimize' });
      const up = runOf(create(), space, { direction: 'maximize' });
      expect(parametersOf(up)).toEqual(parametersOf(down));
    });

    test.each(['failed', 'pruned', 'running', 'equal', 'huge'])(
      'bears trials that are %s',
      (all) => {
        const study = new Study({ space, sampler: create(), seed: 2 });
        for (let number = 0; number < trials; number++) {
          const trial = study.ask();
          if (!trial) break;
          trial.report(0, 1);
          if (all === 'failed') trial.fail(new Error('out of memory'));
          if (all === 'pruned') trial.prune();
          if (all === 'equal') trial.complete(3);
          if (all === 'huge') trial.complete((number % 3) * 1e308);
          study.space.check(trial.parameters, 'parameters');
        }
        expect(study.trials.length).toBeGreaterThan(0);
      },
    );

    test('changes nothing of what it is shown', () => {
      const study = runOf(create(), space);
      const before = JSON.stringify(study.trials);
      study.ask()?.fail('');
      expect(JSON.stringify(study.trials.slice(0, JSON.parse(before).length))).toBe(before);
    });
  });

  test('leaves alone what is fixed', () => {
    const study = new Study({ space: { x: spaces['one number']?.x ?? {} }, sampler: create() });
    for (let number = 0; number < 20; number++) {
      study.ask({ x: 0.375 })?.complete(number);
    }
    for (const { parameters } of study.trials) expect(parameters).toEqual({ x: 0.375 });
  });

  test('finds what is left of a space that it has seen in part', () => {
    const space = spaces['numbers on all scales'] ?? {};
    const study = runOf(create(), space);
    const keys = new Set(study.trials.map(({ parameters }) => JSON.stringify(parameters)));
    expect(keys.size).toBe(study.trials.length);
  });

  test('asked several times at once, suggests different trials', () => {
    const space = spaces['numbers on all scales'] ?? {};
    const study = runOf(create(), space);
    const open = Array.from({ length: 6 }, () => JSON.stringify(study.ask()?.parameters));
    expect(new Set(open).size).toBe(6);
  });
});

/** Trials of all ends; two are open at any time, and end in another order than they began. */
function runOf(sampler: Sampler, space: Space, options: Partial<StudyOptions<Space>> = {}): Study {
  const study = new Study({ space, sampler, seed: 1, ...options });
  const fate = new RandomStream(5);
  const open: OpenTrial[] = [];
  for (let number = 0; number < trials; number++) {
    const trial = study.ask();
    if (!trial) break;
    open.push(trial);
    if (open.length > 2) end(study, open.splice(fate.below(open.length), 1)[0], fate.uniform());
  }
  return study;
}

function end(study: Study, trial: OpenTrial | undefined, fate: number): void {
  if (!trial) return;
  const loss = lossIn(study.space, trial.parameters);
  const value = study.direction === 'minimize' ? loss : -loss;
  trial.report(0, value);
  if (fate < 0.1) trial.fail(new Error('an accident'));
  else if (fate < 0.3) trial.prune();
  else trial.complete(value);
}

const parametersOf = (study: Study) => study.trials.map(({ parameters }) => parameters);
