import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { optionText, renameOptions } from '../lib/optionText.js';

describe('optionText', () => {
  test('names an option, and a value', () => {
    expect(optionText('ignore')).toBe('`ignore`');
    expect(optionText('ignore', ['row id', 'b'])).toBe('`ignore: ["row id","b"]`');
    expect(optionText('header', false)).toBe('`header: false`');
  });

  test('is found again, whatever the value is', () => {
    const value = fc.oneof(
      ...[fc.string(), fc.array(fc.string(), { minLength: 1 }), fc.boolean()],
      fc.integer({ min: 0 }),
    );
    fc.assert(
      fc.property(value, (given) => {
        const found: unknown[] = [];
        const text = `Leave it out with ${optionText('ignore', given)}, or not.`;
        const renamed = renameOptions(text, (name, seen) => {
          found.push([name, seen]);
          return 'that';
        });
        expect(found).toEqual([['ignore', given]]);
        expect(renamed).toBe('Leave it out with that, or not.');
      }),
    );
  });

  test('leaves alone what is not renamed, and what is no option', () => {
    const text = 'Run `node --version`, `layerwise train` or `a.b`; `x: {}`.';
    const seen: string[] = [];
    const renamed = renameOptions(text, (name) => {
      seen.push(name);
      return undefined;
    });
    expect(renamed).toBe(text);
    expect(seen).toEqual(['a.b']);
  });
});
