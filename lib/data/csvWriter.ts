import { blanks } from './blankRuns.js';
import { isNumberLike } from './tableValues.js';

export interface CsvWriterOptions {
  /**
   * Whether fields that a spreadsheet would take for a formula get an apostrophe in front, which makes
   * them text. Numbers are left alone.
   *
   * @default false
   */
  readonly escapeFormulas?: boolean | undefined;
}

/** Writes records as CSV, quoting only what has to be quoted. */
export class CsvWriter {
  readonly #delimiter: string;
  readonly #needsQuotes: RegExp;
  readonly #escapeFormulas: boolean;

  constructor(delimiter: string, { escapeFormulas = false }: CsvWriterOptions = {}) {
    this.#delimiter = delimiter;
    this.#escapeFormulas = escapeFormulas;
    const escaped = delimiter.replace(/[\\\]^-]/g, '\\$&');
    // Between blanks, whatever is blank or empty would be lost.
    this.#needsQuotes = delimiter === blanks ? /^$|["\s]/ : new RegExp(`["\\r\\n${escaped}]`);
  }

  /** One line, with its end. */
  line(fields: readonly string[]): string {
    return `${fields.map((field) => this.#field(field)).join(this.#delimiter)}\n`;
  }

  #field(field: string): string {
    const text = this.#escapeFormulas && isFormula(field) ? `'${field}` : field;
    return this.#needsQuotes.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  }
}

/** As spreadsheets have it, those of East Asia with wide characters too. */
function isFormula(field: string): boolean {
  return /^[=+\-@\t\r\n＝＋－＠]/.test(field) && !isNumberLike(field);
}

/** As many as a float32 holds. */
const digitsOfFloats = 7;
/** More say nothing of a double. */
const digitsOfDoubles = 17;

/**
 * A number as predictions are written: seven significant digits, and more where it is large beside the
 * spread of such numbers, so that seven digits of the spread are left. Unix seconds within an hour keep
 * their fractions.
 *
 * @param spread standard deviation of the numbers; the number itself by default
 */
export function numberField(value: number, spread = Math.abs(value)): string {
  const excess = Math.floor(Math.log10(Math.abs(value))) - Math.floor(Math.log10(spread));
  const wanted = digitsOfFloats + (Number.isFinite(excess) ? Math.max(0, excess) : 0);
  return String(Number(value.toPrecision(Math.min(digitsOfDoubles, wanted))));
}
