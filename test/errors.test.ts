import { describe, expect, test } from 'vitest';
import { errorOfKind, rebaseError } from '../lib/errors.js';
import { DataError, LayerwiseError, ShapeError } from '../lib/index.js';
import { fromNativeError } from '../lib/native.js';

const details = { path: 'a[1]', expected: 'b', received: 'c', remedy: 'Do d.' };

describe('errors', () => {
  test('say where, what was wanted, what came, and what to do', () => {
    const error = new ShapeError(details);
    expect(error.message).toBe('a[1]: expected b, received c. Do d.');
    expect(error).toMatchObject({ ...details, name: 'ShapeError', code: 'LAYERWISE' });
    expect(error).toBeInstanceOf(LayerwiseError);
    expect(String(error)).toBe('ShapeError: a[1]: expected b, received c. Do d.');
  });

  test('may do without a remedy', () => {
    const { remedy: _, ...rest } = details;
    expect(new DataError(rest).message).toBe('a[1]: expected b, received c.');
  });

  test('have one full stop where what came is a sentence', () => {
    const { message } = new DataError({
      ...details,
      received: `an error: ${new DataError(details).message}`,
    });
    expect(message).toBe(
      'a[1]: expected b, received an error: a[1]: expected b, received c. Do d. Do d.',
    );
  });

  test('move to another path and keep their class and cause', () => {
    const error = new DataError(details);
    const moved = rebaseError(error, (path) => `v.${path}`);
    expect(moved).toBeInstanceOf(DataError);
    expect(moved).toMatchObject({ path: 'v.a[1]', cause: error });
    const foreign = new TypeError('x');
    expect(rebaseError(foreign, () => 'y')).toBe(foreign);
  });
});

describe('errors of the core', () => {
  test.each(['argument', 'shape', 'data', 'state', 'divergence', 'memory'] as const)(
    'of kind %s have a class',
    (kind) => {
      const error = Object.assign(new Error('m'), { code: 'LAYERWISE', kind, ...details });
      const converted = fromNativeError(error);
      expect(converted).toBeInstanceOf(errorOfKind(kind, details).constructor);
      expect(converted).toMatchObject({ ...details, cause: error });
    },
  );

  test('of no known kind stay as they are', () => {
    for (const error of [new Error('x'), Object.assign(new Error('x'), { kind: 'toString' }), 3]) {
      expect(fromNativeError(error)).toBe(error);
    }
  });
});
