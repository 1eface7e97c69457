import Papa from 'papaparse';
import { blankDelimiter, blanks, withTabs } from './blankRuns.js';
import { isNumberLike, isWrittenAmount } from './tableValues.js';

/** Finds the character between the fields of a table from its first lines. */

export type Newline = '\n' | '\r';

export const knownDelimiters: readonly string[] = [',', ';', '\t', '|'];

/** Whether a text can stand between fields. */
export function isDelimiter(text: string): boolean {
  return text.length === 1 && !'"\r\n\ufeff'.includes(text);
}

const sampledRecords = 20;

/** How a delimiter cuts the sampled records. */
interface Cut {
  readonly delimiter: string;
  /** Fields of the first record. */
  readonly width: number;
  /**
   * The share of the records that are as wide as the first, times the share of the fields behind it that
   * no other delimiter would cut.
   */
  readonly quality: number;
}

/**
 * The delimiter that cuts all sampled records into equally many fields and leaves these whole: with
 * decimal commas, `20,5;1013,2` is cut evenly by the comma too, but into `5;1013`. Where several do as
 * well, the one that gives more fields. Blanks are one where they cut evenly and mostly into numbers.
 */
export function guessDelimiter(sample: string, newline: Newline): string {
  const cuts = knownDelimiters.map((delimiter) => cutBy(delimiter, sample, newline));
  const byBlanks = cutByBlanks(sample, newline);
  if (byBlanks !== null) cuts.push(byBlanks);
  return cuts.reduce((best, cut) => (isBetter(cut, best) ? cut : best)).delimiter;
}

export function isBlank(record: readonly string[]): boolean {
  return record.length === 1 && (record[0] ?? '').trim() === '';
}

function isBetter(left: Cut, right: Cut): boolean {
  if (left.width === 1 || right.width === 1) return left.width > right.width;
  if (left.quality !== right.quality) return left.quality > right.quality;
  return left.width > right.width;
}

function cutBy(delimiter: string, sample: string, newline: Newline): Cut {
  const parser = new Papa.Parser({ delimiter, newline, preview: sampledRecords });
  const { data } = parser.parse(sample, 0, sample.includes(newline)) as Papa.ParseResult<string[]>;
  const records = data.filter((record) => !isBlank(record));
  const width = records[0]?.length ?? 1;
  const even = shareOf(records, ({ length }) => length === width);
  // What is in the header says little: "T, °C".
  const fields = (records.length > 1 ? records.slice(1) : records).flat();
  const others = knownDelimiters.filter((other) => other !== delimiter);
  return { delimiter, width, quality: even * shareOf(fields, (field) => isWhole(field, others)) };
}

const leastShareOfNumbers = 0.5;

/** Null where blanks may as well be those between words. */
function cutByBlanks(sample: string, newline: Newline): Cut | null {
  const parser = new Papa.Parser({ delimiter: blankDelimiter, newline, preview: sampledRecords });
  const lines = withTabs(sample.split(newline, sampledRecords).join(newline));
  const { data } = parser.parse(lines, 0, false) as Papa.ParseResult<string[]>;
  // The last line may be cut off.
  const records = data.slice(0, data.length > 2 ? -1 : undefined).filter((each) => !isBlank(each));
  const [header, ...rows] = records;
  const width = rows[0]?.length ?? 1;
  // R writes no name above those of the rows.
  const isEven =
    (header?.length === width || header?.length === width - 1) &&
    rows.every(({ length }) => length === width);
  const fields = rows.flat();
  if (width < 2 || !isEven || shareOf(fields, isNumberLike) < leastShareOfNumbers) return null;
  const quality = shareOf(fields, (field) => isWhole(field, knownDelimiters));
  return { delimiter: blanks, width, quality };
}

function shareOf<Item>(items: readonly Item[], isCounted: (item: Item) => boolean): number {
  return items.length === 0 ? 0 : items.filter(isCounted).length / items.length;
}

/** Numbers may have commas: `1013,2`, `1,234.5`. Several of them with blanks between are no field. */
function isWhole(field: string, others: readonly string[]): boolean {
  if (isNumberLike(field) || isWrittenAmount(field.trim())) return true;
  return !others.some((other) => field.includes(other)) && !isSeveralNumbers(field);
}

function isSeveralNumbers(field: string): boolean {
  const parts = field.trim().split(/[ \t]+/);
  return parts.length > 1 && parts.every(isNumberLike);
}
