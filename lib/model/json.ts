import { describeValue, isPlainObject, joinPath } from '../checks.js';
import { ArgumentError } from '../errors.js';

/** Plain data: what JSON holds. */
export type JsonValue = string | number | boolean | null | JsonArray | JsonObject;
export type JsonArray = readonly JsonValue[];
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

const deepest = 100;

/** Refuses what JSON would silently change or drop: NaN, dates, undefined, cycles. */
export function requireJson(value: unknown, path: string, depth = 0): asserts value is JsonValue {
  if (depth > deepest) {
    throw new ArgumentError({
      path,
      expected: `at most ${deepest} levels`,
      received: 'deeper data, or a cycle',
    });
  }
  if (Array.isArray(value)) {
    value.forEach((item, index) => {
      requireJson(item, `${path}[${index}]`, depth + 1);
    });
  } else if (isPlainObject(value)) {
    for (const [key, item] of Object.entries(value)) {
      requireJson(item, joinPath(path, key), depth + 1);
    }
  } else if (!isJsonLeaf(value)) {
    throw new ArgumentError({
      path,
      expected: 'plain data of JSON (finite numbers, strings, booleans, null, arrays, objects)',
      received: describeValue(value),
    });
  }
}

function isJsonLeaf(value: unknown): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  return typeof value === 'number' && Number.isFinite(value);
}
