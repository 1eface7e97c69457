import { describe, expect, test } from 'vitest';
import { UsageError } from '../../lib/cli/arguments/usageError.js';
import { type Failure, failureJson, failureLines, failureOf } from '../../lib/cli/failure.js';
import {
  ArgumentError,
  DataError,
  DivergenceError,
  FileFormatError,
  MemoryError,
  NativeBinaryError,
  ShapeError,
  StateError,
} from '../../lib/errors.js';
import { printing } from '../terminal/collector.js';

const details = { path: 'place', expected: 'one', received: 'two', remedy: 'Do it.' };

function failureText(failure: Failure, debug = false): string {
  const { printer, seen } = printing();
  for (const line of failureLines(failure, debug)) printer.line(...line);
  return seen.text;
}

describe('failures', () => {
  test('of an error whose message is no text are shown all the same', () => {
    const messages = [Object.create(null), { toString: null }, 5];
    const shown = messages.map((message) =>
      failureText(failureOf(Object.assign(new Error(), { message }))),
    );
    const none = 'error: a value that has no text\n';
    expect(shown).toEqual([none, none, 'error: 5\n']);
  });

  test.each([
    [new UsageError('wrong'), 2],
    [new ArgumentError(details), 2],
    [new DataError(details), 2],
    [new ShapeError(details), 2],
    [new FileFormatError(details), 2],
    [new DivergenceError(details), 1],
    [new MemoryError(details), 1],
    [new NativeBinaryError(details), 1],
    [new StateError(details), 1],
    [new Error('disk full'), 1],
    ['a string', 1],
  ])('%s ends with the code %i', (error, exitCode) => {
    expect(failureOf(error).exitCode).toBe(exitCode);
  });

  test('are one block: the fact, then the remedy', () => {
    expect(failureText(failureOf(new DataError(details)))).toBe(
      'error: place: expected one, received two.\n  Do it.\n',
    );
    expect(failureText(failureOf(new UsageError('wrong', 'train')))).toBe(
      'error: wrong\n  Run `layerwise train --help` for help.\n',
    );
    expect(failureText(failureOf(new Error('disk full')))).toBe('error: disk full\n');
  });

  test('name options as the command line does', () => {
    const error = new ArgumentError({ ...details, path: 'batchSize' });
    expect(failureText(failureOf(error))).toContain('--batch-size: expected');
  });

  test('name files as they are, whatever objects inherit', () => {
    const error = new ArgumentError({ ...details, path: 'constructor' });
    expect(failureText(failureOf(error))).toContain('error: constructor: expected');
  });

  test('say what helps against divergence', () => {
    const text = failureText(failureOf(new DivergenceError(details)));
    expect(text).toContain('smaller --learning-rate');
  });

  test('show the stack only for debugging', () => {
    const failure = failureOf(new Error('disk full'));
    expect(failureText(failure)).not.toContain(' at ');
    expect(failureText(failure, true)).toContain(' at ');
  });

  test('are objects for machines', () => {
    expect(failureJson(failureOf(new DataError(details)))).toEqual({
      type: 'error',
      name: 'DataError',
      message: 'place: expected one, received two. Do it.',
      ...details,
      exitCode: 2,
    });
    expect(failureJson(failureOf(new UsageError('wrong')))).toEqual({
      type: 'error',
      name: 'UsageError',
      message: 'wrong',
      exitCode: 2,
    });
  });
});
