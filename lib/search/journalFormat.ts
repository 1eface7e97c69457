import { describeValue, isPlainObject } from '../checks.js';
import { FileFormatError } from '../errors.js';
import type { JsonObject } from '../model/json.js';
import type { StudyEvent } from './events.js';
import type { Space } from './space.js';
import type { Direction } from './trial.js';

/**
 * A journal is text, one JSON object a line. The first line says which study it is; behind it stand
 * its events in their order, and a line of type `strategy` wherever the sampler or the pruner is
 * another than before. Lines are only ever appended, so that whatever a kill leaves is a journal,
 * but for a last line that is not whole.
 */

const format = 1;

/** What makes a study the same study. */
export interface StudyIdentity {
  readonly space: Space;
  readonly direction: Direction;
  /** 32 bits. */
  readonly seed: number;
}

/** Who suggests parameters and ends trials; may change in the course of a study. */
export interface Strategy {
  readonly sampler: NamedOptions;
  readonly pruner: NamedOptions;
}

interface NamedOptions {
  readonly name: string;
  readonly options: JsonObject;
}

export interface JournalContents {
  readonly identity: StudyIdentity;
  /** The newest one, as JSON; null when there is none. */
  readonly strategy: string | null;
  readonly events: readonly LocatedEvent[];
  /** Bytes without the last line if it is not whole. */
  readonly bytes: number;
}

export interface LocatedEvent {
  readonly event: StudyEvent;
  /** `file:line`. */
  readonly place: string;
}

export function identityLine({ space, direction, seed }: StudyIdentity): string {
  return lineOf({ type: 'study', format, direction, seed, space });
}

export function strategyLine({ sampler, pruner }: Strategy): string {
  const part = ({ name, options }: NamedOptions) => ({ name, options });
  return lineOf({ type: 'strategy', sampler: part(sampler), pruner: part(pruner) });
}

export function eventLine(event: StudyEvent): string {
  return lineOf(event);
}

function lineOf(record: object): string {
  return `${JSON.stringify(record)}\n`;
}

/**
 * Reads a whole journal. A last line without its end was being written when its process was killed,
 * and does not count.
 *
 * @throws FileFormatError with the line where it is damaged.
 */
export function parseJournal(content: Uint8Array, path: string): JournalContents {
  const bytes = content.lastIndexOf(lineEnd) + 1;
  const lines = new TextDecoder().decode(content.subarray(0, bytes)).split('\n').slice(0, -1);
  let identity = identityOf(lines[0] ?? '', path);
  let strategy: string | null = null;
  const events: LocatedEvent[] = [];
  for (const [index, line] of lines.entries()) {
    if (index === 0) continue;
    const place = `${path}:${index + 1}`;
    const record = recordOf(line);
    if (record?.type === 'strategy') strategy = `${line}\n`;
    else if (isEvent(record)) {
      events.push({ event: record, place });
      // The first line was written before this was known.
      if (record.type === 'directed') identity = { ...identity, direction: record.direction };
    } else throw damaged(place, 'an event of a study', line);
  }
  return { identity, strategy, events, bytes };
}

const lineEnd = '\n'.charCodeAt(0);

function identityOf(line: string, path: string): StudyIdentity {
  const record = recordOf(line);
  if (record?.type !== 'study') throw damaged(path, 'the journal of a study', line);
  if (record.format !== format) {
    throw new FileFormatError({
      path,
      expected: `a journal of format ${format}`,
      received: `format ${describeValue(record.format)}`,
      remedy: 'Read it with the version of layerwise that wrote it.',
    });
  }
  const { space, direction, seed } = record;
  const isWhole = isPlainObject(space) && isDirection(direction) && Number.isSafeInteger(seed);
  if (!isWhole) throw damaged(`${path}:1`, 'a space, a direction and a seed', line);
  return { space: space as unknown as Space, direction, seed: Number(seed) };
}

function recordOf(line: string): Record<string, unknown> | null {
  try {
    const record: unknown = JSON.parse(line);
    return isPlainObject(record) ? record : null;
  } catch {
    return null;
  }
}

type Fields = Readonly<Record<string, unknown>>;

/** What the events of each type have besides their time and the number of their trial. */
const fieldChecks: Readonly<Record<string, (fields: Fields) => boolean>> = {
  directed: ({ direction }) => isDirection(direction),
  started: ({ parameters }) => isPlainObject(parameters),
  restarted: () => true,
  reported: ({ step, value }) => Number.isSafeInteger(step) && isNumberOrNull(value),
  noted: ({ attribute, value }) => typeof attribute === 'string' && value !== undefined,
  finished: ({ state, value, error }) =>
    ['complete', 'pruned', 'failed'].includes(String(state)) &&
    isNumberOrNull(value) &&
    (error === null || typeof error === 'string'),
};

function isEvent(record: Fields | null): record is Fields & StudyEvent {
  if (record === null) return false;
  if (record.type !== 'directed' && !Number.isSafeInteger(record.number)) return false;
  if (typeof record.at !== 'number' || !Object.hasOwn(fieldChecks, String(record.type))) {
    return false;
  }
  return fieldChecks[String(record.type)]?.(record) ?? false;
}

function isDirection(value: unknown): value is Direction {
  return value === 'minimize' || value === 'maximize';
}

function isNumberOrNull(value: unknown): boolean {
  return value === null || typeof value === 'number';
}

function damaged(path: string, expected: string, line: string): FileFormatError {
  return new FileFormatError({ path, expected, received: describeValue(line) });
}
