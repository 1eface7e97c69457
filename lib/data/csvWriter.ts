/** Writes records as CSV, quoting only what has to be quoted. */
export class CsvWriter {
  readonly #delimiter: string;
  readonly #needsQuotes: RegExp;

  constructor(delimiter: string) {
    this.#delimiter = delimiter;
    const escaped = delimiter.replace(/[\\\]^-]/g, '\\$&');
    this.#needsQuotes = new RegExp(`["\\r\\n${escaped}]`);
  }

  /** One line, with its end. */
  line(fields: readonly string[]): string {
    return `${fields.map((field) => this.#field(field)).join(this.#delimiter)}\n`;
  }

  #field(field: string): string {
    return this.#needsQuotes.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
  }
}

/** Seven significant digits, as many as a float32 holds. */
export function numberField(value: number): string {
  return String(Number(value.toPrecision(7)));
}
