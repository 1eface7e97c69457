import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readSpace, withValues } from '../../../lib/cli/search/searchSpace.js';
import type { TrainOptions } from '../../../lib/cli/train/trainArguments.js';
import { load } from '../../../lib/index.js';
import { normaliseOptimizer } from '../../../lib/network/rows.js';
import { readStudy } from '../../../lib/search/index.js';
import { jsonLines, layerwise } from '../process.js';
import { irisCsv, Workspace } from '../samples.js';

/** From a real CSV to the best of some networks, by the built command. */

let work: Workspace;
let data: string;
beforeAll(async () => {
  work = await Workspace.create();
  data = await work.write('iris.csv', irisCsv());
});
afterAll(() => work.remove());

const search = (...words: string[]) =>
  layerwise(['search', data, '--target', 'species', '--epochs', '6', ...words]);

describe('layerwise search', () => {
  test('trains the best network once more, and saves it', async () => {
    const out = work.path('best.safetensors');
    const { code, stdout, stderr } = await search('--trials', '6', '--out', out);
    expect([code, stderr.split('\n').length]).toEqual([0, expect.any(Number)]);
    expect(stdout).toContain('150 rows (120 train, 30 validate), 4 inputs');
    expect(stdout).toContain('Search: 6 trials of layers, units, activation, dropout, optimizer');
    expect(stderr).toMatch(/trial 0 {2}loss [\d.]+ {2}layers \d, units \d+, activation \w+/);
    expect(stdout).toMatch(/Ended 6 trials: \d complete.*\. The best:\n {2}trial +loss +layers/);
    expect(stdout).toMatch(/On the rows kept for validation: loss [\d.]+, accuracy [\d.]+ %/);
    expect(stdout).toContain(`Saved ${out}`);
    const scored = await layerwise(['predict', out, data]);
    expect(scored.stdout.split('\n')[0]).toContain('prediction,probability_setosa');
  });

  test('goes on with its journal, and says the same to machines', async () => {
    const study = work.path('study.jsonl');
    const out = work.path('json.safetensors');
    const results = work.path('results.csv');
    const words = [
      '--study',
      study,
      '--results',
      results,
      '--json',
      '--out',
      out,
      '--threads',
      '2',
    ];
    expect((await search(...words, '--trials', '3')).code).toBe(0);
    const { code, stdout, stderr } = await search(...words, '--trials', '5');
    expect([code, stderr]).toEqual([0, '']);
    const events = jsonLines(stdout);
    const ofType = (type: string) => events.filter((event) => event.type === type);
    expect(ofType('search')).toMatchObject([{ sampler: 'tpe', pruner: 'median', trials: 3 }]);
    expect(
      ofType('trial')
        .map(({ number }) => number)
        .sort(),
    ).toEqual([3, 4]);
    const { best, trials } = await readStudy(study);
    expect(trials).toHaveLength(5);
    expect(ofType('best')).toMatchObject([{ number: best?.number, value: best?.value }]);
    // The same training once more: not about the same loss, but the same.
    expect(ofType('done')).toMatchObject([{ validation: { loss: best?.value } }]);
    const lines = (await readFile(results, 'utf8')).trimEnd().split('\n');
    expect(lines[0]).toMatch(/^number,state,value,parameters.layers,/);
    expect(lines).toHaveLength(1 + 5);
    const { training } = await load(out, 'table');
    expect(training).toMatchObject({ validationLoss: best?.value });
  });

  test.skipIf(process.platform === 'win32')('ends with Ctrl-C, to go on later', async () => {
    const study = work.path('interrupted.jsonl');
    let isAsked = false;
    const words = ['search', data, '--target', 'species', '--study', study, '--json'];
    const { code, stderr } = await layerwise([...words, '--epochs', '10000000'], {
      onOutput: (text, child) => {
        if (isAsked || !text.includes('"type":"search"')) return;
        isAsked = true;
        child.kill('SIGINT');
      },
    });
    expect([code, stderr]).toEqual([130, `Interrupted: the same command goes on with ${study}.\n`]);
    const { trials, interrupted } = await readStudy(study);
    expect(interrupted).toEqual(trials.map(({ number }) => number));
    const ended = await layerwise([...words, '--epochs', '2', '--trials', '2']);
    expect(ended.code).toBe(0);
    expect((await readStudy(study)).interrupted).toEqual([]);
  });

  test('says what to correct where every trial fails', async () => {
    const space = await work.write('failing.json', '{ "hidden": [[0]] }');
    const { code, stderr } = await layerwise([
      'search',
      data,
      '--target',
      'species',
      '--space',
      space,
    ]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/error: trials: expected one of the first 3 trials to succeed, .*units/);
    expect(stderr).toContain(
      'Correct what the last of them names: the data, or the values of --space.',
    );
  });

  test('ends with 75 when the time is over before all trials are run, and saves the best', async () => {
    const model = work.path('in-time.safetensors');
    const words = ['search', data, '--target', 'species', '--epochs', '1', '--trials', '1000000'];
    const none = await layerwise([...words, '--time-limit', '1e-9']);
    expect(none.code).toBe(75);
    expect(none.stderr).toContain(
      '--time-limit 1e-9s has ended the search after 0 of 1,000,000 trials.\n',
    );
    const some = await layerwise([...words, '--time-limit', '0.5', '--json', '--out', model]);
    expect(some.code).toBe(75);
    const last = jsonLines(some.stdout).at(-1);
    expect(last).toMatchObject({ type: 'saved', path: model });
  });

  test('searches the space of a file', async () => {
    const space = await work.write(
      'space.json',
      JSON.stringify({
        hidden: [[8], [8, 4]],
        activation: 'tanh',
        learningRate: { type: 'float', low: 0.01, high: 0.1, log: true },
      }),
    );
    const { code, stdout } = await search('--space', space, '--trials', '3', '--json');
    expect(code).toBe(0);
    const model = jsonLines(stdout).find(({ type }) => type === 'model');
    expect(model).toMatchObject({ activation: { type: 'tanh' }, optimizer: { type: 'adam' } });
    expect([[8], [8, 4]]).toContainEqual(model?.hidden);
  });

  test('judges by cross-validation, and trains the best network on all rows', async () => {
    const results = work.path('folds.json');
    const { code, stdout, stderr } = await search(
      ...['--folds', '3', '--trials', '3', '--pruner', 'none', '--results', results],
    );
    expect(code).toBe(0);
    expect(stdout).toContain('150 rows, 4 inputs');
    expect(stdout).toContain('pruner none, 3 folds each');
    expect(stderr).toMatch(/trial 0 {2}loss [\d.]+ {2}layers/);
    expect(stdout).toMatch(/On the training rows: loss [\d.]+, accuracy [\d.]+ %/);
    const { best, trials } = JSON.parse(await readFile(results, 'utf8'));
    const { foldEpochs, foldValues } = trials[best].attributes;
    expect(foldValues).toHaveLength(3);
    const epochs = Math.round((foldEpochs[0] + foldEpochs[1] + foldEpochs[2]) / 3);
    expect(stdout).toContain(`Training: ${epochs} epoch`);
  });

  test('keeps the rows of a group in one fold', async () => {
    const [head, ...lines] = irisCsv().trimEnd().split('\n');
    const grouped = lines.map((line, row) => `${line},flower bed ${row % 4}`);
    const file = await work.write('beds.csv', `${[`${head},bed`, ...grouped].join('\n')}\n`);
    const results = work.path('groups.json');
    const search = (...words: string[]) =>
      layerwise([
        ...['search', file, '--target', 'species', '--epochs', '2', '--trials', '1', '--json'],
        ...['--groups', 'bed', ...words],
      ]);
    const { code, stdout } = await search('--folds', '4', '--results', results);
    expect(code).toBe(0);
    expect(jsonLines(stdout).find(({ type }) => type === 'data')).toMatchObject({ inputs: 4 });
    const { trials } = JSON.parse(await readFile(results, 'utf8'));
    expect(trials[0].attributes.foldValues).toHaveLength(4);
    // More folds than groups, which only groups mind.
    const tooMany = await search('--folds', '5');
    expect(tooMany.stderr).toContain('groups: expected at least as many groups as folds, 5');
  });

  test('says so where no rows judge, or few, and offers folds', async () => {
    const words = ['--trials', '1', '--epochs', '2'];
    const none = await search(...words, '--validation', '0');
    expect(none.code).toBe(0);
    expect(none.stdout).toMatch(
      /Note: 150 rows with --validation 0 leave none to judge by: .* training.*--folds 5 judges/,
    );
    const tiny = await search(...words, '--validation', '0.001', '--json');
    const notes = jsonLines(tiny.stdout).filter(({ type }) => type === 'note');
    expect(notes).toMatchObject([{ message: expect.stringContaining('leave none to judge by') }]);
    const few = await search(...words);
    expect(few.stdout).toMatch(/Note: The trials were judged by 30 rows: .* --folds 5 judges/);
    for (const enough of [
      ['--folds', '2'],
      ['--validation', '0.7'],
    ]) {
      expect((await search(...words, ...enough)).stdout).not.toContain('judge');
    }
  });

  test('prunes after folds', async () => {
    const words = ['--folds', '4', '--trials', '8', '--epochs', '2', '--json', '--parallel', '1'];
    const { code, stdout } = await search(...words, '--pruner', 'successiveHalving');
    expect(code).toBe(0);
    const pruned = jsonLines(stdout).filter(({ state }) => state === 'pruned');
    expect(pruned.length).toBeGreaterThan(0);
    for (const { attributes } of pruned) {
      expect((attributes as { foldValues: number[] }).foldValues.length).toBeLessThan(4);
    }
  });

  test('says which parameters matter, from 20 complete trials on', async () => {
    const space = await work.write(
      'rates.json',
      JSON.stringify({
        hidden: [[8]],
        learningRate: { type: 'float', low: 1e-5, high: 0.1, log: true },
        batchSize: { type: 'int', low: 30, high: 32 },
      }),
    );
    const words = ['--space', space, '--pruner', 'none', '--epochs', '2', '--sampler', 'sobol'];
    const study = work.path('importance.jsonl');
    const text = await search(...words, '--trials', '20', '--study', study);
    expect(text.stdout).toMatch(
      /explains \(fANOVA\):\n {2}parameter +share\n.*\n {2}learningRate +\d+ %/,
    );
    const json = await search(...words, '--trials', '20', '--study', study, '--json');
    const importance = jsonLines(json.stdout).find(({ type }) => type === 'importance');
    expect(importance?.parameters).toMatchObject([
      { parameters: ['learningRate'], importance: expect.closeTo(0.96, 1) },
      { parameters: [expect.any(String)] },
      { parameters: [expect.any(String)] },
    ]);
    const few = await search(...words, '--trials', '2', '--json');
    expect(jsonLines(few.stdout).map(({ type }) => type)).not.toContain('importance');
  });

  test('compares autoencoders', async () => {
    const { code, stdout } = await layerwise([
      ...['search', data, '--autoencoder', '--code', '2', '--epochs', '3', '--trials', '2'],
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/Network: 7 - .*code 2/);
  });

  test.each<[string, string[], string]>([
    ['a sampler that does not exist', ['--sampler', 'magic'], 'Allowed choices are random'],
    ['a study that is the data', ['--study', 'iris.csv'], "iris.csv', which is read"],
    ['a space that is absent', ['--space', 'absent.json'], 'absent.json'],
    ['results of no known kind', ['--results', 'a.txt'], 'ends with .csv or .json'],
    ['folds with rows for validation', ['--folds', '3', '--validation', '10%'], 'cannot be used'],
    ['a single fold', ['--folds', '1'], 'Give a whole number from 2 to 1000'],
    ['more folds than rows', ['--folds', '151'], '--folds 151 needs as many rows, and'],
    ['groups without folds', ['--groups', 'petal length'], '--groups belongs to --folds'],
    ['conflicts', ['--autoencoder'], '--autoencoder has no --target'],
  ])('refuses %s', async (_, words, message) => {
    const absolute = words.map((word) => (/\.\w+$/.test(word) ? work.path(word) : word));
    const { code, stderr } = await search(...absolute, '--trials', '1');
    expect(stderr).toContain(message);
    expect(code).not.toBe(0);
    expect(await readFile(data, 'utf8')).toBe(irisCsv());
  });
});

describe('the space of a file', () => {
  const read = async (space: unknown) =>
    readSpace(
      await work.write('s.json', typeof space === 'string' ? space : JSON.stringify(space)),
    );

  test('has defaults, and short forms', async () => {
    expect(
      await read({
        layers: [1, 2],
        activation: 'relu',
        units: { type: 'int', low: 8, high: 64 },
        optimizer: {
          type: 'variants',
          variants: { adam: {}, sgd: { learningRate: { type: 'float', low: 0.1, high: 1 } } },
        },
      }),
    ).toEqual({
      layers: { type: 'choice', options: [1, 2] },
      activation: { type: 'choice', options: ['relu'] },
      units: { type: 'int', low: 8, high: 64, log: false, step: 1 },
      optimizer: {
        type: 'variants',
        variants: {
          adam: {},
          sgd: { learningRate: { type: 'float', low: 0.1, high: 1, log: false, step: null } },
        },
      },
    });
  });

  test.each([
    ['{', 's.json: expected JSON'],
    [[], 's.json: expected an object'],
    [{ unitz: 3 }, 's.json.unitz: expected one of the options layers'],
    [{ units: { type: 'int', low: 8, high: 4 } }, 's.json.units: high: expected 8 or more'],
    [{ units: { type: 'real' } }, "s.json.units.type: expected 'float', 'int'"],
    [
      { optimizer: { type: 'variants', variants: 3 } },
      's.json.optimizer.variants: expected an obj',
    ],
    [{ units: { type: 'int', low: 8, high: 9, lgo: true } }, "Did you mean 'log'?"],
  ])('refuses %j', async (space, message) => {
    await expect(read(space)).rejects.toThrow(message);
  });

  const base = { optimizer: normaliseOptimizer('adam', ''), seed: 3 } as TrainOptions;

  test('becomes the options of a training', () => {
    expect(withValues(base, { layers: 3, units: 16, dropout: 0.2, batchSize: 8 })).toMatchObject({
      ...{ hidden: [16, 16, 16], dropout: 0.2, batchSize: 8, seed: 3 },
      optimizer: base.optimizer,
    });
    expect(withValues(base, { units: 16 }).hidden).toEqual([16, 16]);
    expect(withValues(base, {}).hidden).toBeUndefined();
    const optimizer = { type: 'sgd', learningRate: 0.3 };
    expect(withValues(base, { optimizer }).optimizer).toMatchObject(optimizer);
    expect(withValues(base, { optimizer: 'sgd', learningRate: 0.3 }).optimizer).toMatchObject(
      optimizer,
    );
    expect(() => withValues(base, { activation: 'rellu' })).toThrow("Did you mean 'relu'?");
  });
});
