import { isArray } from '../builtins.js';
import { describeValue, isPlainObject, joinPath } from '../checks.js';
import { ArgumentError } from '../errors.js';

/** Plain data: what JSON holds. */
export type JsonValue = string | number | boolean | null | JsonArray | JsonObject;
export type JsonArray = readonly JsonValue[];
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

const deepest = 100;

/** Refuses what JSON would silently change or drop: NaN, dates, undefined, holes, cycles. */
export function requireJson(value: unknown, path: string): asserts value is JsonValue {
  jsonCopy(value, path);
}

/**
 * A copy that nobody can change, and that is the same after a detour through a file: -0 is 0 there.
 *
 * @throws ArgumentError for what JSON would silently change or drop.
 */
export function jsonCopy(value: unknown, path: string, depth = 0): JsonValue {
  if (depth > deepest) {
    throw new ArgumentError({
      path,
      expected: `at most ${deepest} levels`,
      received: 'deeper data, or a cycle',
    });
  }
  if (isArray(value)) return copyOfArray(value, path, depth);
  if (isPlainObject(value)) return copyOfObject(value, path, depth);
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value + 0;
  throw new ArgumentError({
    path,
    expected: 'plain data of JSON (finite numbers, strings, booleans, null, arrays, objects)',
    received: describeValue(value),
  });
}

function copyOfArray(value: readonly unknown[], path: string, depth: number): JsonArray {
  const copy: JsonValue[] = [];
  // Not `map`, which skips holes: of an array of 2^32 of them it would never come back.
  for (let index = 0; index < value.length; index++) {
    copy.push(jsonCopy(value[index], `${path}[${index}]`, depth + 1));
  }
  return Object.freeze(copy);
}

function copyOfObject(value: Record<string, unknown>, path: string, depth: number): JsonObject {
  const entries = Object.entries(value).map(
    ([key, item]) => [key, jsonCopy(item, joinPath(path, key), depth + 1)] as const,
  );
  return Object.freeze(Object.fromEntries(entries));
}
