import type { CsvBatch } from './csv.js';
import {
  cleanField,
  detached,
  type IsMissing,
  isDecimalComma,
  isMissing,
  isWrittenAmount,
  parseNumber,
} from './tableValues.js';

/** The first pass over a table: what each column holds, in memory that does not grow with the rows. */

/** A value with the line where it was first met. */
export interface Sighting {
  readonly line: number;
  readonly value: string;
}

/** Everything the schema is made from, for one column. */
export class ColumnStatistics {
  readonly name: string;
  /** Fields that are not missing. */
  present = 0;
  /** Fields that hold a finite number. */
  numbers = 0;
  /** Fields that hold a number with a decimal comma, which is a text. */
  decimalCommas = 0;
  /** Fields that hold a number with a sign of money or per cent, or separated thousands, which is a text. */
  writtenAmounts = 0;
  /** Fields that stand for a missing value. */
  missing = 0;
  minimum = Number.POSITIVE_INFINITY;
  maximum = Number.NEGATIVE_INFINITY;
  /** Whether every number is a whole one. */
  whole = true;
  /** Whether every number is the one before plus one: a column that counts the rows. */
  counting = true;
  /** The first field that is neither missing nor a number. */
  firstText: Sighting | undefined;
  firstInfinite: Sighting | undefined;
  #last = Number.NaN;
  #mean = 0;
  #squares = 0;
  readonly #limit: number;
  readonly #isMissing: IsMissing;
  #values: Map<string, number> | undefined = new Map();

  /** @param limit how many different values are remembered; beyond it none are */
  constructor(name: string, limit: number, rule: IsMissing = isMissing) {
    this.name = name;
    this.#limit = limit;
    this.#isMissing = rule;
  }

  /** Whether every field that is there is a number; false when there is none. */
  get isNumeric(): boolean {
    return this.firstText === undefined && this.present > 0;
  }

  get mean(): number {
    return this.#mean;
  }

  /** Standard deviation over all numbers (divided by their count). */
  get deviation(): number {
    return this.numbers === 0 ? 0 : Math.sqrt(this.#squares / this.numbers);
  }

  /** The different values as they were written, with their counts; undefined beyond the limit. */
  get values(): ReadonlyMap<string, number> | undefined {
    return this.#values;
  }

  add(field: string, batch: CsvBatch, record: number): void {
    const value = cleanField(field);
    if (this.#isMissing(value)) {
      this.missing++;
      return;
    }
    this.present++;
    this.#count(value);
    const number = parseNumber(value);
    if (Number.isFinite(number)) this.#addNumber(number);
    else if (Number.isNaN(number)) this.#addText(value, batch, record);
    else this.firstInfinite ??= sighting(value, batch.lineOf(record));
  }

  #addText(value: string, batch: CsvBatch, record: number): void {
    this.firstText ??= sighting(value, batch.lineOf(record));
    if (isDecimalComma(value)) this.decimalCommas++;
    else if (isWrittenAmount(value)) this.writtenAmounts++;
  }

  #addNumber(number: number): void {
    this.numbers++;
    if (number < this.minimum) this.minimum = number;
    if (number > this.maximum) this.maximum = number;
    if (this.counting && this.numbers > 1 && number !== this.#last + 1) this.counting = false;
    this.#last = number;
    if (this.whole && !Number.isInteger(number)) this.whole = false;
    // Welford's update: exact enough for a column that is large beside its spread.
    const difference = number - this.#mean;
    this.#mean += difference / this.numbers;
    this.#squares += difference * (number - this.#mean);
  }

  #count(value: string): void {
    if (this.#values === undefined) return;
    const seen = this.#values.get(value);
    if (seen !== undefined) this.#values.set(value, seen + 1);
    else if (this.#values.size < this.#limit) this.#values.set(detached(value), 1);
    else this.#values = undefined;
  }
}

function sighting(value: string, line: number): Sighting {
  return { line, value: detached(value) };
}
