import { closeSync, openSync, writeSync } from 'node:fs';
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
