import { CsvWriter } from '../../data/csvWriter.js';
import { type JsonValue, jsonCopy } from '../../model/json.js';
import { bestOf } from '../trial.js';
import { requireStudy } from '../trialCheck.js';
import type { StudyRecord } from './ranking.js';
import { trialTable } from './table.js';

/**
 * The trials as CSV with a head, in the order of their numbers: `number`, `state`, `value`, a column
 * for each parameter (`parameters.` and its path; empty where it is inactive), `lastStep`,
 * `lastValue`, `seconds` and `error`. What is no number or text is written as JSON.
 *
 * ```ts
 * await writeFile('trials.csv', trialsAsCsv(study));
 * ```
 */
export function trialsAsCsv(study: Pick<StudyRecord, 'space' | 'trials'>): string {
  const writer = new CsvWriter(',');
  const { parameters, rows } = trialTable(study);
  const head = [
    ...['number', 'state', 'value'],
    ...parameters.map((name) => `parameters.${name}`),
    ...['lastStep', 'lastValue', 'seconds', 'error'],
  ];
  const lines = rows.map((row) => [
    ...[row.number, row.state, row.value].map(orEmpty),
    ...row.parameters.map(fieldOf),
    ...[row.lastStep, row.lastValue, row.seconds, row.error].map(orEmpty),
  ]);
  return [head, ...lines].map((fields) => writer.line(fields)).join('');
}

function orEmpty(value: string | number | null): string {
  return value === null ? '' : String(value);
}

/** An option that is null says so; an inactive parameter is empty. */
function fieldOf(value: JsonValue | undefined): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/**
 * The study as JSON: its direction, the number of the best trial (null without one), and all trials
 * with their reports, as `study.trials` has them. Times are milliseconds since 1970.
 *
 * ```ts
 * await writeFile('trials.json', trialsAsJson(study));
 * ```
 */
export function trialsAsJson(study: Pick<StudyRecord, 'trials' | 'direction'>): string {
  const { direction, trials } = requireStudy(study, ['trials', 'direction']);
  const best = bestOf(trials, direction)?.number ?? null;
  const records = jsonCopy(trials, 'study.trials');
  return `${JSON.stringify({ direction, best, trials: records }, null, 2)}\n`;
}
