import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { Writable } from 'node:stream';
import { systemCodeOf } from '../../io/paths.js';
import { Printer } from '../../terminal/printer.js';
import { GrowingFile } from './growingFile.js';

/** Lines that are added to a file, each with the time of day in front. */
class TimedLines extends Writable {
  readonly #file: GrowingFile;
  readonly #onFailure: (error: unknown) => void;

  constructor(path: string, onFailure: (error: unknown) => void) {
    super();
    this.#file = new GrowingFile(path);
    this.#onFailure = onFailure;
  }

  override _write(chunk: Buffer, _: BufferEncoding, done: () => void): void {
    const time = new Date().toISOString();
    const lines = chunk.toString().trimEnd().split('\n');
    try {
      this.#file.append(lines.map((line) => `${time} ${line}\n`).join(''));
    } catch (error) {
      if (systemCodeOf(error) === '') throw error;
      // Lines follow when they can. An error of the stream would end it.
      this.#onFailure(error);
    }
    done();
  }

  override _final(done: () => void): void {
    this.#file.close();
    done();
  }
}

/** The log of a run, which it goes on with. */
export interface RunLog {
  readonly printer: Printer;
  close(): void;
}

/**
 * @param onFailure Is told of each line that cannot be written; those wait for the next ones.
 * @throws Errors of the system.
 */
export function openRunLog(path: string, onFailure: (error: unknown) => void): RunLog {
  const lines = new TimedLines(path, onFailure);
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
