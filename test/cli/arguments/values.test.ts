import { InvalidArgumentError } from 'commander';
import { describe, expect, test } from 'vitest';
import { duration } from '../../../lib/cli/arguments/values.js';

describe('a duration', () => {
  test.each([
    ['90', 90],
    ['0.5', 0.5],
    ['90s', 90],
    ['2m', 120],
    ['2h', 7200],
    ['1.5h', 5400],
    ['1h30m', 5400],
    ['1d2h3m4s', 93_784],
    ['2H', 7200],
  ])('of %s has %d seconds', (text, seconds) => {
    expect(duration(text)).toBe(seconds);
    const { pattern = '' } = duration.form;
    if (/[a-z]/.test(text)) expect(text).toMatch(new RegExp(pattern));
  });

  test.each(['', '0', '0h', '-1', '2w', '30m1h', '1h 30', 'h', 'Infinity', '2hours'])(
    'is not %j',
    (text) => {
      expect(() => duration(text)).toThrow(InvalidArgumentError);
    },
  );
});
