import { describeValue, isPlainObject } from '../checks.js';
import { FileFormatError, LayerwiseError } from '../errors.js';
import type { JsonObject } from '../model/json.js';
import { packageVersion, remedyForWriter } from '../version.js';
import type { StudyEvent } from './events.js';
import { SearchSpace } from './searchSpace.js';
import type { Space } from './space.js';
import type { Direction } from './trial.js';

/**
 * A journal is text, one JSON object a line. The first line says which study it is; behind it stand
 * its events in their order, and a line of type `strategy` wherever the sampler, the pruner or the
 * version of the package is another than before. Lines are only ever appended, so that whatever a kill
 * leaves is a journal, but for a last line that is not whole.
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
  readonly space: SearchSpace;
  /** The newest one, as JSON; null when there is none. */
  readonly strategy: string | null;
  readonly events: readonly LocatedEvent[];
  /** Bytes without the last line if it is not whole. */
  readonly bytes: number;
}

export interface LocatedEvent {
  /** As it was read: the study checks it. */
  readonly event: Readonly<Record<string, unknown>>;
  /** `file:line`. */
  readonly place: string;
  /** The version of the package that wrote it; journals of 0.1.0 do not say. */
  readonly writer: unknown;
}

export function identityLine({ space, direction, seed }: StudyIdentity): string {
  const version = packageVersion();
  return lineOf({ type: 'study', format, version, direction, seed, space });
}

export function strategyLine({ sampler, pruner }: Strategy): string {
  const part = ({ name, options }: NamedOptions) => ({ name, options });
  const version = packageVersion();
  return lineOf({ type: 'strategy', version, sampler: part(sampler), pruner: part(pruner) });
}

export function eventLine(event: StudyEvent): string {
  return lineOf(event);
}

function lineOf(record: object): string {
  return `${JSON.stringify(record)}\n`;
}

/**
 * Reads a whole journal.
 *
 * @param lines All that are whole: a last one without its end was being written when its process was
 * killed, and does not count.
 * @throws FileFormatError with the line where it is damaged.
 */
export async function parseJournal(
  lines: AsyncIterable<Uint8Array>,
  path: string,
): Promise<JournalContents> {
  const reader = new JournalReader(path);
  for await (const line of lines) reader.take(line);
  return reader.contents();
}

/** Reads a journal line by line: also one that grows. */
export class JournalReader {
  #identity: StudyIdentity | null = null;
  #space: SearchSpace | null = null;
  #strategy: string | null = null;
  #writer: unknown;
  #bytes = 0;
  #lines = 0;
  #events: LocatedEvent[] = [];

  constructor(readonly path: string) {}

  /** The events since the last call. */
  drain(): readonly LocatedEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  take(bytes: Uint8Array): void {
    this.#bytes += bytes.length + 1;
    this.#lines++;
    const text = textOf(bytes);
    if (this.#identity === null) this.#begin(text);
    else this.#follow(text, recordOf(text), `${this.path}:${this.#lines}`);
  }

  contents(): JournalContents {
    if (this.#identity === null || this.#space === null) throw noJournal('', this.path);
    return {
      identity: this.#identity,
      space: this.#space,
      strategy: this.#strategy,
      events: this.#events,
      bytes: this.#bytes,
    };
  }

  #begin(text: string): void {
    const record = recordOf(text);
    if (record?.type !== 'study') throw noJournal(text, this.path);
    this.#writer = record.version;
    // What else stands there depends on the format.
    requireFormat(record, this.path);
    this.#space = spaceOf(record, `${this.path}:1`);
    this.#identity = { ...identityOf(record, text, this.path), space: this.#space.space };
  }

  #follow(text: string, record: Record<string, unknown> | null, place: string): void {
    if (record === null) throw damaged(place, 'an event of a study', text);
    if (record.type === 'strategy') {
      this.#strategy = `${text}\n`;
      this.#writer = record.version;
      return;
    }
    this.#events.push({ event: record, place, writer: this.#writer });
    // The first line was written before this was known.
    if (this.#identity !== null && record.type === 'directed' && isDirection(record.direction)) {
      this.#identity = { ...this.#identity, direction: record.direction };
    }
  }
}

/** Of all but the first line, without which nothing of a study is known. */
const repairRemedy = '`layerwise study repair` saves what is whole of a journal.';

const identityKeys = ['type', 'format', 'version', 'direction', 'seed', 'space'];

function requireFormat(record: Fields, path: string): void {
  if (record.format === format) return;
  throw new FileFormatError({
    path,
    expected: `a journal of format ${format}`,
    received: `format ${describeValue(record.format)}`,
    remedy:
      remedyForWriter(record.version) || 'Read it with the version of layerwise that wrote it.',
  });
}

function identityOf(record: Fields, text: string, path: string): Omit<StudyIdentity, 'space'> {
  const remedy = remedyForWriter(record.version);
  const unknown = Object.keys(record).find((key) => !identityKeys.includes(key));
  if (unknown !== undefined) {
    const expected = `nothing but ${identityKeys.join(', ')}`;
    throw new FileFormatError({ path: `${path}:1`, expected, received: `'${unknown}'`, remedy });
  }
  const { direction, seed } = record;
  if (!isDirection(direction) || !Number.isSafeInteger(seed)) {
    const received = describeValue(text);
    throw new FileFormatError({ path: `${path}:1`, expected: 'a direction and a seed', received });
  }
  return { direction, seed: Number(seed) };
}

function spaceOf({ space, version }: Fields, place: string): SearchSpace {
  try {
    return new SearchSpace(space as Space, 'journal');
  } catch (error) {
    throw inFile(error, place, version, '');
  }
}

/** An error of what a file holds, as one of the file. */
export function inFile(
  error: unknown,
  place: string,
  writer: unknown,
  remedy = repairRemedy,
): unknown {
  if (!(error instanceof LayerwiseError)) return error;
  const { expected, received } = error;
  // The numbers of events mean nothing to who reads lines.
  const path = error.path.replace(/^events\[\d+\]\.?/, '');
  const details = {
    path: place,
    expected: path === '' ? expected : `${path}: ${expected}`,
    received,
    remedy: remedyForWriter(writer) || remedy,
  };
  return new FileFormatError(details, { cause: error });
}

type Fields = Readonly<Record<string, unknown>>;

function isDirection(value: unknown): value is Direction {
  return value === 'minimize' || value === 'maximize';
}

const decoder = new TextDecoder('utf-8', { fatal: true });

/** Empty for what is no text, as what a broken disk may give. */
function textOf(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    return '';
  }
}

/** A line as a record; null for what is none. */
export function recordOf(line: string): Record<string, unknown> | null {
  try {
    const record: unknown = JSON.parse(line);
    return isPlainObject(record) ? record : null;
  } catch {
    return null;
  }
}

function noJournal(line: string, path: string): FileFormatError {
  return new FileFormatError({
    path,
    expected: 'the journal of a study',
    received: line === '' ? 'no first line of text' : describeValue(line),
    remedy:
      'A journal is text in UTF-8; its first line, of type "study", says what is searched, and without it nothing can be read.',
  });
}

function damaged(path: string, expected: string, line: string): FileFormatError {
  const received = describeValue(line);
  return new FileFormatError({ path, expected, received, remedy: repairRemedy });
}
