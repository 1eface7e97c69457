import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { load } from '../../../lib/index.js';
import { randomNumbers } from '../../model/data.js';
import { jsonLines, layerwise } from '../process.js';
import { irisCsv, Workspace } from '../samples.js';

/** Several networks of a table, which predict together. */

let work: Workspace;
let data: string;

beforeAll(async () => {
  work = await Workspace.create();
  data = await work.write('iris.csv', irisCsv());
});
afterAll(() => work.remove());

const train = (...words: string[]) =>
  layerwise(['train', data, '--target', 'species', '--epochs', '20', ...words]);

describe('networks that predict together', () => {
  test('are what a small table gets, and are saved in one file with what they are worth', async () => {
    const out = work.path('iris.safetensors');
    const { code, stdout, stderr } = await train('--out', out);
    expect(code).toBe(0);
    expect(stdout).toContain('iris.csv: 150 rows, 4 inputs');
    expect(stdout).toMatch(/Training: 5 networks that predict together, .*; about .* s/);
    expect(stdout).toMatch(/Trained 5 networks of 20 epochs in/);
    expect(stdout).toMatch(
      /had not learned from: right for [\d.]+ % ± [\d.]+ % of the rows; always saying 'setosa' is for 33.3 %; loss/,
    );
    expect(stderr).toContain('Network 5 of 5\nepoch 20/20 ');
    const model = await load(out, 'table');
    expect(model.members).toHaveLength(5);
    expect(model.training).toMatchObject({ members: 5, outOfFold: { rows: 150, folds: 5 } });
    // The command line and the program take the same mean.
    const scored = await layerwise(['predict', out, data]);
    const fields = (scored.stdout.split('\n')[1] ?? '').split(',');
    const row = [5.1, 3.5, 1.4, 0.2];
    const { prediction, probabilities = {} } = model.predictSync(row);
    expect(fields.slice(5, 6)).toEqual([prediction]);
    for (const [at, share] of Object.values(probabilities).entries()) {
      expect(Number(fields[6 + at])).toBeCloseTo(share, 6);
    }
  });

  test('tell machines where one begins, and what they are worth', async () => {
    const { stdout } = await train('--members', '3', '--json');
    const events = jsonLines(stdout);
    const parts = events.filter(({ type }) => type === 'member');
    expect(parts).toMatchObject([1, 2, 3].map((member) => ({ member, members: 3, rows: 100 })));
    expect(events.filter(({ type }) => type === 'epoch')).toHaveLength(60);
    expect(events.find(({ type }) => type === 'done')).toMatchObject({
      ...{ members: 3, epochs: 20, stopReason: 'completed' },
      outOfFold: { rows: 150, folds: 3, baselineScore: 1 / 3 },
    });
  });

  test('go on from a model of several', async () => {
    const [first, second] = [work.path('three.safetensors'), work.path('more.safetensors')];
    await train('--members', '3', '--out', first);
    const { code } = await layerwise([
      'train',
      data,
      '--from',
      first,
      '--epochs',
      '2',
      '--out',
      second,
    ]);
    expect(code).toBe(0);
    expect((await load(second, 'table')).members).toHaveLength(3);
    const refused = await layerwise(['train', data, '--from', first, '--patience', '2']);
    expect(refused).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--members 1') as string,
    });
  });

  test('are left to those who ask for one network, or for much', async () => {
    const of = async (...words: string[]) => {
      const { stdout } = await train('--json', '--epochs', '1', ...words);
      return jsonLines(stdout).find(({ type }) => type === 'model')?.members;
    };
    expect(await of('--preset', 'fast')).toBe(1);
    expect(await of('--validation', '0.2')).toBe(1);
    expect(await of('--preset', 'best')).toBe(10);
    const both = await train('--members', '2', '--validation', '0.2');
    expect(both.code).toBe(2);
    expect(both.stderr).toContain(
      '--members 2 trains several networks, and --validation is about one',
    );
    const many = await train('--members', '80');
    expect(many.code).toBe(2);
    expect(many.stderr).toMatch(/--members: expected at most 75/);
  });

  test('respect a limit of time together', async () => {
    const { code, stdout } = await train('--epochs', '1000000', '--time-limit', '0.5', '--json');
    expect(code).toBe(75);
    const done = jsonLines(stdout).find(({ type }) => type === 'done');
    expect(done).toMatchObject({ stopReason: 'timeLimit', members: 5 });
  });
});

describe('the network of a table', () => {
  const specOf = async (...words: string[]) => {
    const out = work.path('one.safetensors');
    await train('--epochs', '1', '--members', '1', '--out', out, ...words);
    const model = await load(out, 'table');
    const [layer] = model.members[0].spec.layers;
    return { layer, optimizer: model.training.optimizer };
  };

  test('begins with small weights, which decay', async () => {
    expect(await specOf()).toMatchObject({
      layer: { kernelInitializer: { type: 'glorotUniform' } },
      optimizer: { type: 'adamW', weightDecay: 1 },
    });
    expect(await specOf('--weight-decay', '0.1', '--initializer', 'heNormal')).toMatchObject({
      layer: { kernelInitializer: { type: 'heNormal' } },
      optimizer: { type: 'adamW', weightDecay: 0.1 },
    });
    // Whoever names the optimizer has it as it is.
    expect(await specOf('--optimizer', 'adam')).toMatchObject({
      layer: { kernelInitializer: { type: 'heNormal' } },
      optimizer: { type: 'adam', weightDecay: 0 },
    });
  });
});

test('what is worse than one answer for all rows is said', async () => {
  const random = randomNumbers(4);
  const lines = Array.from({ length: 60 }, () => `${random()},${random()},${random()}`);
  const noise = await work.write('noise.csv', `a,b,y\n${lines.join('\n')}\n`);
  const words = ['train', noise, '--target', 'y', '--optimizer', 'adam', '--hidden', '256'];
  const several = await layerwise(words);
  expect(several.stdout).toMatch(/Note: The model is worse than the mean of 'y' for every row/);
  const one = await layerwise([
    ...words,
    '--members',
    '1',
    '--validation',
    '0.3',
    '--epochs',
    '400',
  ]);
  expect(one.stdout).toMatch(/Note: The model is worse than the mean of 'y' for every row/);
  expect(one.stderr).toMatch(/Warning: validation.loss: it rises/);
});

test('nothing is said to be worse where classes are weighted', async () => {
  const random = randomNumbers(3);
  // One row in thirty is of a class that one column tells well.
  const lines = Array.from({ length: 900 }, (_, row) => {
    const isRare = row % 30 === 0;
    return `${random()},${isRare ? 0.8 + 0.2 * random() : random()},${isRare ? 'rare' : 'usual'}`;
  });
  const rare = await work.write('rare.csv', `a,b,y\n${lines.join('\n')}\n`);
  for (const members of ['1', '3']) {
    const words = ['train', rare, '--target', 'y', '--balanced', '--members', members];
    const { stdout, code } = await layerwise(words);
    expect(code).toBe(0);
    expect(stdout).not.toContain('worse than');
  }
});

test('the search that may help has the options by which the table is read', async () => {
  const random = randomNumbers(6);
  const lines = Array.from({ length: 300 }, (_, row) => {
    const isLikely = random() < 0.75;
    return `${row};${row % 5};${row % 5 < 2 === isLikely ? 1 : 0}`;
  });
  const table = await work.write('odd names.csv', `nr;a b;y\n${lines.join('\n')}\n`);
  const { stdout, stderr } = await layerwise([
    ...['train', table, '--target', 'y', '--ignore', 'nr', '--decimal', '.'],
    ...['--categorical', 'a b', '--epochs', '20', '--task', 'classification'],
  ]);
  expect(stderr).not.toContain('error');
  expect(stdout).toMatch(
    /: layerwise search '.*odd names\.csv' --target y --task classification --ignore nr --decimal \. --categorical 'a b' --folds 5\n/,
  );
});
