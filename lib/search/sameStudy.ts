import { isArray } from '../builtins.js';
import { describeValue, isPlainObject, joinPath, requireObject } from '../checks.js';
import { ArgumentError } from '../errors.js';
import { type JsonObject, jsonCopy } from '../model/json.js';
import type { StudyIdentity } from './journalFormat.js';
import type { Study } from './study.js';

export interface ContextOption {
  /**
   * What the trials are of beside their parameters: the data, the target, the epochs, as JSON. A
   * journal keeps it, and no study goes on under another one.
   *
   * @default not looked at
   */
  readonly context?: JsonObject | undefined;
}

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
    requireSame(wanted[name], known[name], name, path);
  }
}

/** @throws ArgumentError for what is no JSON. */
export function requireContext(context: JsonObject | undefined): void {
  if (context !== undefined) jsonCopy(requireObject(context, 'context'), 'context');
}

/**
 * Writes down what the trials of a study are of, or refuses to mix them with those of another.
 *
 * @param file what errors call the study.
 * @throws ArgumentError that names the first difference.
 */
export function agreeOnContext(study: Study, context: JsonObject | undefined, file: string): void {
  if (context === undefined) return;
  if (study.context === null) study.setContext(context);
  else requireSame(context, study.context, 'context', file);
}

/** @throws ArgumentError that names the first difference. */
export function requireSame(wanted: unknown, known: unknown, path: string, file: string): void {
  if (wanted === undefined) return;
  // As JSON sees it: members that are undefined are none.
  const difference = differenceOf(JSON.parse(JSON.stringify(wanted)), known, path);
  if (difference === null) return;
  throw new ArgumentError({
    path: difference.path,
    expected: `${difference.expected}, as in ${file}`,
    received: difference.received,
    remedy: 'Name another file to begin another study.',
  });
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
  return isArray(value) ? JSON.stringify(value) : describeValue(value);
}
