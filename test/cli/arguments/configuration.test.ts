import { mkdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseArguments } from '../../../lib/cli/arguments/arguments.js';
import { FlagPlaces } from '../../../lib/cli/arguments/flagPlaces.js';
import { failureOf } from '../../../lib/cli/failure.js';
import type { SearchOptions } from '../../../lib/cli/search/searchArguments.js';
import type { TrainOptions } from '../../../lib/cli/train/trainArguments.js';
import { jsonLines, layerwise } from '../process.js';
import { irisCsv, Workspace } from '../samples.js';

let work: Workspace;
beforeAll(async () => {
  work = await Workspace.create();
  mkdirSync(work.path('job'));
});
afterAll(() => work.remove());

/** The options of a command with a configuration file, and words that are typed. */
function parse(command: 'train' | 'search', settings: unknown, ...words: string[]) {
  const file = work.path('job/job.json');
  writeFileSync(file, typeof settings === 'string' ? settings : JSON.stringify(settings));
  const places = new FlagPlaces();
  try {
    return parseArguments([command, '--config', file, ...words], { version: '', places });
  } catch (error) {
    throw failureOf(error, [], places).error;
  }
}

function train(settings: unknown, ...words: string[]): TrainOptions {
  const { invocation } = parse('train', settings, ...words);
  if (invocation.command !== 'train') throw new Error(invocation.command);
  return invocation.options;
}

function search(settings: unknown, ...words: string[]): SearchOptions {
  const { invocation } = parse('search', settings, ...words);
  if (invocation.command !== 'search') throw new Error(invocation.command);
  return invocation.options;
}

describe('a configuration file', () => {
  test('has every option of train, as the flags have them', () => {
    const words =
      '--target y --task classification --hidden 32,16 --activation tanh --dropout 0.1 --epochs 3 --batch-size 64 ' +
      '--learning-rate 1e-2 --optimizer sgd --schedule cosine --patience 7 --metric f1 rocAuc --monitor validation.f1 ' +
      '--statistics --balanced --validation 0.2 --seed 4294967295 --threads 2 --out /m.safetensors --delimiter tab ' +
      '--encoding latin1 --max-categories 10 --missing n/d - --ignore a b --no-header --json';
    const { invocation } = parseArguments(['train', '/data.csv', ...words.split(' ')], {
      version: '',
    });
    if (invocation.command !== 'train') throw new Error(invocation.command);
    const { config, ...options } = train({
      $schema: './node_modules/layerwise/schemas/train.json',
      ...{ data: '/data.csv', target: 'y', task: 'classification', hidden: [32, 16] },
      ...{ activation: 'tanh', dropout: 0.1, epochs: 3, batchSize: 64, learningRate: 0.01 },
      ...{ optimizer: 'sgd', schedule: 'cosine', patience: 7, metric: ['f1', 'rocAuc'] },
      ...{ monitor: 'validation.f1', statistics: true, balanced: true, validation: 0.2 },
      ...{ seed: 4294967295, threads: 2, out: '/m.safetensors', delimiter: 'tab' },
      ...{ encoding: 'latin1', maxCategories: 10, missing: ['n/d', '-'], ignore: ['a', 'b'] },
      ...{ header: false, json: true },
    });
    expect(config).toBe(work.path('job/job.json'));
    expect(options).toEqual(invocation.options);
  });

  test('has the options of an autoencoder, and of a network without hidden layers', () => {
    const settings = { data: 'd', autoencoder: true, code: 8, contamination: 0.01, hidden: [] };
    expect(train({ ...settings, tied: true, contractive: 0.5 })).toMatchObject({
      ...{ autoencoder: true, code: 8, contamination: 0.01, hidden: [], tied: true },
      contraction: 0.5,
    });
  });

  test('has the options of search', () => {
    const settings = { data: 'd.csv', target: 'y', trials: 7, timeLimit: 60, study: 's.jsonl' };
    expect(search({ ...settings, sampler: 'random', folds: 3, groups: 'g' })).toMatchObject({
      ...{ data: work.path('job/d.csv'), study: work.path('job/s.jsonl'), trials: 7 },
      ...{ timeLimit: 60, sampler: 'random', folds: 3, groups: 'g' },
    });
  });

  test('names files relative to its own folder, and those are checked as if they were typed', () => {
    const settings = { data: 'd.csv', labels: '../l', out: 'models/m.safetensors' };
    const { files } = parse('train', settings);
    expect(files.map(({ name, path }) => [name, path])).toEqual([
      ['data', work.path('job/d.csv')],
      ['--labels', work.path('l')],
      ['--out', work.path('job/models/m.safetensors')],
      ['--config', work.path('job/job.json')],
    ]);
  });

  test('comes behind what is typed', () => {
    const settings = { data: 'd.csv', target: 'x', epochs: 3, ignore: ['a'], header: true };
    const typed = ['e.csv', '--target', 'y', '--epochs', '4', '--no-header', '--ignore', 'b'];
    expect(train(settings, ...typed)).toMatchObject({
      ...{ data: 'e.csv', target: 'y', epochs: 4, header: false, ignore: ['b'] },
    });
  });

  test('gives way to a flag that cannot stand beside one of its own', () => {
    const settings = { data: 'd.csv', target: 'y' };
    expect(search({ ...settings, validation: 0.3 }, '--folds', '5').validation).toBe(0.2);
    expect(search({ ...settings, folds: 5 }, '--validation', '0.3').folds).toBeUndefined();
    expect(() => search({ ...settings, folds: 5, validation: 0.3 })).toThrow(
      'job.json: validation: expected no folds beside it, received both.',
    );
  });

  test.each([
    [
      { epoch: 3 },
      "job.json: epoch: expected an option of `layerwise train`, received an unknown key. Did you mean 'epochs'?",
    ],
    [{ 'batch-size': 3 }, "Did you mean 'batchSize'?"],
    [{ 'no-header': true }, "Did you mean 'header'?"],
    [{ config: 'other.json' }, 'job.json: config: expected an option'],
    [{ epochs: 0 }, 'job.json: epochs: expected a whole number from 1 to 1000000000, received 0.'],
    [{ epochs: '3' }, 'job.json: epochs: expected a whole number, received "3".'],
    [{ epochs: 2.5 }, 'job.json: epochs: expected a whole number, received 2.5.'],
    [{ epochs: null }, 'job.json: epochs: expected a whole number, received null.'],
    [{ data: 3 }, 'job.json: data: expected a text, received 3.'],
    [{ data: 'a\0b' }, 'job.json: data: expected the path of a file'],
    [{ out: 'a\0b' }, 'job.json: out: expected the path of a file'],
    [{ json: 'yes' }, 'job.json: json: expected true or false, received "yes".'],
    [{ ignore: 'a' }, 'job.json: ignore: expected a list of texts, received "a".'],
    [{ hidden: '8,8' }, 'job.json: hidden: expected a list of whole numbers, received "8,8".'],
    [{ hidden: [8, 0] }, 'job.json: hidden: expected the units of each layer'],
    [{ validation: 1 }, 'job.json: validation: expected a share of the rows'],
    [
      { task: 'sorting' },
      'job.json: task: expected one of classification, regression, received sorting.',
    ],
    [{ activation: 'rellu' }, "Did you mean 'relu'?"],
    [{ metric: ['f2'] }, 'job.json: metric[0]: expected'],
    [{ code: 8 }, 'job.json: code belongs to --autoencoder'],
    [
      { autoencoder: true, target: 'y' },
      /job.json: autoencoder has no .*job.json: target: leave the column out/,
    ],
  ])('is refused with %j', (settings, message) => {
    const attempt = () => train({ data: 'd.csv', ...settings });
    expect(attempt).toThrow(message);
  });

  test.each([
    [
      '{ "epochs": 3, }',
      /job.json: expected JSON, received what is none \(.*\). .*the data is the argument/,
    ],
    ['[]', 'job.json: expected a JSON object with options, received an array of 0.'],
  ])('is refused as %s', (text, message) => {
    expect(() => train(text)).toThrow(message);
  });

  test('may leave the data to the command line, but not both', () => {
    expect(train({ target: 'y' }, 'd.csv').data).toBe('d.csv');
    expect(() => train({ target: 'y' })).toThrow("missing required argument 'data', typed or in");
    const folder = () => parseArguments(['train', '--config', work.folder], { version: '' });
    expect(folder).toThrow(/expected an ordinary file.*the data is the argument/);
    const absent = () => parseArguments(['train', '--config', 'absent.json'], { version: '' });
    expect(absent).toThrow('absent.json: expected a file that can be read, received no such file.');
  });

  test('may begin with a byte-order mark', () => {
    expect(train('\ufeff{ "data": "d.csv", "seed": 3 }').seed).toBe(3);
  });
});

describe('the command', () => {
  test('trains by a configuration file from any folder, and names its keys in errors', async () => {
    await work.write('job/iris.csv', irisCsv());
    const settings = { data: 'iris.csv', target: 'species', epochs: 2, out: 'iris.safetensors' };
    const file = await work.write('job/train.json', JSON.stringify({ ...settings, json: true }));
    const { code, stdout } = await layerwise(['train', '--config', file]);
    expect(code).toBe(0);
    const last = jsonLines(stdout).at(-1);
    expect(last).toMatchObject({ type: 'saved', path: work.path('job/iris.safetensors') });
    await work.write('job/train.json', JSON.stringify({ ...settings, batchSize: 1000 }));
    const failed = await layerwise(['train', '--config', 'train.json'], {
      directory: work.path('job'),
    });
    expect([failed.code, failed.stderr]).toEqual([
      2,
      'error: train.json: batchSize: expected at most the 120 rows that train, received 1000.\n',
    ]);
    await work.write('job/train.json', JSON.stringify({ ...settings, out: 'train.json' }));
    const replaced = await layerwise(['train', '--config', file]);
    expect(replaced.stderr).toMatch(/^error: .*train.json: out: expected a file of its own/);
  });
});
