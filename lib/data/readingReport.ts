import { optionText } from '../optionText.js';
import { formatCount } from '../quantities.js';

/** What was done about lines of a table that are no ordinary rows: told afterwards, never done without a word. */

/** Lines that were left out and are named. */
const mostNamed = 5;
const mostCharacters = 60;

interface BadLine {
  readonly line: number;
  readonly cause: string;
}

export class ReadingReport {
  #preamble: { readonly lines: number; readonly text: string } | undefined;
  #emptyRows = 0;
  #firstEmpty = 0;
  #shortRows = 0;
  #firstShort = 0;
  #badLines = 0;
  readonly #named: BadLine[] = [];
  readonly #leftOut: string[] = [];

  /** Lines before the table, the first of them with this text. */
  skippedPreamble(lines: number, text: string): void {
    this.#preamble = { lines, text };
  }

  /** A row of delimiters alone, which is left out. */
  emptyRow(line: number): void {
    if (this.#emptyRows++ === 0) this.#firstEmpty = line;
  }

  /** A row that has less fields than the table has columns. */
  shortRow(line: number): void {
    if (this.#shortRows++ === 0) this.#firstShort = line;
  }

  /** A line that cannot be read, and is left out because that was asked for. */
  badLine(line: number, cause: string): void {
    if (this.#badLines++ < mostNamed) this.#named.push({ line, cause });
  }

  /** A column that no cell holds, and that is not written again. */
  leftOut(column: string, what: string): void {
    this.#leftOut.push(`Column '${column}' holds ${what}: left out.`);
  }

  /** Sentences on all of it. */
  notices(): string[] {
    return [
      ...this.#preambleNotice(),
      ...this.#emptyNotice(),
      ...this.#shortNotice(),
      ...this.#badNotice(),
      ...this.#leftOut,
    ];
  }

  #preambleNotice(): string[] {
    if (this.#preamble === undefined) return [];
    const { lines, text } = this.#preamble;
    const shown = text.length > mostCharacters ? `${text.slice(0, mostCharacters)}…` : text;
    return [
      lines === 1
        ? `The line '${shown}' before the table is left out.`
        : `${formatCount(lines)} lines before the table are left out, the first of them '${shown}'.`,
    ];
  }

  #emptyNotice(): string[] {
    if (this.#emptyRows === 0) return [];
    return [
      this.#emptyRows === 1
        ? `Line ${this.#firstEmpty} holds delimiters alone: it is no row.`
        : `${formatCount(this.#emptyRows)} lines hold empty fields alone, the first of them line ${this.#firstEmpty}: they are no rows.`,
    ];
  }

  #shortNotice(): string[] {
    if (this.#shortRows === 0) return [];
    return [
      this.#shortRows === 1
        ? `Line ${this.#firstShort} has fewer fields than there are columns: those it lacks are taken as missing.`
        : `${formatCount(this.#shortRows)} rows have fewer fields than there are columns, the first of them in line ${this.#firstShort}: those they lack are taken as missing.`,
    ];
  }

  #badNotice(): string[] {
    if (this.#badLines === 0) return [];
    const named = this.#named.map(({ line, cause }) => `line ${line} (${cause})`);
    const more = this.#badLines - named.length;
    if (more > 0) named.push(`${formatCount(more)} more`);
    const lines = this.#badLines === 1 ? '1 line is' : `${formatCount(this.#badLines)} lines are`;
    return [
      `${lines} left out, as asked for with ${optionText('skipBadLines')}: ${named.join(', ')}.`,
    ];
  }
}
