import { describe, expect, test } from 'vitest';
import { buildProgram, commandsIn } from '../../../lib/cli/arguments/arguments.js';
import { errorInFlags, flagsByOption, inFlags } from '../../../lib/cli/arguments/flagNames.js';
import { flagsOf, nameOf } from '../../../lib/cli/arguments/flags.js';
import { ArgumentError, FileFormatError } from '../../../lib/errors.js';
import { optionText } from '../../../lib/optionText.js';

const details = { expected: 'one', received: 'two' };

describe('names of flags', () => {
  test.each([
    [optionText('ignore', ['row id']), "--ignore 'row id'"],
    [optionText('missing', ['']), "--missing ''"],
    [optionText('missing', ['n/a', "don't"]), String.raw`--missing 'n/a' 'don'\''t'`],
    [optionText('task', 'classification'), '--task classification'],
    [optionText('header', false), '--no-header'],
    [optionText('maxCategories'), '--max-categories'],
    [optionText('validation', 0.1), '--validation 0.1'],
    [optionText('gradientClipping'), '`gradientClipping`'],
  ])('replace %s', (option, flag) => {
    expect(inFlags(`Give ${option}.`)).toBe(`Give ${flag}.`);
  });

  test.each([
    ['batchSize', '--batch-size'],
    ['optimizer', '--optimizer'],
    ['optimizer.learningRate', '--learning-rate'],
    ['earlyStopping.patience', '--patience'],
    ['metrics[1]', '--metric[1]'],
    ['layers[2].units', 'layers[2].units'],
    ['constructor', 'constructor'],
  ])('replace the path %s', (path, flag) => {
    expect(errorInFlags(new ArgumentError({ ...details, path }))).toMatchObject({ path: flag });
  });

  test('replace what an error advises, and keep the rest', () => {
    const error = new FileFormatError({
      ...{ ...details, path: 'threads' },
      remedy: `Give ${optionText('encoding', 'utf-16le')}.`,
    });
    expect(errorInFlags(error)).toMatchObject({
      ...{ name: 'FileFormatError', path: 'threads', received: 'two', cause: error },
      remedy: 'Give --encoding utf-16le.',
    });
  });

  test('leave files alone that are called like options', () => {
    const error = new ArgumentError({ ...details, path: 'seed' });
    expect(errorInFlags(error, ['seed'])).toMatchObject({ path: 'seed' });
  });

  test('are the same in all commands', () => {
    for (const command of commandsIn(buildProgram({ version: '' }, () => {}))) {
      for (const flag of flagsOf(command)) {
        if (flag.sets === undefined) continue;
        const known = flagsByOption().get(flag.sets);
        expect(known && nameOf(known)).toBe(nameOf(flag));
      }
    }
  });
});
