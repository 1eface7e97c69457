import { closeSync, fstatSync, ftruncateSync, openSync, writeFileSync } from 'node:fs';
import { ofFile } from '../../io/paths.js';

/**
 * A file that text is added to, which is in it at once. What cannot be written, as the disk is full say, waits for what is
 * added next: nothing is missing once there is room again, and nothing stands there by halves meanwhile.
 */
export class GrowingFile {
  readonly #path: string;
  readonly #file: number;
  /** Bytes that were written as a whole. */
  #length: number;
  #waiting = '';

  /** Opens the file, or makes it. @throws Errors of the system. */
  constructor(path: string) {
    this.#path = path;
    this.#file = openSync(path, 'a');
    this.#length = fstatSync(this.#file).size;
  }

  /** Whether there is text that could not be written. */
  get isBehind(): boolean {
    return this.#waiting !== '';
  }

  /** @throws Errors of the system, with the name of the file; the text waits then. */
  append(text: string): void {
    this.#waiting += text;
    if (!this.isBehind) return;
    try {
      writeFileSync(this.#file, this.#waiting);
    } catch (error) {
      this.#removeBeginning();
      throw ofFile(error, this.#path);
    }
    this.#length += Buffer.byteLength(this.#waiting);
    this.#waiting = '';
  }

  close(): void {
    closeSync(this.#file);
  }

  /** What a full disk has still taken of a text that is written anew later. */
  #removeBeginning(): void {
    try {
      ftruncateSync(this.#file, this.#length);
    } catch {
      // A device has no length. A file whose disk fails here is told of by the error of the text.
    }
  }
}
