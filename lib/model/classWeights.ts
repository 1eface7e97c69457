import { isArray } from '../builtins.js';
import {
  describeValue,
  isPlainObject,
  joinPath,
  listOf,
  ownValue,
  remedyFor,
  requireNumber,
} from '../checks.js';
import { ArgumentError, ShapeError } from '../errors.js';

/**
 * How much the rows of each class count in the loss of the training: a number for each class in the
 * order of the classes, an object with a number for each class (by its name, or its index; classes that
 * are not named count 1), or `'balanced'`: rows / (classes * rows of the class), with which all classes
 * count the same.
 */
export type ClassWeights = 'balanced' | readonly number[] | Readonly<Record<string, number>>;

/** What the core takes. */
export type ResolvedClassWeights = 'balanced' | readonly number[];

const weightRule = { minimum: 0 };

/**
 * Checks what can be checked before the classes of the data are known.
 *
 * @throws ArgumentError
 */
export function readClassWeights(input: unknown, path: string): ClassWeights {
  if (input === 'balanced') return input;
  const at = (key: string | number) =>
    typeof key === 'number' ? `${path}[${key}]` : joinPath(path, key);
  if (isArray(input)) {
    return Array.from(input, (weight, index) => requireNumber(weight, at(index), weightRule));
  }
  if (isPlainObject(input)) {
    const entries = Object.entries(input).map(
      ([name, weight]) => [name, requireNumber(weight, at(name), weightRule)] as const,
    );
    return Object.fromEntries(entries);
  }
  throw new ArgumentError({
    path,
    expected: "'balanced', an array of numbers, or an object with a number for each class",
    received: describeValue(input),
  });
}

/**
 * The weights in the order of the classes.
 *
 * @param names Of the classes, where the data has them.
 * @throws ArgumentError, ShapeError
 */
export function resolveClassWeights(
  given: ClassWeights,
  outputSize: number,
  names: readonly string[] | undefined,
  path: string,
): ResolvedClassWeights {
  if (given === 'balanced') return given;
  // A single output tells two classes apart.
  const count = outputSize === 1 ? 2 : outputSize;
  if (isList(given)) return requireCount(given, count, path);
  const known = names ?? Array.from({ length: count }, (_, index) => String(index));
  const knownNames = new Set(known);
  const unknown = Object.keys(given).find((name) => !knownNames.has(name));
  if (unknown !== undefined) {
    throw new ArgumentError({
      path: joinPath(path, unknown),
      expected: `one of the classes ${listOf(known.slice(0, 12))}`,
      received: 'an unknown class',
      remedy: remedyFor(unknown, known),
    });
  }
  return known.map((name) => ownValue(given, name) ?? 1);
}

function isList(given: readonly number[] | object): given is readonly number[] {
  return isArray(given);
}

function requireCount(weights: readonly number[], count: number, path: string): readonly number[] {
  if (weights.length === count) return weights;
  throw new ShapeError({
    path,
    expected: `${count} weights, one for each class`,
    received: String(weights.length),
  });
}
