import { closeSync, openSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ArgumentError } from '../errors.js';
import { kindOf } from '../io/fileKind.js';
import { ofFile } from '../io/paths.js';
import {
  columnsOf,
  type EpochPlace,
  type EpochRow,
  epochLine,
  headerLine,
  isBefore,
  isHeader,
} from './epochRow.js';

/** A CSV file of epochs that a training writes, or goes on with. */
export class EpochFile {
  readonly #path: string;
  readonly #file: number;
  #isOpen = true;
  /** What lies in the file of a training before this one, until the first epoch says how much of it stays. */
  #older: string | undefined;
  /** Those of its first row. */
  #columns: readonly string[] = [];

  /**
   * Opens the file, or makes it.
   *
   * @throws ArgumentError for what is no table of epochs; errors of the system.
   */
  constructor(path: string) {
    // The folder of the process may change while it trains.
    this.#path = resolve(path);
    const status = statSync(this.#path, { throwIfNoEntry: false });
    if (status !== undefined && !status.isFile()) throw notATable(path, kindOf(status));
    this.#file = openSync(this.#path, 'a');
    this.#older = this.#closingOnError(() => readOlder(this.#path, path));
  }

  /** @throws ArgumentError when the epochs before these have other columns; errors of the system. */
  append(rows: readonly EpochRow[]): void {
    const [first] = rows;
    if (first === undefined) return;
    this.#closingOnError(() => {
      if (this.#older !== undefined) this.#begin(first, this.#older);
      this.#older = undefined;
      writeFileSync(this.#file, rows.map((row) => epochLine(row, this.#columns)).join(''));
    });
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  close(): void {
    this.#isOpen = false;
    closeSync(this.#file);
  }

  /** Leaves the lines before a row, or the names of the columns. */
  #begin(row: EpochRow, older: string): void {
    const header = headerLine(row);
    this.#columns = columnsOf(row);
    const kept = linesBefore(row.place, older);
    if (kept !== '' && !kept.startsWith(header)) throw this.#otherColumns(header, kept);
    truncateSync(this.#path, Buffer.byteLength(kept));
    if (kept === '') writeFileSync(this.#file, header);
  }

  /** A listener that has failed is not told of the end. */
  #closingOnError<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      this.close();
      throw ofFile(error, this.#path);
    }
  }

  #otherColumns(header: string, kept: string): ArgumentError {
    return new ArgumentError({
      path: this.#path,
      expected: `the columns of this training: ${header.trimEnd()}`,
      received: firstLine(kept),
      remedy: 'Measure the same as before, or name another file.',
    });
  }
}

function readOlder(path: string, name: string): string {
  const text = readFileSync(path, 'utf8');
  const line = firstLine(text);
  if (text !== '' && !isHeader(line)) throw notATable(name, `a file that begins with '${line}'`);
  return text;
}

/** The whole lines of a table that come before an epoch, with their header; nothing where it would be alone. */
function linesBefore(place: EpochPlace, text: string): string {
  const header = text.indexOf('\n') + 1;
  let end = header;
  for (;;) {
    const next = text.indexOf('\n', end) + 1;
    if (next === 0 || !isBefore(text.slice(end, next - 1), place)) break;
    end = next;
  }
  return end === header ? '' : text.slice(0, end);
}

const shownCharacters = 200;

function firstLine(text: string): string {
  const [line = ''] = text.split('\n', 1);
  return line.length > shownCharacters ? `${line.slice(0, shownCharacters)}…` : line;
}

function notATable(path: string, received: string): ArgumentError {
  return new ArgumentError({
    path,
    expected: "a table of epochs, whose first line begins with 'epoch,loss,', or no file yet",
    received,
    remedy: 'Name another file, or remove that one.',
  });
}
