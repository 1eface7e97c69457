/** What one field of a table means: nothing, a number, or text. */

/** What stands for a missing value unless the user names it. */
export const missingWords = ['', '?', 'NA', 'N/A', 'NaN', 'null'] as const;

/** The field without blanks around it. */
export function cleanField(field: string): string {
  const { length } = field;
  if (length === 0) return field;
  // Most fields have none: looking at both ends is much cheaper than trim().
  if (!isBlankCode(field.charCodeAt(0)) && !isBlankCode(field.charCodeAt(length - 1))) return field;
  return field.trim();
}

function isBlankCode(code: number): boolean {
  return code <= 0x20 || code === 0xa0 || code >= 0x2000;
}

/**
 * Whether a cell stands for a missing value. Of a clean text: see {@link missingWords}, in any case. Of what
 * programs give: null and NaN.
 */
export function isMissing(cell: string | number | null): boolean {
  if (typeof cell !== 'string') return isNothing(cell);
  switch (cell.length) {
    case 0:
      return true;
    case 1:
      return cell === '?';
    case 2:
    case 3:
    case 4:
      return isMissingWord(cell);
    default:
      return false;
  }
}

function isNothing(cell: number | null): boolean {
  return cell === null || Number.isNaN(cell);
}

function isMissingWord(field: string): boolean {
  // Every one of the words begins with n or N: numbers leave here at once.
  if ((field.charCodeAt(0) | 0x20) !== 0x6e) return false;
  const lower = field.toLowerCase();
  return lower === 'na' || lower === 'n/a' || lower === 'nan' || lower === 'null';
}

/** Tells whether a cell of a table stands for a missing value; texts have to be clean. */
export type IsMissing = (cell: string | number | null) => boolean;

/**
 * The rule for some words, in any case; the empty field is always missing.
 *
 * @param words undefined for {@link missingWords}
 */
export function missingRule(words: readonly string[] | undefined): IsMissing {
  if (words === undefined) return isMissing;
  const known = new Set(words.map((word) => cleanField(word).toLowerCase()));
  const longest = Math.max(0, ...words.map(({ length }) => length));
  return (cell) => {
    if (typeof cell !== 'string') return isNothing(cell);
    return cell.length === 0 || (cell.length <= longest && known.has(cell.toLowerCase()));
  };
}

/** Whether a clean field is a number with a decimal comma, with or without points between thousands. */
export function isDecimalComma(field: string): boolean {
  return /^[+-]?(?:\d+|\d{1,3}(?:\.\d{3})+),\d+$/.test(field);
}

/**
 * Whether a clean field is a number as people write it, but no number to a program: with a sign of money or
 * per cent, or with a space, a point, a comma or an apostrophe between thousands.
 */
export function isWrittenAmount(field: string): boolean {
  return writtenAmount.test(field);
}

const writtenAmount =
  /^[+-]?(?:\p{Sc}\s?[+-]?)?(?:\d+|\d{1,3}(?:[ ,.'’\u00a0\u2009\u202f]\d{3})+)(?:[.,]\d+)?\s?[\p{Sc}%‰]?$/u;

/**
 * The number that a clean field holds, in decimal or scientific notation; NaN when it is not a
 * number (an empty field is none). `Infinity` and numbers beyond the range of a double give an
 * infinity.
 */
export function parseNumber(field: string): number {
  const plain = parsePlainDecimal(field);
  if (!Number.isNaN(plain)) return plain;
  const value = Number(field);
  if (Number.isNaN(value) || field.length === 0) return Number.NaN;
  return isOtherRadix(field) ? Number.NaN : value;
}

/** With at most 15 digits, the digits and the power of ten are exact, and so their quotient is right. */
const longestPlainDecimal = 15;
const powersOfTen = Array.from({ length: longestPlainDecimal + 1 }, (_, power) => 10 ** power);

/** Numbers such as -12.345, at three times the speed of Number(); NaN for all that is not as plain. */
function parsePlainDecimal(field: string): number {
  const { length } = field;
  if (length === 0 || length > longestPlainDecimal) return Number.NaN;
  const isNegative = field.charCodeAt(0) === 0x2d;
  const first = isNegative ? 1 : 0;
  let digits = 0;
  let point = -1;
  for (let at = first; at < length; at++) {
    const code = field.charCodeAt(at);
    if (code >= 0x30 && code <= 0x39) digits = digits * 10 + (code - 0x30);
    else if (code === 0x2e && point === -1) point = at;
    else return Number.NaN;
  }
  // A sign or a point alone is no number.
  if (length - first - (point === -1 ? 0 : 1) === 0) return Number.NaN;
  const value = point === -1 ? digits : digits / (powersOfTen[length - point - 1] ?? 1);
  return isNegative ? -value : value;
}

/** `0x1f`, `0b1` and `0o7` are numbers to JavaScript, but identifiers in a table. */
function isOtherRadix(field: string): boolean {
  if (field.charCodeAt(0) !== 0x30 || field.length < 3) return false;
  const letter = field.charCodeAt(1) | 0x20;
  return letter === 0x78 || letter === 0x62 || letter === 0x6f;
}

/**
 * A copy that shares no memory with the text it was cut from: a short string kept in a table must
 * not keep the whole chunk of the file alive.
 */
export function detached(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le');
}

/** Digits with points, commas and a sign, as a spreadsheet takes them for a number. */
export function isNumberLike(field: string): boolean {
  return /^[+-]?(?:\d[\d.,]*|[.,]\d+)(?:e[+-]?\d+)?\s?%?$/i.test(field.trim());
}
