import { describeValue, requireList, sizeRule } from '../checks.js';
import { ArgumentError } from '../errors.js';

/** Names of columns, and words, that programs give; all throw ArgumentError. */

export function requireText(value: unknown, path: string): string {
  if (typeof value === 'string') return value;
  throw new ArgumentError({ path, expected: 'a string', received: describeValue(value) });
}

export function optionalText(given: unknown, path: string): string | undefined {
  return given === undefined ? undefined : requireText(given, path);
}

/** No table has more columns, and nobody so many words. */
const mostTexts = sizeRule.maximum;

export function requireTexts(value: unknown, path: string): readonly string[] {
  const texts = requireList(value, path, { of: 'strings', most: mostTexts });
  return texts.map((text, index) => requireText(text, `${path}[${index}]`));
}

export function optionalTexts(given: unknown, path: string): readonly string[] | undefined {
  return given === undefined ? undefined : requireTexts(given, path);
}
