import { describeValue, isPlainObject } from '../checks.js';
import { FileFormatError } from '../errors.js';

/** Checks of what is read from a model: a file is not to be trusted. All throw FileFormatError. */

interface Types {
  string: string;
  boolean: boolean;
}

export function requireType<Name extends keyof Types>(
  value: unknown,
  type: Name,
  path: string,
): Types[Name] {
  if (typeof value === type) return value as Types[Name];
  throw invalid(path, `a ${type}`, value);
}

/** Of what is present where it holds, and absent otherwise. */
export function requireTrue(value: unknown, path: string): true {
  if (value === true) return true;
  throw invalid(path, 'true, or nothing', value);
}

export function requireRecord(value: unknown, path: string): Record<string, unknown> {
  if (isPlainObject(value)) return value;
  throw invalid(path, 'an object', value);
}

export function requireList(value: unknown, path: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw invalid(path, 'a list', value);
}

/** Texts of which no two are the same. */
export function requireNames(value: unknown, path: string): readonly string[] {
  const names = requireList(value, path);
  const strings = names.map((name, index) => requireType(name, 'string', `${path}[${index}]`));
  if (new Set(strings).size < strings.length) throw invalid(path, 'different names', value);
  return strings;
}

export function requireFinite(value: unknown, path: string): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw invalid(path, 'a finite number', value);
}

export function requirePositive(value: unknown, path: string): number {
  if (typeof value === 'number' && Number.isFinite(value) && value > 0) return value;
  throw invalid(path, 'a positive number', value);
}

export function invalid(path: string, expected: string, value: unknown): FileFormatError {
  return new FileFormatError({
    path,
    expected,
    received: describeValue(value),
    remedy: 'The model was not written by `layerwise train`, or it is damaged.',
  });
}
