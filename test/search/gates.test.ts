/** Every export of `layerwise/search` answers wrong arguments with an error of the library. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LayerwiseError } from '../../lib/errors.js';
import { systemCodeOf } from '../../lib/io/paths.js';
import { RandomStream } from '../../lib/random.js';
import * as api from '../../lib/search/index.js';
import { hostile, wrong } from './hostile.js';

/** Calls that may well succeed; what they throw or reject with has to be an error of ours. */
async function requireTyped(call: () => unknown, what: string): Promise<void> {
  try {
    await call();
  } catch (error) {
    // Those of the system come as they are.
    if (systemCodeOf(error) !== '') return;
    expect(error, `${what}: ${String(error)}`).toBeInstanceOf(LayerwiseError);
  }
}

type Callable = (...words: readonly unknown[]) => unknown;
const classes = ['Study', 'JournaledStudy', 'SharedStudy', 'TrialPruned'];
const functions = Object.entries<unknown>(api).filter(
  ([name, value]) => typeof value === 'function' && !classes.includes(name),
) as [string, Callable][];

/** Options of all functions by their names, with anything as their values. */
const optionNames = [
  ...['space', 'direction', 'sampler', 'pruner', 'seed', 'events', 'onEvent', 'now', 'objective'],
  ...['trials', 'parallel', 'threads', 'timeLimit', 'failureLimit', 'signal', 'onTrial', 'journal'],
  ...['points', 'parameters', 'candidates', 'startupTrials', 'gamma', 'populationSize', 'stepSize'],
  ...['maxSteps', 'minSteps', 'reductionFactor', 'percentile', 'compareWith', 'patience', 'limit'],
  ...['trees', 'pairs', 'cutoff', 'log', 'step', 'when', 'low', 'high', 'type', 'build', 'data'],
];
const options = fc.dictionary(fc.constantFrom(...optionNames), hostile, { maxKeys: 3 });
const argument = fc.oneof(hostile, options);

describe.each(functions)('%s', (name, call) => {
  test('answers anything', async () => {
    const property = fc.asyncProperty(fc.array(argument, { maxLength: 3 }), (words) =>
      requireTyped(() => call(...words), name),
    );
    await fc.assert(property, { numRuns: 150 });
  });
});

test('a study answers anything', async () => {
  const property = fc.asyncProperty(argument, fc.boolean(), async (given, isWhole) => {
    const space = { x: api.float(0, 1) };
    const whole = typeof given === 'object' && given !== null ? { space, ...given } : given;
    await requireTyped(() => new api.Study(wrong(isWhole ? whole : given)).ask(), 'Study');
  });
  await fc.assert(property, { numRuns: 500 });
});

describe('the methods of', () => {
  const space = { x: api.float(0, 1), kind: api.choice(['a', 'b']) };
  const study = () => {
    const begun = new api.Study({ space });
    begun.ask()?.report(0, 1);
    return begun;
  };
  const objects: readonly [string, () => object][] = [
    ['a study', study],
    ['a trial', () => study().ask() ?? {}],
    ['a space', () => study().space],
    ['a domain of numbers', () => study().space.dimensions[0]?.domain ?? {}],
    ['a domain of options', () => study().space.dimensions[1]?.domain ?? {}],
    ...Object.entries(api.samplers).map(([name, create]): [string, () => object] => [
      `the sampler ${name}`,
      () => create(),
    ]),
    ...Object.entries(api.pruners).map(([name, create]): [string, () => object] => [
      `the pruner ${name}`,
      () => create(wrong(name === 'hyperband' ? { maxSteps: 9 } : {})),
    ]),
  ];

  test.each(objects)('%s', async (_, create) => {
    const target = create() as Record<string, unknown>;
    const names = new Set([...Object.keys(target), ...methodsOf(target)]);
    for (const name of names) {
      if (typeof target[name] !== 'function') continue;
      const property = fc.asyncProperty(fc.array(argument, { maxLength: 3 }), (words) =>
        requireTyped(() => (create() as Record<string, Callable>)[name]?.(...words), name),
      );
      await fc.assert(property, { numRuns: 60 });
    }
  });
});

/** Those that are part of the interface. */
function methodsOf(target: object): string[] {
  const internal = ['constructor', 'write', 'settleDirection', 'abandon'];
  const prototype: object = Object.getPrototypeOf(target);
  if (prototype === Object.prototype) return [];
  return Object.getOwnPropertyNames(prototype).filter((name) => {
    const method = Object.getOwnPropertyDescriptor(prototype, name)?.value;
    return (
      typeof method === 'function' &&
      !internal.includes(name) &&
      !/^(round|onGrid|inside|outside|firstEdge|warp)$/.test(name)
    );
  });
}

test('wrong studies are refused by what reads them', () => {
  const record = { trials: [], direction: 'minimize' };
  for (const given of [null, undefined, 5, {}, { ...record, trials: [null] }, { trials: [{}] }]) {
    for (const read of [api.trialsAsCsv, api.trialsAsJson, api.trialsAsText, api.trialTable]) {
      expect(() => read(wrong(given))).toThrow(LayerwiseError);
    }
    expect(() => api.topTrials(wrong(given), 3)).toThrow('study');
    expect(() => api.parameterImportance(wrong(given))).toThrow('study');
    expect(api.isComplete(wrong(given))).toBe(false);
  }
});

test('what would never end is refused before it begins', () => {
  const many = 2 ** 32;
  expect(() => api.gridSampler({ points: many })).toThrow(
    'gridSampler.points: expected an integer',
  );
  expect(() => api.gridSampler({ parameters: { x: 2 ** 31 } })).toThrow('gridSampler.parameters.x');
  const holes = { x: wrong(new Array(many - 1)) };
  expect(() => api.gridSampler({ parameters: holes })).toThrow('gridSampler.parameters.x[0]');
  expect(() => api.tpeSampler({ candidates: many })).toThrow('tpeSampler.candidates');
  expect(() => api.gaussianProcessSampler({ candidates: many })).toThrow('candidates');
  const study = new api.Study({ space: { x: api.float(0, 1) } });
  expect(() => api.parameterImportance(study, { trees: many })).toThrow(
    'trees: expected an integer',
  );
});

test('the random numbers of a space are those of a stream', () => {
  const { space } = new api.Study({ space: { x: api.float(0, 1) } });
  expect(space.complete({}, new RandomStream(1))).toEqual({ x: expect.any(Number) });
  expect(() => space.complete({}, wrong(Math.random))).toThrow('random: expected a random stream');
});
