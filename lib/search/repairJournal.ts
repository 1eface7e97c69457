import { ownValue } from '../checks.js';
import { FileFormatError, LayerwiseError, StateError } from '../errors.js';
import { RegularFile } from '../io/openFile.js';
import { remedyForWriter } from '../version.js';
import { TrialHistory } from './history.js';
import { eventLine, parseJournal, recordOf } from './journalFormat.js';
import { linesOf } from './journalLines.js';
import type { Trial } from './trial.js';

/** What is whole of a damaged journal. */
export interface RepairedJournal {
  /** With their ends: a journal that can be read. */
  readonly lines: readonly string[];
  readonly trials: readonly Trial[];
  /** In the order of the file. */
  readonly lost: readonly LostLine[];
  /** The numbers, from 1, of lines that say something else now beside the number of their trial. */
  readonly mended: readonly number[];
  /** Trials that have another number, as the beginning of one before them is lost: from, to. */
  readonly renumbered: readonly (readonly [number, number])[];
}

export interface LostLine {
  /** From 1. */
  readonly line: number;
  readonly reason: string;
}

/**
 * Reads a damaged journal as far as it can be understood: lines that are no events, or cannot follow on
 * those before them, are left out, with all that depends on them. Nothing is written.
 *
 * @throws FileFormatError when its first line, without which nothing of the study is known, cannot be
 * read, or a newer version of the package has written to it; errors of the system.
 */
export async function repairedJournal(path: string): Promise<RepairedJournal> {
  const lines = linesOf(path);
  try {
    const repair = await Repair.begin(lines, path);
    let bytes = repair.bytes;
    for await (const line of lines) {
      repair.take(new TextDecoder().decode(line));
      bytes += line.length + 1;
    }
    return repair.result((await sizeOf(path)) > bytes);
  } finally {
    await lines.return(undefined);
  }
}

async function sizeOf(path: string): Promise<number> {
  const file = await RegularFile.open(path);
  await file.close();
  return file.size;
}

class Repair {
  readonly #lines: string[];
  readonly #lost: LostLine[] = [];
  readonly #changed: number[] = [];
  /** The number of each trial in the file, and what it is now. */
  readonly #numbers = new Map<unknown, number>();
  readonly #renumbered: [number, number][] = [];
  #line = 1;

  readonly #path: string;
  readonly #history: TrialHistory;

  private constructor(
    path: string,
    history: TrialHistory,
    first: string,
    readonly bytes: number,
  ) {
    this.#path = path;
    this.#history = history;

    this.#lines = [first];
  }

  static async begin(lines: AsyncGenerator<Uint8Array>, path: string): Promise<Repair> {
    const { value, done } = await lines.next();
    async function* first(): AsyncGenerator<Uint8Array> {
      if (done !== true) yield value;
    }
    const { space, bytes } = await parseJournal(first(), path);
    const text = new TextDecoder().decode(value);
    const repair = new Repair(path, new TrialHistory(space), `${text}\n`, bytes);
    repair.#requireKnown(recordOf(text)?.version);
    return repair;
  }

  take(text: string): void {
    this.#line++;
    // Half a line of a process that was killed may stand in front of a whole one.
    const whole = recordOf(text);
    const record = whole ?? recordOf(text.slice(text.lastIndexOf('{"type":')));
    if (record === null) {
      this.#lose('no event of a study');
      return;
    }
    if (record.type === 'strategy') {
      this.#requireKnown(record.version);
      this.#lines.push(`${JSON.stringify(record)}\n`);
      if (whole === null) this.#changed.push(this.#line);
      return;
    }
    try {
      const mended = this.#mended(record);
      const event = this.#history.admit(mended, '');
      this.#history.append(event);
      this.#lines.push(eventLine(event));
      if (!isSame({ ...mended, number: record.number }, whole)) this.#changed.push(this.#line);
      if (event.type === 'started') this.#number(record.number, event.number);
    } catch (error) {
      if (!(error instanceof LayerwiseError)) throw error;
      if (record.type === 'started') this.#numbers.delete(record.number);
      const place = error.path === '' ? '' : `${error.path}: `;
      this.#lose(`${place}expected ${error.expected}, received ${error.received}`);
    }
  }

  result(hasRest: boolean): RepairedJournal {
    this.#line++;
    if (hasRest) this.#lose('a line without its end');
    return {
      lines: this.#lines,
      trials: this.#history.trials,
      lost: this.#lost,
      mended: this.#changed,
      renumbered: this.#renumbered,
    };
  }

  #number(before: unknown, now: number): void {
    this.#numbers.set(before, now);
    if (before !== now) this.#renumbered.push([Number(before), now]);
  }

  #lose(reason: string): void {
    this.#lost.push({ line: this.#line, reason });
  }

  /** What is unknown here may be right there. */
  #requireKnown(writer: unknown): void {
    const remedy = remedyForWriter(writer);
    if (remedy === '') return;
    const received = `lines of layerwise ${String(writer)}`;
    const expected = 'a journal of this version or an older one';
    throw new FileFormatError({ path: this.#path, expected, received, remedy });
  }

  /** The event with the number that its trial has now, and an error as text. */
  #mended(record: Record<string, unknown>): object {
    // Of the study as a whole.
    if (record.type === 'directed' || record.type === 'described') return record;
    if (record.type === 'started') return this.#begun(record);
    const number = this.#numbers.get(record.number);
    if (number === undefined) {
      const received = `trial ${JSON.stringify(record.number)}`;
      throw new StateError({ path: '', expected: 'a trial whose beginning is there', received });
    }
    if (record.type !== 'finished' || record.state !== 'failed') return { ...record, number };
    const error = ownValue(record, 'error') ?? 'unknown';
    // Version 0.1 wrote what an error had in the place of its text.
    return { ...record, number, error: typeof error === 'string' ? error : JSON.stringify(error) };
  }

  #begun(record: Record<string, unknown>): object {
    const known = this.#numbers.get(record.number);
    const before = known === undefined ? undefined : this.#history.trials[known];
    // Begun twice, as version 0.1 did where a listener threw: the same trial, begun anew.
    if (before?.state === 'running' && isSame(before.parameters, record.parameters)) {
      return { type: 'restarted', number: known, at: record.at };
    }
    return { ...record, number: this.#history.trials.length };
  }
}

function isSame(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
