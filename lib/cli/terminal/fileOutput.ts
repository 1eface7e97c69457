import { fstatSync, writeSync } from 'node:fs';
import { Writable } from 'node:stream';
import { isError, messageOf } from '../../builtins.js';
import type { OutputStream } from '../../terminal/printer.js';

/**
 * Writes to an open file. Node's own stream takes a write that a full disk has cut short for a whole
 * one: the end of the output would be missing without a word.
 */
export class FileOutput extends Writable {
  readonly #descriptor: number;

  constructor(descriptor: number) {
    super();
    this.#descriptor = descriptor;
  }

  override _write(chunk: Buffer, _: BufferEncoding, done: (error?: Error) => void): void {
    try {
      for (let written = 0; written < chunk.length; ) {
        written += writeSync(this.#descriptor, chunk, written);
      }
    } catch (error) {
      done(isError(error) ? error : new Error(messageOf(error)));
      return;
    }
    done();
  }
}

/** A standard stream of the process: its own, unless it leads to a file. */
export function standardStream(stream: 'stdout' | 'stderr'): OutputStream {
  const descriptor = stream === 'stdout' ? 1 : 2;
  return fstatSync(descriptor).isFile() ? new FileOutput(descriptor) : process[stream];
}
