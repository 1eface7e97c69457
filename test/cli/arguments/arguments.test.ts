import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { buildProgram, commandsIn, parseArguments } from '../../../lib/cli/arguments/arguments.js';
import { FileArgument } from '../../../lib/cli/arguments/files.js';
import { flagsOf } from '../../../lib/cli/arguments/flags.js';
import { UsageError } from '../../../lib/cli/arguments/usageError.js';
import { failureOf } from '../../../lib/cli/failure.js';
import type { TrainOptions } from '../../../lib/cli/train/trainArguments.js';
import { ArgumentError } from '../../../lib/errors.js';

const settings = { version: '1.2.3', width: 100 };
const parse = (...words: string[]) => parseArguments(words, settings).invocation;

function train(...words: string[]): TrainOptions {
  const invocation = parse('train', 'data.csv', ...words);
  if (invocation.command !== 'train') throw new Error(invocation.command);
  return invocation.options;
}

function caughtBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

function print(...words: string[]): { text: string; isError: boolean } {
  const invocation = parse(...words);
  if (invocation.command !== 'print') throw new Error(invocation.command);
  return invocation;
}

/** `['study', 'repair']`. */
function pathOf(command: Command): string[] {
  return command.parent === null ? [] : [...pathOf(command.parent), command.name()];
}

describe('parseArguments', () => {
  test('fills in what the user left open', () => {
    expect(train('--target', 'y')).toEqual({
      data: 'data.csv',
      target: 'y',
      autoencoder: false,
      isUsualOptimizer: true,
      activation: { type: 'relu' },
      optimizer: expect.objectContaining({
        ...{ type: 'adamW', learningRate: 0.001, weightDecay: 1 },
      }),
      initializer: { type: 'glorotUniform', gain: 1 },
      isUsualRate: true,
      isUsualSchedule: true,
      isSingle: false,
      schedule: expect.objectContaining({ type: 'constant' }),
      validation: 0.1,
      seed: 0,
      header: true,
      ignore: [],
      maxCategories: 256,
      balanced: false,
      onNonFinite: 'stop',
      skipBadLines: false,
      statistics: false,
      tied: false,
      keepCheckpoints: 2,
      resume: false,
      metrics: [],
      json: false,
    });
  });

  test('reads every option of train', () => {
    const words =
      '--target y --task classification --hidden 32,16 --activation tanh --epochs 3 --batch-size 64 ' +
      '--learning-rate 1e-2 --optimizer sgd --schedule cosine --patience 7 --metric f1,rocAuc --monitor validation.f1 --statistics --balanced --validation 20% --seed 4294967295 --threads 2 ' +
      '--out m.safetensors --delimiter tab --encoding latin1 --max-categories 10 --no-header --json';
    expect(train('--ignore', 'a', 'b c', ...words.split(' '))).toEqual({
      data: 'data.csv',
      target: 'y',
      task: 'classification',
      hidden: [32, 16],
      activation: { type: 'tanh' },
      optimizer: expect.objectContaining({ type: 'sgd', learningRate: 0.01 }),
      isUsualRate: false,
      isUsualSchedule: false,
      isSingle: true,
      schedule: expect.objectContaining({ type: 'cosine', minimumRate: 0 }),
      patience: 7,
      metrics: ['f1', 'rocAuc'],
      monitor: 'validation.f1',
      onNonFinite: 'stop',
      skipBadLines: false,
      isUsualOptimizer: false,
      statistics: true,
      balanced: true,
      tied: false,
      autoencoder: false,
      epochs: 3,
      batchSize: 64,
      validation: 0.2,
      seed: 4294967295,
      threads: 2,
      out: 'm.safetensors',
      delimiter: '\t',
      encoding: 'windows-1252',
      header: false,
      ignore: ['a', 'b c'],
      maxCategories: 10,
      keepCheckpoints: 2,
      resume: false,
      json: true,
    });
  });

  test('reads an autoencoder, labels, and a network without hidden layers', () => {
    expect(train('--autoencoder', '--code', '8')).toMatchObject({ autoencoder: true, code: 8 });
    expect(train('--autoencoder', '--tied', '--contractive', '0.2')).toMatchObject({
      tied: true,
      contraction: 0.2,
    });
    const noisy = train('--autoencoder', '--noise', 'swap:0.3', '--loss', 'logCosh');
    expect(noisy).toMatchObject({
      noise: { type: 'swapNoise', rate: 0.3 },
      loss: { type: 'logCosh' },
    });
    expect(train('--autoencoder', '--noise', 'gaussianNoise:0.5')).toMatchObject({
      noise: { type: 'gaussianNoise', standardDeviation: 0.5 },
    });
    expect(train('--autoencoder', '--noise', 'masking')).toMatchObject({
      noise: { type: 'maskingNoise', rate: 0.3 },
    });
    expect(train('--autoencoder', '--noise', 'none')).toMatchObject({ noise: 'none' });
    expect(train('--autoencoder', '--contamination', '1%')).toMatchObject({ contamination: 0.01 });
    expect(train('--labels', 'l.gz', '--hidden', 'none')).toMatchObject({
      labels: 'l.gz',
      hidden: [],
    });
  });

  test('reads the other commands', () => {
    expect(parse('predict', 'm', '-', '--unknown', 'ignore', '--out', 'o.csv', '--json')).toEqual({
      command: 'predict',
      options: {
        model: 'm',
        data: '-',
        skipBadLines: false,
        unknown: 'ignore',
        out: 'o.csv',
        json: true,
        escapeFormulas: false,
      },
    });
    expect(parse('inspect', 'm')).toEqual({
      command: 'inspect',
      options: { file: 'm', json: false },
    });
    expect(parse('info', '--json')).toEqual({ command: 'info', options: { json: true } });
  });

  test.each([
    ['trian', "unknown command 'trian' (Did you mean train?)"],
    ['train', "missing required argument 'data'"],
    [
      'train --target y --ignore a b.csv',
      "missing required argument 'data'; write it in front of --ignore, which takes all words",
    ],
    ['predict --json m', "missing required argument 'data'"],
    ['train a b', 'too many arguments'],
    ['train a --taget y', "unknown option '--taget' (Did you mean --target?)"],
    ['train a --target', 'argument missing'],
    ['train a --task sorting', 'Allowed choices are classification, regression'],
    ['train a --epochs 0', 'whole number from 1'],
    ['train a --epochs 1e3', 'whole number from 1'],
    ['train a --epochs 2.5', 'whole number from 1'],
    ['train a --seed -1', 'whole number from 0 to 4294967295'],
    ['train a --validation 1', 'share of the rows'],
    ['train a --validation x', 'share of the rows'],
    ['train a --dropout 1', 'share of the hidden units'],
    ['train a --learning-rate 0', 'above 0'],
    ['train a --patience 0', 'whole number from 1'],
    ['train a --balanced --task regression', '--balanced is for classes'],
    ['train a --balanced --autoencoder', '--balanced is for classes'],
    ['train a --learning-rate fast', 'above 0'],
    ['train a --hidden 12,x', 'separated by commas'],
    ['train a --hidden 12,0', 'separated by commas'],
    ['train a --delimiter ab', 'one character'],
    ['train a --delimiter "', 'one character'],
    ['train a --encoding klingon', 'name of an encoding'],
    ['train a --autoencoder --target y', '--autoencoder has no --target'],
    ['train a --autoencoder --task regression', '--autoencoder has no --task'],
    ['train a --autoencoder --labels l', '--autoencoder has no --labels'],
    ['train a --target y --labels l', 'give one of them'],
    ['train a --target y --code 8', '--code belongs to --autoencoder'],
    ['train a --target y --contamination 0.1', '--contamination belongs to --autoencoder'],
    ['train a --target y --tied', '--tied belongs to --autoencoder'],
    ['train a --target y --noise swap', '--noise belongs to --autoencoder'],
    ['train a --target y --loss huber', '--loss belongs to --autoencoder'],
    ['train a --target y --contractive 1', '--contractive belongs to --autoencoder'],
    ['train a --autoencoder --noise swap:2', 'Give one of swap, masking, gaussian, saltAndPepper'],
    ['train a --autoencoder --noise swop', 'Give one of swap, masking, gaussian, saltAndPepper'],
    ['convert a b.npy --target y', 'rows are written as safetensors'],
    ['export m.safetensors m.bin', 'name the file .onnx, not m.bin'],
    ['export m.safetensors m.onnx --part code', 'Allowed choices are reconstruction, encoder'],
    ['train a --monitor f1 --metric f1', '--monitor needs --patience or --schedule'],
    ['train a --autoencoder --contamination 0', 'share above 0'],
    ['train a --autoencoder --contamination 60%', 'up to 0.5'],
    ['predict m d --json', '--json needs --out'],
    ['predict m d --unknown guess', 'Allowed choices are error, ignore'],
  ])('refuses `%s`', (line, message) => {
    const words = line.split(' ');
    const attempt = () => parse(...words);
    expect(attempt).toThrow(UsageError);
    expect(attempt).toThrow(message);
    const command = words[0] === 'trian' ? '' : words[0];
    expect(attempt).toThrow(expect.objectContaining({ command }));
  });

  test.each([
    ['--activation', 'rellu', "Did you mean 'relu'?"],
    ['--optimizer', 'adm', "Did you mean 'adam'?"],
    ['--loss', 'huberr', "Did you mean 'huber'?"],
  ])('refuses an unknown name for %s', (option, name, hint) => {
    const error = failureOf(caughtBy(() => train(option, name))).error;
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error.message).toMatch(new RegExp(`^${option}: `));
    expect(error.message).toContain(hint);
  });

  test('says of every file what becomes of it', () => {
    const words = ['search', 'd.csv', '--target', 'y', '--space', 's.json', '--study', 's.jsonl'];
    expect(parseArguments([...words, '--out', 'm', '--results', 'r.csv'], settings).files).toEqual([
      { name: 'data', path: 'd.csv', role: 'input' },
      { name: '--space', path: 's.json', role: 'input' },
      { name: '--study', path: 's.jsonl', role: 'journal' },
      { name: '--out', path: 'm', role: 'output' },
      { name: '--results', path: 'r.csv', role: 'output' },
    ]);
    expect(parseArguments(['predict', 'm', '-'], settings).files).toEqual([
      { name: 'model', path: 'm', role: 'input' },
      { name: 'data', path: '-', role: 'input' },
    ]);
  });

  test('has no option or argument for a file that does not say so', () => {
    const holdsFile = /<(file|data|model|path|journal)\b|\[(file|data|model|path|journal)\b/;
    const commands = commandsIn(buildProgram(settings, () => {}));
    const files = commands.flatMap(flagsOf).filter(({ usage }) => holdsFile.test(usage));
    expect(files.length).toBeGreaterThanOrEqual(7);
    for (const { file } of files) expect(file).toMatch(/^(input|output|journal)$/);
    const named = commands.flatMap((command) => command.registeredArguments);
    expect(named.length).toBeGreaterThanOrEqual(5);
    for (const argument of named) {
      // The number of a lesson, or its name.
      if (argument.name() === 'lesson') continue;
      expect(argument).toBeInstanceOf(FileArgument);
    }
  });

  test('shows examples first, and the most common flags, for -h', () => {
    const { text, isError } = print('train', '-h');
    expect(isError).toBe(false);
    expect(text).toMatch(/^Examples:\n {2}\$ layerwise train .*Usage: layerwise train/s);
    expect(text).toContain('--target <column>');
    expect(text).not.toContain('--max-categories');
    expect(text).toContain('layerwise train --help shows everything.');
    expect(text.split('\n').length).toBeLessThan(25);
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  });

  test.each([[], ['search'], ['predict'], ['inspect'], ['study'], ['study', 'repair'], ['info']])(
    'has a short help: %j',
    (...words) => {
      const long = print(...words, '--help').text;
      const { text } = print(...words, '-h');
      expect(text).toMatch(/^Examples:\n {2}\$ /);
      expect(text.length).toBeLessThan(long.length);
    },
  );

  test.each(commandsIn(buildProgram(settings, () => {})).map((command) => [pathOf(command)]))(
    'helps on a narrow terminal: %j',
    (words) => {
      for (const help of ['-h', '--help']) {
        const { invocation } = parseArguments([...words, help], { version: '1.2.3', width: 60 });
        const text = invocation.command === 'print' ? invocation.text : '';
        expect(text).toContain('Usage: layerwise');
        // Command lines are there to be copied.
        const lines = text.split('\n').filter((line) => !/^ {2}\$ |^Usage: /.test(line));
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(60);
      }
    },
  );

  test('prints its version', () => {
    expect(print('--version')).toEqual({ command: 'print', text: '1.2.3\n', isError: false });
  });

  test.each([
    [[], ['train', 'predict', 'inspect', 'info', 'Exit codes:', '130', '$ layerwise train']],
    [['train'], ['--target', '--autoencoder', 'default: 0.001 for adam', 'missing', '$ layerwise']],
    [['predict'], ['--unknown', 'probability_<class>', 'worst_column', '$ layerwise predict']],
    [['convert'], ['--target', '$ layerwise convert', 'tensors inputs']],
    [['export'], ['--part', '$ layerwise export', 'milliseconds since 1970']],
    [['import'], ['<model>', '$ layerwise import', 'BatchNormalization']],
    [['inspect'], ['$ layerwise inspect']],
    [['study'], ['repair', '$ layerwise study repair']],
    [
      ['study', 'repair'],
      ['--out', '$ layerwise study repair'],
    ],
    [['info'], ['$ layerwise info']],
  ])('helps with %j, within the width of the terminal', (words, contents) => {
    const { text, isError } = print(...words, '--help');
    expect(isError).toBe(false);
    for (const content of contents) {
      expect(text.replace(/\s+/g, ' ')).toContain(content.replace('default: ', ''));
    }
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  });

  test('answers an empty command line with the help, as an error', () => {
    const { text, isError } = print();
    expect(isError).toBe(true);
    expect(text).toContain('Usage: layerwise');
  });
});
