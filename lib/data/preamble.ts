import Papa from 'papaparse';
import { blankDelimiter, blanks, withTabs } from './blankRuns.js';
import { isNumberLike } from './tableValues.js';

/**
 * Lines that programs write before a table: Excel's `sep=;`, comments, what an export is of. They are told by
 * themselves where it is plain what they are; `skipLines` leaves out any.
 */

export interface Preamble {
  /** How many lines, and how many characters they take. */
  readonly lines: number;
  readonly length: number;
  /** The delimiter that the lines behind them are cut by, or that they name. */
  readonly delimiter: string;
}

/** Lines that are looked at. */
const sampledLines = 60;
/** Of the table, behind what may stand before it. */
const fewestRows = 2;

/**
 * What stands before the table; null where nothing does.
 *
 * @param delimiters those that may stand between its fields
 * @param hasHeader whether the table begins with the names of its columns
 */
export function preambleOf(
  sample: string,
  newline: string,
  delimiters: readonly string[],
  hasHeader: boolean,
): Preamble | null {
  const lines = sample.split(newline, sampledLines);
  const [first = ''] = lines;
  const separator = /^"?sep=([^"\r])"?\r?$/i.exec(first)?.[1];
  if (separator !== undefined) {
    return { lines: 1, length: first.length + 1, delimiter: separator };
  }
  // The last one may be cut off.
  const whole = lines.length > 1 ? lines.slice(0, -1) : lines;
  const title = whole.findIndex((line) => line.trim() !== '' && !isTitle(line, delimiters));
  for (const delimiter of delimiters) {
    const count = linesBefore(whole, delimiter, hasHeader);
    if (count === 0 || count > title) continue;
    const before = whole.slice(0, count);
    if (before.every((line) => line.trim() === '')) return null;
    const length = before.reduce((sum, line) => sum + line.length + 1, 0);
    return { lines: count, length, delimiter };
  }
  return null;
}

/** How many lines come before lines that are all cut into equally many fields, two or more. */
function linesBefore(lines: readonly string[], delimiter: string, hasHeader: boolean): number {
  const records = lines.map((line) => fieldsOf(line, delimiter));
  const widths = records.map(({ length }) => length);
  const start = widths.findIndex((width, index) => width > 1 && isTable(widths.slice(index)));
  if (start < 1) return 0;
  // Names of columns are not all numbers: R writes no name above those of the rows.
  if (hasHeader && records[start]?.every(isNumberLike)) return 0;
  const isBefore = (line: string, index: number): boolean => {
    // A quote that is closed in another line is part of the table.
    if (line.split('"').length % 2 === 0) return false;
    return (widths[index] ?? 0) <= 1 || (isComment(line) && widths[index] !== widths[start]);
  };
  return lines.slice(0, start).every(isBefore) ? start : 0;
}

/** Whether all lines but blank ones have as many fields as the first one, and there are some. */
function isTable([width, ...others]: readonly number[]): boolean {
  const rows = others.filter((each) => each > 0);
  return rows.length >= fewestRows && rows.every((each) => each === width);
}

/** Whether a line is a comment, or of a single field whatever stands between fields; blanks may stand in a title. */
function isTitle(line: string, delimiters: readonly string[]): boolean {
  if (isComment(line)) return true;
  const others = delimiters.length > 1 ? delimiters.filter((each) => each !== blanks) : delimiters;
  return others.every((delimiter) => fieldsOf(line, delimiter).length <= 1);
}

function isComment(line: string): boolean {
  return line.startsWith('#');
}

/** None of a blank line. */
function fieldsOf(line: string, delimiter: string): readonly string[] {
  if (line.trim() === '') return [];
  const isBlanks = delimiter === blanks;
  const parser = new Papa.Parser({
    delimiter: isBlanks ? blankDelimiter : delimiter,
    newline: '\n',
  });
  const { data } = parser.parse(isBlanks ? withTabs(line) : line, 0, false) as Papa.ParseResult<
    string[]
  >;
  return data[0] ?? [];
}
