import type { Writable } from 'node:stream';
import { visibleJson, visibleText } from '../displayText.js';
import { type Environment, type Painted, painter } from './style.js';
import { wrapped } from './wrap.js';

/** A stream that people may look at. */
export interface OutputStream extends Writable {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

/** A part of a line, of anybody's text. */
export type Piece = string | Painted;

/** On fewer columns, nothing is gained by lines that end at blanks. */
const narrowest = 20;

/**
 * Standard output or standard error. All text for people goes through here, where control characters
 * become visible: names come from files of other people. A stream that takes nothing any more (its
 * reader has gone, its disk is full) is left alone from then on, as no report is worth a model;
 * `lost` and `delivered` tell those whose result it was.
 */
export class Printer {
  /** Whether lines can be redrawn. */
  readonly isTerminal: boolean;
  readonly #stream: OutputStream;
  readonly #paint: (piece: Painted) => string;
  readonly #lost = new AbortController();
  #written: Promise<void> = Promise.resolve();

  constructor(stream: OutputStream, environment: Environment) {
    this.#stream = stream;
    this.isTerminal = stream.isTTY === true && environment.TERM !== 'dumb';
    this.#paint = painter(this.isTerminal, environment);
    stream.on('error', (error) => this.#lose(error));
  }

  /** Width of the terminal, if it tells. */
  get columns(): number | undefined {
    return this.#stream.columns;
  }

  /** Columns that lines may fill; infinite where nobody looks on, or on too few to be of use. */
  get lineWidth(): number {
    const columns = this.isTerminal ? (this.columns ?? 0) : 0;
    return columns < narrowest ? Number.POSITIVE_INFINITY : columns;
  }

  /** Aborted when the stream takes nothing any more; the reason is the error of the system. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** One line; a line end within a piece is a character like any other. */
  line(...pieces: readonly Piece[]): void {
    this.#write(`${pieces.map((piece) => this.#shown(piece)).join('')}\n`);
  }

  /** A sentence or more: on a terminal, lines that end at blanks. */
  paragraph(...pieces: readonly Piece[]): void {
    for (const line of wrapped(pieces, this.lineWidth)) this.line(...line);
  }

  /** Lines of our own: their ends stay. */
  block(text: string): void {
    for (const line of text.replace(/\n$/, '').split('\n')) this.line(line);
  }

  /** An object for machines, on one line. */
  json(value: object): void {
    this.#write(`${visibleJson(value)}\n`);
  }

  /** Replaces the line that the cursor is in. */
  redraw(text: string): void {
    this.#write(`\r${visibleText(text)}\u001b[K`);
  }

  /** Data as it is. Waits while the reader is slow, so that memory stays bounded. @throws as delivered */
  async data(text: string): Promise<void> {
    this.#write(text);
    await this.delivered();
  }

  /**
   * Waits until all is written.
   *
   * @throws The error of the system with which the stream was lost.
   */
  async delivered(): Promise<void> {
    await this.#written;
    this.lost.throwIfAborted();
  }

  #shown(piece: Piece): string {
    if (typeof piece === 'string') return visibleText(piece);
    return this.#paint({ ...piece, text: visibleText(piece.text) });
  }

  #write(text: string): void {
    if (this.lost.aborted) return;
    this.#written = new Promise<void>((resolve) => {
      this.#stream.write(text, (error) => {
        if (error) this.#lose(error);
        resolve();
      });
    }).catch((error: unknown) => {
      // A program may have put a function of its own in the place of `write`, which throws.
      this.#lose(error);
    });
  }

  #lose(error: unknown): void {
    if (!this.lost.aborted) this.#lost.abort(error);
  }
}
