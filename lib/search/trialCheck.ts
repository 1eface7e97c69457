import { isArray, isObject } from '../builtins.js';
import { notA } from '../checks.js';
import { requireJson } from '../model/json.js';
import type { Dimension, SearchSpace } from './searchSpace.js';
import type { Direction, Trial } from './trial.js';

/** What functions are given that read a study: only what they rely on is asked for. */

/** @throws ArgumentError for what is no list of the records of trials. */
export function requireTrials(value: unknown, path: string): readonly Trial[] {
  if (!isArray(value)) throw notA('the trials of a study', value, path);
  for (let index = 0; index < value.length; index++) {
    if (!isTrial(value[index])) throw notA('a trial', value[index], `${path}[${index}]`);
  }
  return value as Trial[];
}

/** @throws ArgumentError for what is in a trial and is not what records hold. */
function requireRecords(value: unknown, path: string): void {
  for (const [index, trial] of requireTrials(value, path).entries()) {
    const at = `${path}[${index}]`;
    requireNumberOrNull(trial.value, `${at}.value`);
    requireNumberOrNull(trial.startedAt, `${at}.startedAt`);
    requireNumberOrNull(trial.finishedAt, `${at}.finishedAt`);
    if (trial.error !== null && typeof trial.error !== 'string') {
      throw notA('a text or null', trial.error, `${at}.error`);
    }
    requireJson(trial.parameters, `${at}.parameters`);
    requireJson(trial.attributes, `${at}.attributes`);
    for (const [place, report] of trial.reports.entries()) {
      if (!isObject(report)) throw notA('a report', report, `${at}.reports[${place}]`);
      requireNumberOrNull(report.step, `${at}.reports[${place}].step`);
      requireNumberOrNull(report.value, `${at}.reports[${place}].value`);
    }
  }
}

function requireNumberOrNull(value: unknown, path: string): void {
  if (value === null || Number.isFinite(value)) return;
  throw notA('a finite number or null', value, path);
}

export function isTrial(value: unknown): value is Trial {
  if (!isObject(value)) return false;
  const { number, state, parameters, reports } = value as Partial<Trial>;
  const isNamed = typeof number === 'number' && typeof state === 'string';
  return isNamed && isObject(parameters) && isArray(reports);
}

const directions: readonly Direction[] = ['minimize', 'maximize'];

/** What a function may need of a study. */
interface StudyParts {
  readonly space: SearchSpace;
  readonly trials: readonly Trial[];
  readonly direction: Direction;
}

/**
 * A study, or what takes the place of one.
 *
 * @throws ArgumentError when one of the parts is missing.
 */
export function requireStudy<Part extends keyof StudyParts>(
  value: Pick<StudyParts, Part>,
  parts: readonly Part[],
): Pick<StudyParts, Part> {
  if (!isObject(value)) throw notA('a study', value, 'study');
  const given: Partial<StudyParts> = value;
  for (const part of parts) {
    if (part === 'trials') requireRecords(given.trials, 'study.trials');
    else if (part === 'space' && !isSpace(given.space)) {
      throw notA('the space of a study', given.space, 'study.space');
    } else if (part === 'direction' && !directions.includes(given.direction as Direction)) {
      throw notA("'minimize' or 'maximize'", given.direction, 'study.direction');
    }
  }
  return value;
}

/** By what it has, as the study may be that of another copy of the package. */
function isSpace(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { dimensions } = value as Partial<SearchSpace>;
  return isArray(dimensions) && dimensions.every(isDimension);
}

function isDimension(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { name, domain } = value as Partial<Dimension>;
  return typeof name === 'string' && typeof domain?.toUnit === 'function';
}
