import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ArgumentError, csvLog, dense, load, sequential } from '../../lib/index.js';
import {
  type TableFitOptions,
  type TableModelOptions,
  type TableTrainingEvent,
  tableModel,
} from '../../lib/tables/index.js';
import { jsonLines, layerwise } from '../cli/process.js';
import { irisCsv, irisRows } from '../cli/samples.js';

/** Several networks of a table, in programs. */

let folder = '';
let data = '';
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'layerwise-members-'));
  data = at('iris.csv');
  await writeFile(data, irisCsv());
});
afterAll(() => rm(folder, { recursive: true }));

const fast = { epochs: 2 } as const;
const fitted = async (options: Partial<TableModelOptions>, fitting: TableFitOptions = fast) => {
  const model = tableModel({ target: 'species', hidden: [8], ...options });
  return { model, history: await model.fit(data, fitting) };
};

describe('the command line and programs train the same', () => {
  test.each([
    ['classes', { target: 'species' }, ['--target', 'species'], 5],
    [
      'numbers',
      { target: 'petal length', seed: 3 },
      ['--target', 'petal length', '--seed', '3'],
      5,
    ],
    [
      'as many networks as they are told',
      { target: 'species', members: 2 },
      ['--target', 'species', '--members', '2'],
      2,
    ],
    [
      'one network for the preset fast',
      { target: 'species', preset: 'fast' },
      ['--target', 'species', '--preset', 'fast'],
      1,
    ],
  ] as const)('%s', async (_, options, words, count) => {
    const file = at('trained.safetensors');
    const { code, stdout } = await layerwise([
      ...['train', data, ...words, '--epochs', '3', '--out', file, '--json'],
    ]);
    expect(code).toBe(0);
    const trained = await load(file, 'table');
    const model = tableModel(options);
    const history = await model.fit(data, { epochs: 3 });
    expect(model.members).toHaveLength(count);
    expect(model.schema).toEqual(trained.schema);
    expect(await model.predict(data)).toEqual(await trained.predict(data));
    expect(model.training).toEqual(trained.training);
    const done = jsonLines(stdout).find(({ type }) => type === 'done');
    expect(history.outOfFold ?? undefined).toEqual(done?.outOfFold);
    expect(history.stopReason).toBe(done?.stopReason);
  });

  test('with the weights of a named optimizer', async () => {
    const file = at('adam.safetensors');
    await layerwise([
      ...['train', data, '--target', 'species', '--epochs', '1', '--optimizer', 'adam'],
      ...['--members', '2', '--out', file],
    ]);
    const model = tableModel({ target: 'species', members: 2 });
    await model.fit(data, { epochs: 1, optimizer: 'adam' });
    const trained = await load(file, 'table');
    expect(await model.predict(data)).toEqual(await trained.predict(data));
  });

  test('and go on alike', async () => {
    const [first, second] = [at('three.safetensors'), at('more.safetensors')];
    const { model } = await fitted({ members: 3 });
    await model.save(first);
    await layerwise(['train', data, '--from', first, '--epochs', '1', '--out', second]);
    const again = await load(first, 'table');
    const history = await again.fit(data, { epochs: 1 });
    expect(history.members).toHaveLength(3);
    expect(await again.predict(data)).toEqual(await (await load(second, 'table')).predict(data));
  });
});

describe('networks that predict together', () => {
  test('say what they are worth on rows that they have not learned from', async () => {
    const { history, model } = await fitted({ members: 3 }, { epochs: 30 });
    expect(history.outOfFold).toMatchObject({ rows: 150, folds: 3, baselineScore: 1 / 3 });
    expect(history.outOfFold?.score).toBeGreaterThan(0.6);
    expect(history.outOfFold?.scoreSpread).toBeGreaterThanOrEqual(0);
    expect(history.temperature).toBeGreaterThan(0);
    expect(history.members).toHaveLength(3);
    expect(history.epochs).toHaveLength(90);
    expect(history).toMatchObject({ stopReason: 'completed', bestEpoch: null });
    expect(model.training).toMatchObject({ members: 3, outOfFold: history.outOfFold });
  });

  test('are told of in turn, each with its number', async () => {
    const starts: unknown[] = [];
    const told: TableTrainingEvent[] = [];
    const run = tableModel({ target: 'species', members: 3 }).fit(data, {
      ...fast,
      onEvent: (event) => told.push(event),
      listeners: [
        csvLog(at('epochs.csv')),
        { onStart: ({ member, rows }) => starts.push([member, rows]) },
      ],
    });
    const seen: unknown[] = [];
    for await (const event of run) {
      if (event.type === 'epoch') seen.push([event.member, event.members, event.epoch]);
    }
    const wanted = [1, 2, 3].flatMap((member) => [1, 2].map((epoch) => [member, 3, epoch]));
    expect(seen).toEqual(wanted);
    const epochs = told.filter(({ type }) => type === 'epoch');
    expect(epochs.map(({ member }) => member)).toEqual([1, 1, 2, 2, 3, 3]);
    expect(starts).toEqual([1, 2, 3].map((member) => [member, 100]));
    const lines = (await readFile(at('epochs.csv'), 'utf8')).trim().split('\n');
    expect(lines[0]).toMatch(/^member,epoch,loss,/);
    expect(lines.slice(1).map((line) => line.slice(0, 4))).toEqual(
      wanted.map(([member, , epoch]) => `${member},${epoch},`),
    );
  });

  test('are those that had ended, where they are stopped', async () => {
    const model = tableModel({ target: 'species', members: 3, hidden: [4] });
    // The first ends by its third of the time.
    const run = model.fit(data, { epochs: 1e6, timeLimit: 2 });
    for await (const { member } of run) if (member === 2) run.stop();
    const history = await run;
    expect(history.stopReason).toBe('stopped');
    expect(history.members).toHaveLength(1);
    expect(history.outOfFold).toMatchObject({ folds: 1, rows: 50 });
    expect(model.members).toHaveLength(1);
  });

  test('share a limit of time', async () => {
    const { history } = await fitted({ members: 2 }, { epochs: 1e6, timeLimit: 0.2 });
    expect(history).toMatchObject({ stopReason: 'timeLimit', members: { length: 2 } });
    const wrong = fitted({ members: 2 }, { timeLimit: -1 });
    await expect(wrong).rejects.toThrow('timeLimit: expected');
  });

  test('are built by the caller, each with a seed of its own', async () => {
    const seeds: number[] = [];
    const { model } = await fitted({
      members: 2,
      seed: 7,
      build: ({ inputSize, outputSize, seed }) => {
        seeds.push(seed);
        return sequential([dense(outputSize, { activation: 'softmax' })], { inputSize, seed });
      },
    });
    expect(seeds).toEqual([7, 8]);
    expect(model.members).toHaveLength(2);
    const one = sequential([dense(3, { activation: 'softmax' })], { inputSize: 4 });
    await expect(fitted({ members: 2, build: () => one })).rejects.toThrow('build: expected');
  });

  test('keep no checkpoint', async () => {
    const run = tableModel({ target: 'species', members: 2 }).fit(data, fast);
    await expect(run.checkpoint()).rejects.toThrow('checkpoint');
    await run;
  });
});

describe('one network', () => {
  test.each([
    [{}, { validation: 0.2 }],
    [{}, { earlyStopping: { patience: 2 } }],
    [{}, { monitor: 'loss' }],
    [{}, { statistics: true }],
    [{ members: 1 }, {}],
    [{ preset: 'fast' }, {}],
  ] as const)('learns with %o and %o', async (options, fitting) => {
    const { model, history } = await fitted(options, { ...fast, ...fitting });
    expect(model.members).toHaveLength(1);
    expect(history).toMatchObject({ outOfFold: null, temperature: null, members: { length: 1 } });
  });

  test('learns of a small table, and of rows without a target', async () => {
    const few = tableModel({ target: 'species' });
    const rows = irisRows().filter((_, row) => row % 9 === 0);
    await few.fit(
      rows.map(({ values, species }) => ({ width: values[1] ?? 0, species })),
      fast,
    );
    expect(few.members).toHaveLength(1);
    const detecting = tableModel({ autoencoder: true, preset: 'best' });
    await detecting.fit(data, fast);
    expect(detecting.members).toHaveLength(1);
  });

  test.each([
    [{ members: 2 }, { validation: 0.2 }, 'validation'],
    [{ preset: 'best' }, { earlyStopping: { patience: 2 } }, 'earlyStopping'],
    [{ members: 80 }, {}, 'members'],
    [{ target: undefined, autoencoder: true, members: 2 }, {}, 'members'],
  ] as const)('is what %o and %o are about in part: %s', async (options, fitting, place) => {
    const failed = fitted(options as never, { ...fast, ...fitting });
    await expect(failed).rejects.toThrow(ArgumentError);
    await expect(fitted(options as never, { ...fast, ...fitting })).rejects.toThrow(
      `${place}: expected`,
    );
  });

  test('is asked of several in vain', async () => {
    const { model } = await fitted({ members: 2 });
    await expect(model.fit(data, { validation: 0.2 })).rejects.toThrow('validation: expected none');
  });

  test.each([
    [{ members: 0 }, 'members'],
    [{ members: 1.5 }, 'members'],
    [{ members: 101 }, 'members'],
    [{ preset: 'good' }, 'preset'],
  ])('is not what %o names', (options, place) => {
    const make = () => tableModel({ target: 'species', ...options } as never);
    expect(make).toThrow(ArgumentError);
    expect(make).toThrow(`${place}: expected`);
  });
});

test('the preset best trains ten', async () => {
  expect((await fitted({ preset: 'best' }, { epochs: 1 })).model.members).toHaveLength(10);
});
