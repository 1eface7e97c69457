import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { csvLog, load } from '../../lib/index.js';
import { type TableFitOptions, tableModel } from '../../lib/tables/index.js';
import { jsonLines, layerwise } from '../cli/process.js';
import { irisCsv } from '../cli/samples.js';
import { randomNumbers } from '../model/data.js';

/** Trainings of a model of a table that go on, and those that end with all rows. */

let folder = '';
let iris = '';
let many = '';
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'layerwise-table-checkpoints-'));
  [iris, many] = [at('iris.csv'), at('many.csv')];
  await writeFile(iris, irisCsv());
  const random = randomNumbers(5);
  const lines = Array.from({ length: 10_000 }, () => {
    const [a, b] = [random(), random()];
    return `${a},${b},${a + b + random() > 1.5 ? 'yes' : 'no'}`;
  });
  await writeFile(many, `a,b,answer\n${lines.join('\n')}\n`);
});
afterAll(() => rm(folder, { recursive: true }));

describe('several networks with checkpoints', () => {
  const options = { target: 'species', members: 3, hidden: [64] };
  const epochs = 2000;
  const kept = (name: string): TableFitOptions => ({
    ...{ epochs, resume: 'auto' },
    checkpoint: { directory: at(name), everyEpochs: 500 },
  });

  /** Is stopped in its second network. */
  async function stopped(name: string) {
    const model = tableModel(options);
    const run = model.fit(iris, {
      ...kept(name),
      listeners: [
        {
          onStart: ({ member }) => {
            if (member === 2) run.stop();
          },
        },
      ],
    });
    expect(await run).toMatchObject({ stopReason: 'stopped', members: { length: 1 } });
    return model;
  }

  test('go on in another process, and in the same, to the same bits', async () => {
    const whole = tableModel(options);
    const { outOfFold } = await whole.fit(iris, { epochs });
    const begun = await stopped('first');
    expect(await readdir(at('first'))).toEqual(['member-1', 'member-2']);
    const again = tableModel(options);
    const starts: unknown[] = [];
    const history = await again.fit(iris, {
      ...kept('first'),
      listeners: [
        {
          onStart: ({ member, epochsBefore }) => starts.push([member, epochsBefore.length]),
        },
      ],
    });
    expect(starts).toMatchObject([
      [1, epochs],
      [2, expect.any(Number)],
      [3, 0],
    ]);
    expect(history).toMatchObject({ outOfFold, members: { length: 3 }, stopReason: 'completed' });
    expect(await again.predict(iris)).toEqual(await whole.predict(iris));
    await begun.fit(iris, kept('first'));
    expect(await begun.predict(iris)).toEqual(await whole.predict(iris));
  });

  test('go on from the path of their folder, and from nothing else', async () => {
    await stopped('second');
    const model = tableModel(options);
    const history = await model.fit(iris, { epochs, resume: at('second') });
    expect(history.members.map((own) => own.epochs.length)).toEqual([epochs, epochs, epochs]);
    for (const resume of [at('nowhere'), at('second/member-1')]) {
      await expect(tableModel(options).fit(iris, { epochs, resume })).rejects.toThrow(
        'resume: expected the folder of checkpoint',
      );
    }
  });

  test('give a checkpoint when they are asked, which is a model of the table', async () => {
    const run = tableModel(options).fit(iris, kept('asked'));
    const path = await run.checkpoint();
    run.stop();
    await run;
    expect(path).toContain(join('asked', 'member-1'));
    expect((await load(path, 'table')).schema.target?.name).toBe('species');
  });

  test('do not begin beside those of one network', async () => {
    await tableModel({ ...options, members: 1 }).fit(iris, { ...kept('one'), epochs: 1 });
    await expect(tableModel(options).fit(iris, kept('one'))).rejects.toThrow(
      'checkpoint: expected a folder with one for each training',
    );
    await stopped('three');
    const one = tableModel({ ...options, members: 1 }).fit(iris, kept('three'));
    await expect(one).rejects.toThrow('checkpoint: expected a folder with checkpoints');
  });
});

describe('one network where rows are many', () => {
  const options = { target: 'answer', hidden: [32], seed: 2 };

  test('is trained once more on all of them, as the command line does', async () => {
    const file = at('many.safetensors');
    const words = ['--target', 'answer', '--hidden', '32', '--seed', '2', '--out', file, '--json'];
    const { code, stdout } = await layerwise(['train', many, ...words]);
    expect(code).toBe(0);
    const model = tableModel(options);
    const history = await model.fit(many);
    const trained = await load(file, 'table');
    expect(await model.predict(many)).toEqual(await trained.predict(many));
    expect(model.training).toEqual(trained.training);
    expect(model.schema).toEqual(trained.schema);
    const [first, last] = history.members;
    expect(last?.epochs).toHaveLength(first.bestEpoch ?? 0);
    expect(history).toMatchObject({
      outOfFold: { rows: 1000, folds: 1 },
      bestEpoch: first.bestEpoch,
    });
    expect(history.temperature).toBeGreaterThan(0);
    expect(model.training).toMatchObject({
      ...{ rows: 9000, validationRows: 1000, outOfFold: history.outOfFold },
      refit: { epochs: first.bestEpoch },
    });
    const events = jsonLines(stdout);
    expect(events.find(({ type }) => type === 'done')).toMatchObject({
      ...{ members: 1, outOfFold: history.outOfFold, temperature: history.temperature },
      ...{ bestEpoch: first.bestEpoch, refit: { epochs: first.bestEpoch } },
    });
    expect(events.filter(({ type }) => type === 'member')).toMatchObject([
      { refit: false, rows: 9000 },
      { refit: true, rows: 10_000 },
    ]);
  });

  test.each([
    ['whose rows for validation are named', {}, { validation: 0.1 }],
    ['with early stopping', {}, { earlyStopping: { patience: 2 } }],
    ['of the preset fast', { preset: 'fast' }, {}],
  ] as const)('is trained once, %s', async (_, own, fitting) => {
    const history = await tableModel({ ...options, ...own }).fit(many, { epochs: 2, ...fitting });
    expect(history).toMatchObject({ outOfFold: null, members: { length: 1 } });
  });

  test('that goes on is trained once', async () => {
    const model = tableModel(options);
    await model.fit(many, { epochs: 1 });
    expect(await model.fit(many, { epochs: 1 })).toMatchObject({ members: { length: 1 } });
  });

  test('is the one that was judged, where the last training is stopped', async () => {
    const model = tableModel({ ...options, hidden: [256, 256] });
    const stop = ({ refit }: { readonly refit?: boolean }) => {
      if (refit) run.stop();
    };
    const run = model.fit(many, { epochs: 2, listeners: [{ onStart: stop }] });
    expect(await run).toMatchObject({ stopReason: 'stopped' });
    expect(model.training).toMatchObject({ refit: null, stopped: true });
  });

  test('stays within a limit of time, with what it has learned until then', async () => {
    const model = tableModel(options);
    const history = await model.fit(many, { epochs: 1e6, timeLimit: 0.3 });
    expect(history.stopReason).toBe('timeLimit');
    expect(history.outOfFold?.score).toBeGreaterThan(0.7);
    expect(history.seconds).toBeLessThan(1);
  });

  test('has a line for each epoch of both trainings in a table', async () => {
    const path = at('epochs.csv');
    await tableModel(options).fit(many, { epochs: 2, listeners: [csvLog(path)] });
    const text = await readFile(path, 'utf8');
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => line.split(','));
    expect(lines[0]?.slice(0, 3)).toEqual(['refit', 'epoch', 'loss']);
    const places = lines.slice(1).map((fields) => fields.slice(0, 2).join(' '));
    expect(places.slice(0, 3)).toEqual(['0 1', '0 2', '1 1']);
    // The last training has no validation.
    const at2 = lines[0]?.indexOf('validation.loss') ?? -1;
    expect(lines.slice(1, 4).map((fields) => fields[at2] === '')).toEqual([false, false, true]);
    expect(new Set(lines.map(({ length }) => length)).size).toBe(1);
  });
});
