import { type CellRules, cellRules } from './cellRules.js';
import type { Cell, CellBatch, Fields } from './cells.js';
import { DateStatistics } from './dateStatistics.js';
import { type DateFormat, formatsLike } from './dates.js';
import { RunningMoments, valuesOfMoments } from './runningMoments.js';
import {
  beginsAsWord,
  cleanField,
  detached,
  isDecimalComma,
  isWrittenAmount,
} from './tableValues.js';
import { ValueSample } from './valueSample.js';

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

export interface StatisticsOptions {
  /** Whether numbers are kept, for what is scaled by their order. */
  readonly isSampled?: boolean;
  /** How many different values are remembered of a column that has texts, or whose numbers are codes. */
  readonly mostTexts?: number;
  readonly isCode?: boolean;
}

/** What becomes of a row in a pass. */
export const RowPassing = {
  /** It has no target: columns that count the rows count it. */
  over: 0,
  taken: 1,
  /** It does not train. */
  held: 2,
} as const;

type Lines = Pick<CellBatch, 'lineOf'>;

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
  /** Of all numbers, those among the amounts too. */
  readonly moments = new RunningMoments();
  /** Whether every number is a whole one. */
  whole = true;
  /** Whether every number is a whole one, the one before plus one: a column that counts the rows. */
  counting = true;
  /** Whether a number begins with a zero, as codes do: 00501. */
  hasLeadingZeros = false;
  /** The first field that is neither missing nor a number. */
  firstText: Sighting | undefined;
  firstAmount: Sighting | undefined;
  firstInfinite: Sighting | undefined;
  /** Of texts that may be dates; undefined where none may. */
  dates: DateStatistics | undefined;
  #doubtful = 0;
  #last = Number.NaN;
  readonly #limit: number;
  readonly #mostTexts: number;
  readonly #isCode: boolean;
  readonly #numberOf: CellRules['numberOf'];
  readonly #sample: ValueSample | undefined;
  readonly #words = new Map<string, CountedSighting>();
  readonly #doubtfulWords = new Map<string, CountedSighting>();
  #values: Map<string, number> | undefined = new Map();

  /** @param limit how many different values are remembered; beyond it none are */
  constructor(
    name: string,
    limit: number,
    rules: CellRules = cellRules(),
    { isSampled = false, mostTexts = limit, isCode = false }: StatisticsOptions = {},
  ) {
    this.name = name;
    this.#limit = limit;
    this.#mostTexts = Math.max(limit, mostTexts);
    this.#isCode = isCode;
    this.rules = rules;
    this.#numberOf = rules.numberOf;
    this.#sample = isSampled ? new ValueSample() : undefined;
  }

  /** Leaves a row out, which a column that counts the rows has counted nevertheless. */
  passOver(): void {
    this.#last++;
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

  /** How all fields that are there are written as dates: in two ways where it is open which of the two. */
  get dateFormats(): readonly DateFormat[] {
    return this.dates?.formatsOf(this.present - this.#doubtful) ?? [];
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

  /** Numbers in ascending order, of many some; none where they were not kept. */
  sorted(): Float64Array {
    return this.#sample?.sorted() ?? new Float64Array(0);
  }

  /** The different values as they were written, with their counts; undefined beyond the limit. */
  get values(): ReadonlyMap<string, number> | undefined {
    return this.#values;
  }

  /** @param lineOf as of {@link CellBatch} */
  add(cell: Cell, batch: Lines, record: number): void {
    const value = typeof cell === 'string' ? cleanField(cell) : cell;
    const number = typeof value === 'string' ? this.#numberOf(value) : (value ?? Number.NaN);
    const isNumber = Number.isFinite(number);
    if ((!isNumber || this.rules.areNumbersMissing) && this.rules.isMissing(value)) {
      this.missing++;
      if (typeof value === 'string' && value !== '') count(this.#words, value, batch, record);
      return;
    }
    this.present++;
    const text = typeof value === 'string' ? value : String(value);
    if (this.#values !== undefined) this.#count(this.#values, text);
    if (isNumber) this.#addNumber(number, text);
    else if (Number.isNaN(number)) this.#addText(text, batch, record);
    else this.firstInfinite ??= sighting(text, batch.lineOf(record));
  }

  /** Whether the core may add the numbers of a column: nobody asks for their texts, nor for their order. */
  takesFromCore(fields: Fields, column: number): boolean {
    const isOrdered = this.#sample !== undefined || (this.whole && this.counting);
    const mayBeCode = this.whole && !this.hasLeadingZeros && fields.hasLeadingZeros(column);
    return this.#takesNumbers && !isOrdered && !mayBeCode && fields.isNumeric(column);
  }

  /** What the core goes on from, and has come to. */
  copyTo(sums: Float64Array, at: number): void {
    this.moments.copyTo(sums, at);
    sums[at + valuesOfMoments - 1] = this.whole ? 1 : 0;
  }

  takeFrom(sums: Float64Array, at: number): void {
    const before = this.moments.count;
    this.moments.takeFrom(sums, at);
    this.#countNumbers(this.moments.count - before);
    if (sums[at + valuesOfMoments - 1] === 0) this.whole = this.counting = false;
  }

  #countNumbers(numbers: number): void {
    this.present += numbers;
    this.numbers += numbers;
  }

  /** Adds a column of rows that the core has cut. @param passing what becomes of each row */
  addFields(fields: Fields, column: number, passing: Uint8Array, batch: Lines): void {
    const { rows, width, numbers } = fields;
    // Of a column that stops asking for texts, the next batch makes none.
    const takesNumbers = this.#takesNumbers;
    for (let row = 0; row < rows; row++) {
      const passes = passing[row];
      if (passes === RowPassing.over) this.passOver();
      if (passes !== RowPassing.taken) continue;
      const number = numbers[row * width + column] as number;
      if (!takesNumbers || Number.isNaN(number)) {
        this.add(fields.cleanText(row, column), batch, row);
        continue;
      }
      this.#countNumbers(1);
      this.#keep(number);
      if (!this.whole) continue;
      if (!Number.isInteger(number)) this.whole = this.counting = false;
      else this.#addWhole(number, !this.hasLeadingZeros && fields.hasLeadingZero(row, column));
    }
  }

  /** Whether a number needs no text. */
  get #takesNumbers(): boolean {
    return this.#values === undefined && this.rules.arePlain && !this.rules.areNumbersMissing;
  }

  #addText(value: string, batch: Lines, record: number): void {
    if (this.rules.isMissingAmongNumbers(value)) {
      this.#doubtful++;
      count(this.#doubtfulWords, value, batch, record);
      return;
    }
    this.firstText ??= sighting(value, batch.lineOf(record));
    if (beginsAsWord(value)) return;
    if (formatsLike(value).length > 0) {
      this.dates ??= new DateStatistics();
      this.dates.add(value);
    }
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
    this.#keep(number);
  }

  #addNumber(number: number, text: string): void {
    this.numbers++;
    this.#keep(number);
    if (!this.whole) return;
    if (!Number.isInteger(number)) this.whole = this.counting = false;
    else this.#addWhole(number, text.charCodeAt(0) === zero && isDigit(text.charCodeAt(1)));
  }

  #keep(number: number): void {
    this.moments.add(number);
    if (this.#sample !== undefined) this.#sample.add(number);
  }

  #addWhole(number: number, hasLeadingZero: boolean): void {
    if (this.counting && this.numbers > 1 && number !== this.#last + 1) this.counting = false;
    this.#last = number;
    if (hasLeadingZero) this.hasLeadingZeros = true;
  }

  #limitOfValues(): number {
    return this.#isCode || this.firstText !== undefined ? this.#mostTexts : this.#limit;
  }

  #count(values: Map<string, number>, value: string): void {
    const seen = values.get(value);
    if (seen !== undefined) values.set(value, seen + 1);
    else if (values.size < this.#limitOfValues()) values.set(detached(value), 1);
    else this.#values = undefined;
  }
}

const zero = '0'.charCodeAt(0);

/** Not so of what stands behind the zero of `0 %` and of `0,0`. */
function isDigit(code: number): boolean {
  return code >= zero && code <= zero + 9;
}

function sighting(value: string, line: number): Sighting {
  return { line, value: detached(value) };
}

function count(
  words: Map<string, CountedSighting>,
  value: string,
  batch: Lines,
  record: number,
): void {
  const known = words.get(value);
  if (known !== undefined) known.count++;
  else if (words.size < mostWords) {
    words.set(detached(value), { ...sighting(value, batch.lineOf(record)), count: 1 });
  }
}
