import { isArray, isNumberArray, plainView } from '../../builtins.js';
import { joinPath, notA, requireList, requireNumber, requireObject } from '../../checks.js';

/** Checks of what a picture is drawn of: what is wrong would otherwise be drawn, but wrongly. */

/** Of lines, rows and images: more could not be told apart. */
const mostMembers = 1000;

/** Of a line or a histogram. */
const mostValues = 2 ** 24;

/** @throws ArgumentError */
export function requireText(value: unknown, path: string): string {
  if (typeof value === 'string') return value;
  throw notA('a text', value, path);
}

/**
 * The members of an object by their names, one or more, as the check of each gives them.
 *
 * @throws ArgumentError
 */
export function requireMembers<Member>(
  value: unknown,
  path: string,
  requireMember: (value: unknown, path: string) => Member,
): Readonly<Record<string, Member>> {
  const entries = Object.entries(requireObject(value, path));
  if (entries.length === 0 || entries.length > mostMembers) {
    throw notA(`an object with 1 to ${mostMembers} members`, value, path);
  }
  return Object.fromEntries(
    entries.map(([name, member]) => [name, requireMember(member, joinPath(path, name))]),
  );
}

/** @throws ArgumentError */
export function requireItems<Item>(
  value: unknown,
  path: string,
  of: string,
  requireItem: (value: unknown, path: string) => Item,
): readonly Item[] {
  const items = requireList(value, path, { of, most: mostValues });
  return items.map((item, index) => requireItem(item, `${path}[${index}]`));
}

/**
 * Numbers, also such as are not finite: a training that diverges gives them.
 *
 * @throws ArgumentError
 */
export function requireNumbers(value: unknown, path: string): ArrayLike<number> {
  if (isNumberArray(value)) return plainView(value);
  if (isArray(value)) return requireItems(value, path, 'numbers', requireAnyNumber);
  throw notA('an array of numbers', value, path);
}

/** @throws ArgumentError */
export function requireAnyNumber(value: unknown, path: string): number {
  if (typeof value === 'number') return value;
  throw notA('a number', value, path);
}

/** @throws ArgumentError */
export function requireRange(value: unknown, path: string): readonly [low: number, high: number] {
  const ends = requireList(value, path, { of: 'two numbers', most: 2 });
  const [low, high] = ends.map((end, index) => requireNumber(end, `${path}[${index}]`));
  if (low !== undefined && high !== undefined && low < high) return [low, high];
  throw notA('[low, high], two numbers of which the second is larger', value, path);
}
