import { describeValue, isPlainObject, joinPath } from '../checks.js';
import { ArgumentError } from '../errors.js';
import type { StudyIdentity } from './journalFormat.js';

/** As the user gives it: what is left out may be anything. */
export type WantedStudy = {
  readonly [Name in keyof StudyIdentity]?: StudyIdentity[Name] | undefined;
};

/**
 * Refuses to go on with another study than that of the journal.
 *
 * @throws ArgumentError that names the first difference.
 */
export function requireSameStudy(wanted: WantedStudy, known: StudyIdentity, path: string): void {
  for (const name of ['space', 'direction', 'seed'] as const) {
    if (wanted[name] === undefined) continue;
    // As JSON sees it: members that are undefined are none.
    const difference = differenceOf(JSON.parse(JSON.stringify(wanted[name])), known[name], name);
    if (difference === null) continue;
    throw new ArgumentError({
      path: difference.path,
      expected: `${difference.expected}, as in ${path}`,
      received: difference.received,
      remedy: 'Name another file to begin another study.',
    });
  }
}

interface Difference {
  readonly path: string;
  readonly expected: string;
  readonly received: string;
}

function differenceOf(wanted: unknown, known: unknown, path: string): Difference | null {
  if (!isPlainObject(wanted) || !isPlainObject(known)) {
    if (JSON.stringify(wanted) === JSON.stringify(known)) return null;
    return { path, expected: describe(known), received: describe(wanted) };
  }
  // Their order counts too: parameters are drawn one after the other.
  const [names, knownNames] = [namesOf(wanted), namesOf(known)];
  if (names !== knownNames) return { path, expected: knownNames, received: names };
  for (const key of Object.keys(known)) {
    const difference = differenceOf(wanted[key], known[key], joinPath(path, key));
    if (difference !== null) return difference;
  }
  return null;
}

function namesOf(object: object): string {
  return `the names ${Object.keys(object).join(', ') || '(none)'}`;
}

function describe(value: unknown): string {
  return Array.isArray(value) ? JSON.stringify(value) : describeValue(value);
}
