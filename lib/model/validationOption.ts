import { isArray } from '../builtins.js';
import { describeValue, requireKnownKeys, requireNumber, requireObject } from '../checks.js';
import { ArgumentError } from '../errors.js';

/** Rows that are kept from the training: a share of the data, or data of their own. */
export type Validation<Data> = number | { readonly split: number } | { readonly data: Data };

export type ResolvedValidation = { readonly split: number } | { readonly data: unknown };

/** @throws ArgumentError */
export function readValidation(value: unknown): ResolvedValidation {
  if (typeof value === 'number') return { split: requireShare(value, 'validation') };
  if (isArray(value)) {
    throw new ArgumentError({
      path: 'validation',
      expected: 'a share of the rows, or an object with data',
      received: describeValue(value),
      remedy: 'Write { data: { inputs, targets } }, or { data: inputs } for an autoencoder.',
    });
  }
  const options = requireObject(value, 'validation');
  requireKnownKeys(options, ['split', 'data'], 'validation');
  if ('split' in options === 'data' in options) {
    throw new ArgumentError({
      path: 'validation',
      expected: 'either { split } or { data }',
      received: 'split' in options ? 'both' : 'neither',
    });
  }
  if ('data' in options) return { data: options.data };
  return { split: requireShare(options.split, 'validation.split') };
}

function requireShare(value: unknown, path: string): number {
  return requireNumber(value, path, {
    minimum: 0,
    maximum: 1,
    minimumExclusive: true,
    maximumExclusive: true,
  });
}
