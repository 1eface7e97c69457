import {
  countRule,
  ownValue,
  requireInteger,
  requireKnownKeys,
  requireObject,
  withDefault,
} from '../../checks.js';
import type { JsonValue } from '../../model/json.js';
import { textTable } from '../../textTable.js';
import { isComplete, type Trial } from '../trial.js';
import { requireStudy } from '../trialCheck.js';
import { ranked, type StudyRecord } from './ranking.js';

/** A trial as a row of a table. */
export interface TrialRow {
  readonly number: number;
  readonly state: Trial['state'];
  /** Null unless complete. */
  readonly value: number | null;
  /** In the order of the space; undefined where inactive. */
  readonly parameters: readonly (JsonValue | undefined)[];
  /** The last step that was reported; null without a report. */
  readonly lastStep: number | null;
  /** The last value that was reported, a finite number; null without one. */
  readonly lastValue: number | null;
  /** From its beginning, or last restart, to its end; null while it runs. */
  readonly seconds: number | null;
  readonly error: string | null;
}

export interface TrialTable {
  /** Names of the parameters by path, active in any trial or not. */
  readonly parameters: readonly string[];
  /** In the order of their numbers. */
  readonly rows: readonly TrialRow[];
}

/**
 * All trials of a study as rows with the same columns.
 *
 * ```ts
 * const { parameters, rows } = trialTable(study);
 * ```
 *
 * @throws ArgumentError
 */
export function trialTable(study: Pick<StudyRecord, 'space' | 'trials'>): TrialTable {
  const { space, trials } = requireStudy(study, ['space', 'trials']);
  const parameters = space.dimensions.map(({ name }) => name);
  return { parameters, rows: trials.map((trial) => rowOf(trial, parameters)) };
}

function rowOf(trial: Trial, names: readonly string[]): TrialRow {
  const { number, state, value, parameters, reports, error, startedAt, finishedAt } = trial;
  return {
    number,
    state,
    value,
    parameters: names.map((name) => ownValue(parameters, name)),
    lastStep: reports.at(-1)?.step ?? null,
    lastValue: reports.at(-1)?.value ?? null,
    seconds: finishedAt === null ? null : (finishedAt - startedAt) / 1000,
    error,
  };
}

export interface TextOptions {
  /**
   * Trials that are shown.
   *
   * @default 20
   */
  readonly limit?: number | undefined;
}

/**
 * The trials as text for people: an aligned table, the best trial first, those without a value last.
 * Numbers have five significant digits.
 *
 * ```ts
 * console.log(trialsAsText(study, { limit: 10 }));
 * ```
 *
 * @throws ArgumentError
 */
export function trialsAsText(study: StudyRecord, options: TextOptions = {}): string {
  const { space, trials: all } = requireStudy(study, ['space', 'trials', 'direction']);
  requireKnownKeys(requireObject(options, 'options'), ['limit'], '');
  const limit = requireInteger(withDefault(options.limit, 20), 'limit', countRule);
  const trials = [...ranked(study), ...all.filter((trial) => !isComplete(trial))];
  const { parameters, rows } = trialTable({ space, trials: trials.slice(0, limit) });
  const head = ['trial', 'state', 'value', ...parameters, 'steps', 'seconds', 'error'];
  const cells = rows.map((row) => [
    String(row.number),
    row.state,
    cellOf(row.value ?? undefined),
    ...row.parameters.map(cellOf),
    cellOf(row.lastStep ?? undefined),
    cellOf(row.seconds ?? undefined),
    firstLine(row.error ?? ''),
  ]);
  const sides = head.map((_, column) => {
    const isText = (cell = '') => cell !== '' && Number.isNaN(Number(cell));
    return cells.some((row) => isText(row[column])) ? 'left' : 'right';
  });
  const lines = textTable([head, ...cells], sides);
  const rest = trials.length - rows.length;
  return [...lines, ...(rest > 0 ? [`and ${rest} more`] : [])].join('\n');
}

function cellOf(value: JsonValue | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return String(Number(value.toPrecision(5)));
  return typeof value === 'string' ? firstLine(value) : JSON.stringify(value);
}

const widest = 60;

function firstLine(text: string): string {
  const [line = ''] = text.split(/\r?\n/, 1);
  return line.length <= widest && line === text ? line : `${line.slice(0, widest - 1)}…`;
}
