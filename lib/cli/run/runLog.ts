import { closeSync, openSync, readSync, statSync, writeSync } from 'node:fs';
import { Writable } from 'node:stream';
import { Printer } from '../../terminal/printer.js';

/** A file to which lines are added, each with the time of day in front. */
class TimedLines extends Writable {
  readonly #descriptor: number;

  constructor(path: string) {
    super();
    this.#descriptor = openSync(path, 'a');
  }

  override _write(chunk: Buffer, _: BufferEncoding, done: () => void): void {
    const time = new Date().toISOString();
    const lines = chunk.toString().trimEnd().split('\n');
    writeSync(this.#descriptor, lines.map((line) => `${time} ${line}\n`).join(''));
    done();
  }

  override _final(done: () => void): void {
    closeSync(this.#descriptor);
    done();
  }
}

/** The log of a run, which it goes on with. */
export interface RunLog {
  readonly printer: Printer;
  close(): void;
}

/** @throws Errors of the system. */
export function openRunLog(path: string): RunLog {
  const lines = new TimedLines(path);
  return { printer: new Printer(lines, {}), close: () => void lines.end() };
}

const beginning = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z |$)/;
const beginningBytes = 25;

/**
 * Whether a file is a log of runs, or empty.
 *
 * @throws Errors of the system.
 */
export function isRunLog(path: string): boolean {
  if (!statSync(path).isFile()) return false;
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(beginningBytes);
    const count = readSync(file, bytes, 0, beginningBytes, 0);
    return beginning.test(bytes.toString('latin1', 0, count));
  } finally {
    closeSync(file);
  }
}
