import { isAbortController, isAbortSignal, isArray, isRevoked } from './builtins.js';
import { ArgumentError } from './errors.js';
import { answerElsewhere, answerOption } from './foreignNames.js';

/** Small checks that every entry of the library shares. `path` says where the value was found. */

const longestShown = 60;

/** A value as an error shows it: short, with its type where the value alone would mislead. */
export function describeValue(value: unknown): string {
  try {
    return isRevoked(value) ? 'a revoked proxy' : description(value);
  } catch {
    // A proxy or a getter that throws: an error is no place for another.
    return 'an object that cannot be looked at';
  }
}

function description(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'string') return JSON.stringify(shorten(value));
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'bigint') return `${value}n (bigint)`;
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'symbol') return 'a symbol';
  if (isArray(value)) return `an array of ${value.length}`;
  if (ArrayBuffer.isView(value)) return describeView(value);
  return describeObject(value);
}

function describeView(view: ArrayBufferView): string {
  const name = view.constructor.name;
  return 'length' in view ? `a ${name} of ${String(view.length)}` : `a ${name}`;
}

function describeObject(value: object): string {
  const name: unknown = value.constructor?.name;
  if (typeof name === 'string' && name !== '' && name !== 'Object') return `a ${name}`;
  return `an object with ${listOf(Object.keys(value).slice(0, 6)) || 'no keys'}`;
}

function shorten(text: string): string {
  return text.length <= longestShown ? text : `${text.slice(0, longestShown - 1)}…`;
}

/** `a, b and c`. */
export function listOf(items: readonly string[], conjunction = 'and'): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} ${conjunction} ${items[items.length - 1]}`;
}

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || isRevoked(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // An object from another realm (a vm context, a test runner) has another Object.prototype.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** The value, or the default when it was not given. Null was given, and is refused by the checks. */
export function withDefault(value: unknown, fallback: unknown): unknown {
  return value === undefined ? fallback : value;
}

/** The error of a value that is not what it has to be. */
export function notA(expected: string, value: unknown, path: string): ArgumentError {
  return new ArgumentError({ path, expected, received: describeValue(value) });
}

export function requireObject(value: unknown, path: string): Record<string, unknown> {
  if (isPlainObject(value)) return value;
  throw notA('an object', value, path);
}

/** A member of an object by a name that the caller chose: what all objects inherit is not meant. */
export function ownValue<Value>(
  object: Readonly<Record<string, Value>>,
  name: string,
): Value | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** Sets such a member: an assignment to `__proto__` would set the prototype. */
export function setOwnValue<Value>(
  object: Readonly<Record<string, Value>>,
  name: string,
  value: NoInfer<Value>,
): void {
  Object.defineProperty(object, name, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  });
}

/**
 * An array of at most `most` elements, as a list without holes: they are undefined in it. (A list may have one
 * element and the length of four billion, which must cost nothing.)
 */
export function requireList(
  value: unknown,
  path: string,
  {
    of,
    most,
    remedy = '',
  }: { readonly of: string; readonly most: number; readonly remedy?: string },
): readonly unknown[] {
  if (!isArray(value)) {
    const received = describeValue(value);
    throw new ArgumentError({ path, expected: `an array of ${of}`, received, remedy });
  }
  if (value.length <= most) return Array.from(value);
  throw new ArgumentError({
    path,
    expected: `an array of at most ${most} ${of}`,
    received: describeValue(value),
  });
}

/**
 * The path of a file as text.
 *
 * @throws ArgumentError for anything else, as for text with a NUL, which no system takes.
 */
export function requirePath(value: unknown, path = 'path'): string {
  if (typeof value === 'string' && value !== '' && !value.includes('\0')) return value;
  throw new ArgumentError({
    path,
    expected: 'the path of a file, a string',
    received: describeValue(value),
    remedy: isUrl(value) ? 'Write fileURLToPath(url).' : '',
  });
}

function isUrl(value: unknown): boolean {
  return typeof value === 'object' && describeValue(value) === 'a URL';
}

/**
 * Refuses keys that are not known: a misspelt option must not silently do nothing, and one that is called
 * otherwise in other libraries is answered with its name here.
 */
export function requireKnownKeys(
  object: Record<string, unknown>,
  known: readonly string[],
  path: string,
): void {
  for (const key of Object.keys(object)) {
    if (known.includes(key)) continue;
    throw new ArgumentError({
      path: joinPath(path, key),
      expected: known.length > 0 ? `one of the options ${listOf(known)}` : 'no options',
      received: 'an unknown option',
      remedy:
        answerOption(key, known) || remedyFor(key, known) || answerElsewhere(key) || 'Remove it.',
    });
  }
}

export interface NumberRule {
  readonly minimum?: number | null;
  readonly maximum?: number | null;
  readonly minimumExclusive?: boolean;
  readonly maximumExclusive?: boolean;
}

/** A finite number within the rule, or an ArgumentError. */
export function requireNumber(value: unknown, path: string, rule: NumberRule = {}): number {
  if (typeof value === 'number' && Number.isFinite(value) && isWithin(value, rule)) return value;
  throw new ArgumentError({
    path,
    expected: `a finite number${describeRule(rule)}`,
    received: describeValue(value),
  });
}

/** An integer from `minimum` to `maximum`, or an ArgumentError. */
export function requireInteger(
  value: unknown,
  path: string,
  { minimum, maximum }: { minimum: number; maximum: number },
  remedy = '',
): number {
  if (Number.isSafeInteger(value) && isWithin(value as number, { minimum, maximum })) {
    return value as number;
  }
  const upper = maximum === Number.MAX_SAFE_INTEGER ? 'or more' : `to ${maximum}`;
  throw new ArgumentError({
    path,
    expected: `an integer, ${minimum} ${upper}`,
    received: describeValue(value),
    remedy,
  });
}

export function requireBoolean(value: unknown, path: string): boolean {
  if (typeof value === 'boolean') return value;
  throw new ArgumentError({ path, expected: 'true or false', received: describeValue(value) });
}

/** One of some words, or an ArgumentError with the nearest of them. */
export function requireChoice<Choice extends string>(
  value: unknown,
  choices: readonly Choice[],
  path: string,
): Choice {
  const choice = choices.find((each) => each === value);
  if (choice !== undefined) return choice;
  throw new ArgumentError({
    path,
    expected: `one of ${listOf(choices)}`,
    received: describeValue(value),
    remedy: typeof value === 'string' ? remedyFor(value, choices) : '',
  });
}

/** An AbortSignal, of Node or of anybody else, or undefined. */
export function optionalSignal(value: unknown, path: string): AbortSignal | undefined {
  if (value === undefined || isAbortSignal(value)) return value;
  throw new ArgumentError({
    path,
    expected: 'an AbortSignal',
    received: describeValue(value),
    remedy: isAbortController(value) ? 'Pass controller.signal.' : undefined,
  });
}

/** A function of the caller, which the checks know nothing more of, or undefined. */
export function optionalFunction(
  value: unknown,
  path: string,
): ((...words: never[]) => unknown) | undefined {
  if (value === undefined || typeof value === 'function') {
    return value as ((...words: never[]) => unknown) | undefined;
  }
  throw new ArgumentError({ path, expected: 'a function', received: describeValue(value) });
}

/** Counts, sizes and numbers of rows. */
export const countRule = { minimum: 1, maximum: Number.MAX_SAFE_INTEGER } as const;
/** Sizes of layers, as the core bounds them. */
export const sizeRule = { minimum: 1, maximum: 2 ** 24 } as const;
/** Seeds are 32 bits wide. */
export const seedRule = { minimum: 0, maximum: 2 ** 32 - 1 } as const;

function isWithin(value: number, rule: NumberRule): boolean {
  const { minimum = null, maximum = null } = rule;
  if (minimum !== null && (rule.minimumExclusive ? value <= minimum : value < minimum))
    return false;
  if (maximum !== null && (rule.maximumExclusive ? value >= maximum : value > maximum))
    return false;
  return true;
}

/** The range in words, with a leading blank; empty when there is none. */
export function describeRule(rule: NumberRule): string {
  const { minimum = null, maximum = null } = rule;
  const lower = minimum === null ? '' : `${rule.minimumExclusive ? '>' : '>='} ${minimum}`;
  const upper = maximum === null ? '' : `${rule.maximumExclusive ? '<' : '<='} ${maximum}`;
  const both = [lower, upper].filter((part) => part !== '').join(' and ');
  return both === '' ? '' : ` ${both}`;
}

export function joinPath(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

/** A sentence that offers the nearest known name, or an empty string when none is near. */
export function remedyFor(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  return nearest === undefined ? '' : `Did you mean '${nearest}'?`;
}

function nearestName(name: string, known: readonly string[]): string | undefined {
  // A hostile name of a megabyte must not cost a megabyte squared.
  if (name.length > longestShown) return undefined;
  const limit = Math.max(2, Math.floor(name.length / 3));
  let nearest: string | undefined;
  let least = limit + 1;
  for (const candidate of known) {
    // Names differ by at least the difference of their lengths: most of a long list is left out by it.
    if (Math.abs(candidate.length - name.length) >= least) continue;
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < least) [nearest, least] = [candidate, distance];
  }
  return nearest ?? abbreviated(name, known);
}

/** The one name that begins so: `directory` for `dir`. */
function abbreviated(name: string, known: readonly string[]): string | undefined {
  if (name.length < 3) return undefined;
  const beginning = name.toLowerCase();
  const meant = known.filter((candidate) => candidate.toLowerCase().startsWith(beginning));
  return meant.length === 1 ? meant[0] : undefined;
}

/** Damerau–Levenshtein distance (insert, delete, replace, swap of neighbours). */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let cost = Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + (same ? 0 : 1),
      );
      const swapped =
        row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) cost = Math.min(cost, at(beforeLast, column - 2) + 1);
      current.push(cost);
    }
    [beforeLast, last] = [last, current];
  }
  return at(last, b.length);
}

function at(values: readonly number[], index: number): number {
  return values[index] ?? Number.POSITIVE_INFINITY;
}
