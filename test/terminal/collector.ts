import { Readable, Writable } from 'node:stream';
import { type OutputStream, Printer } from '../../lib/terminal/printer.js';

/** A stream that keeps what is written, and may pass for a terminal. */
export class Collector extends Writable implements OutputStream {
  text = '';
  readonly isTTY: boolean;
  readonly columns: number | undefined;

  constructor(columns?: number) {
    super();
    this.isTTY = columns !== undefined;
    this.columns = columns;
  }

  override _write(chunk: Buffer, _: BufferEncoding, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

/** A printer and what it prints. */
export function printing(
  columns?: number,
  environment = {},
): { printer: Printer; seen: Collector } {
  const seen = new Collector(columns);
  return { printer: new Printer(seen, environment), seen };
}

/** What a terminal of one line shows after the text: the last redrawing of the line. */
export function lastDrawing(text: string): string {
  return text.slice(text.lastIndexOf('\r') + 1).replace('\u001b[K', '');
}

/** An input that gives a text and then neither more nor an end. */
export class EndlessInput extends Readable {
  /** Called when the text is used up and more is asked for. */
  whenAllIsRead = (): void => {};
  readonly #text: string;
  #isGiven = false;

  constructor(text: string) {
    super();
    this.#text = text;
  }

  override _read(): void {
    if (this.#isGiven) this.whenAllIsRead();
    else this.push(this.#text);
    this.#isGiven = true;
  }
}
