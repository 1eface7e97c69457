import { type CellRules, cellRules } from './cellRules.js';
import type { Cell } from './cells.js';
import { cleanField, detached, isDecimalComma, isWrittenAmount } from './tableValues.js';

/** The first pass over a table: what each column holds, in memory that does not grow with the rows. */

/** A value with the line where it was first met. */
export interface Sighting {
  readonly line: number;
  readonly value: string;
}

/** The same with how often it was met. */
export interface CountedSighting extends Sighting {
  count: number;
}

/** Words in other cases, mostly, are told apart up to here. */
const mostWords = 20;

/** Everything the schema is made from, for one column. */
export class ColumnStatistics {
  readonly name: string;
  readonly rules: CellRules;
  /** Fields that are not missing. */
  present = 0;
  /** Fields that hold a finite number. */
  numbers = 0;
  /** Fields that hold a number as people write it, and that can be read so. */
  amounts = 0;
  /** Those of them that are per cent. */
  percents = 0;
  /** Fields that hold a number with a decimal comma, which is a text. */
  decimalCommas = 0;
  /** Fields that hold a number with a sign of money or per cent, or separated thousands, which is a text. */
  writtenAmounts = 0;
  /** Fields that stand for a missing value in any column. */
  missing = 0;
  minimum = Number.POSITIVE_INFINITY;
  maximum = Number.NEGATIVE_INFINITY;
  /** Whether every number is a whole one. */
  whole = true;
  /** Whether every number is the one before plus one: a column that counts the rows. */
  counting = true;
  /** Whether a number begins with a zero, as codes do: 00501. */
  hasLeadingZeros = false;
  /** The first field that is neither missing nor a number. */
  firstText: Sighting | undefined;
  firstAmount: Sighting | undefined;
  firstInfinite: Sighting | undefined;
  #doubtful = 0;
  #last = Number.NaN;
  #counted = 0;
  #mean = 0;
  #squares = 0;
  readonly #limit: number;
  readonly #words = new Map<string, CountedSighting>();
  readonly #doubtfulWords = new Map<string, CountedSighting>();
  #values: Map<string, number> | undefined = new Map();

  /** @param limit how many different values are remembered; beyond it none are */
  constructor(name: string, limit: number, rules: CellRules = cellRules()) {
    this.name = name;
    this.#limit = limit;
    this.rules = rules;
  }

  /** Whether every field that is there is a number, or missing among numbers; false when there is none. */
  get isNumeric(): boolean {
    return this.firstText === undefined && (this.numbers > 0 || this.firstInfinite !== undefined);
  }

  /** The same where numbers may be written as amounts, unambiguously. */
  get isNumericAsWritten(): boolean {
    const isAll = this.numbers + this.amounts + this.#doubtful === this.present;
    const isOfOneKind = this.percents === 0 || this.percents === this.numbers + this.amounts;
    return this.amounts > 0 && isAll && isOfOneKind;
  }

  /** Fields that are missing where the column is one of numbers. */
  get missingAmongNumbers(): number {
    return this.missing + this.#doubtful;
  }

  /** What stood for a missing value; nothing is told of empty fields. */
  get missingWords(): readonly CountedSighting[] {
    return [...this.#words.values()];
  }

  /** The words that do so among numbers alone. */
  get missingWordsAmongNumbers(): readonly CountedSighting[] {
    return [...this.#words.values(), ...this.#doubtfulWords.values()];
  }

  get mean(): number {
    return this.#mean;
  }

  /** Standard deviation over all numbers (divided by their count). */
  get deviation(): number {
    return this.#counted === 0 ? 0 : Math.sqrt(this.#squares / this.#counted);
  }

  /** The different values as they were written, with their counts; undefined beyond the limit. */
  get values(): ReadonlyMap<string, number> | undefined {
    return this.#values;
  }

  /** @param lineOf as of {@link CellBatch} */
  add(cell: Cell, batch: { lineOf(record: number): number }, record: number): void {
    const value = typeof cell === 'string' ? cleanField(cell) : cell;
    if (this.rules.isMissing(value)) {
      this.missing++;
      if (typeof value === 'string' && value !== '') count(this.#words, value, batch, record);
      return;
    }
    this.present++;
    const text = String(value);
    this.#count(text);
    const number = typeof value === 'number' ? value : this.rules.numberOf(text);
    if (Number.isFinite(number)) this.#addNumber(number, text);
    else if (Number.isNaN(number)) this.#addText(text, batch, record);
    else this.firstInfinite ??= sighting(text, batch.lineOf(record));
  }

  #addText(value: string, batch: { lineOf(record: number): number }, record: number): void {
    if (this.rules.isMissingAmongNumbers(value)) {
      this.#doubtful++;
      count(this.#doubtfulWords, value, batch, record);
      return;
    }
    this.firstText ??= sighting(value, batch.lineOf(record));
    if (isDecimalComma(value)) this.decimalCommas++;
    else if (isWrittenAmount(value)) this.#addAmount(value, batch.lineOf(record));
  }

  #addAmount(value: string, line: number): void {
    this.writtenAmounts++;
    const number = this.rules.amountOf(value);
    if (!Number.isFinite(number)) return;
    this.amounts++;
    if (value.endsWith('%')) this.percents++;
    this.firstAmount ??= sighting(value, line);
    this.counting = false;
    this.#addMoments(number);
  }

  #addNumber(number: number, text: string): void {
    this.numbers++;
    if (this.counting && this.numbers > 1 && number !== this.#last + 1) this.counting = false;
    this.#last = number;
    if (this.whole && !Number.isInteger(number)) this.whole = false;
    if (text.charCodeAt(0) === 0x30 && text.length > 1 && isDigit(text.charCodeAt(1))) {
      this.hasLeadingZeros = true;
    }
    this.#addMoments(number);
  }

  #addMoments(number: number): void {
    if (number < this.minimum) this.minimum = number;
    if (number > this.maximum) this.maximum = number;
    this.#counted++;
    // Welford's update: exact enough for a column that is large beside its spread.
    const difference = number - this.#mean;
    this.#mean += difference / this.#counted;
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

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function sighting(value: string, line: number): Sighting {
  return { line, value: detached(value) };
}

function count(
  words: Map<string, CountedSighting>,
  value: string,
  batch: { lineOf(record: number): number },
  record: number,
): void {
  const known = words.get(value);
  if (known !== undefined) known.count++;
  else if (words.size < mostWords) {
    words.set(detached(value), { ...sighting(value, batch.lineOf(record)), count: 1 });
  }
}
