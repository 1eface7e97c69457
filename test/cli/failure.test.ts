import { describe, expect, it } from 'vitest';
import { failureJson, failureOf, failureText } from '../../lib/cli/failure.js';
import { UsageError } from '../../lib/cli/usageError.js';
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

const details = { path: 'place', expected: 'one', received: 'two', remedy: 'Do it.' };
const plain = (_: string, text: string): string => text;

describe('failures', () => {
  it.each([
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

  it('are one block: the fact, then the remedy', () => {
    expect(failureText(failureOf(new DataError(details)), plain, false)).toBe(
      'error: place: expected one, received two.\n  Do it.\n',
    );
    expect(failureText(failureOf(new UsageError('wrong', 'train')), plain, false)).toBe(
      'error: wrong\n  Run `layerwise train --help` for help.\n',
    );
    expect(failureText(failureOf(new Error('disk full')), plain, false)).toBe('error: disk full\n');
  });

  it('name options as the command line does', () => {
    const error = new ArgumentError({ ...details, path: 'batchSize' });
    expect(failureText(failureOf(error), plain, false)).toContain('--batch-size: expected');
  });

  it('say what helps against divergence', () => {
    const text = failureText(failureOf(new DivergenceError(details)), plain, false);
    expect(text).toContain('smaller --learning-rate');
  });

  it('show the stack only for debugging', () => {
    const failure = failureOf(new Error('disk full'));
    expect(failureText(failure, plain, false)).not.toContain(' at ');
    expect(failureText(failure, plain, true)).toContain(' at ');
  });

  it('are objects for machines', () => {
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
