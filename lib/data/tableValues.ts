/** What one field of a table means: nothing, a number, or text. */

/** The field without blanks around it. */
export function cleanField(field: string): string {
  const { length } = field;
  if (length === 0) return field;
  // Most fields have none: looking at both ends is much cheaper than trim().
  if (!isBlankCode(field.charCodeAt(0)) && !isBlankCode(field.charCodeAt(length - 1))) return field;
  return field.trim();
}

/** The text that a cell of a table would have in a file, clean. */
export function cellText(cell: string | number | null | undefined): string {
  return typeof cell === 'string' ? cleanField(cell) : String(cell ?? '');
}

function isBlankCode(code: number): boolean {
  return code <= 0x20 || code === 0xa0 || code >= 0x2000;
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
  if (!Number.isNaN(plain) || beginsAsWord(field)) return plain;
  const value = Number(field);
  if (Number.isNaN(value) || field.length === 0) return Number.NaN;
  return isOtherRadix(field) ? Number.NaN : value;
}

/** Whether a letter comes first that begins no number: but for `Infinity`, all of Latin. */
export function beginsAsWord(field: string): boolean {
  const letter = field.charCodeAt(0) | 0x20;
  return letter >= 0x61 && letter <= 0x7a && letter !== 0x69;
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

/** What stands between the whole part of a number and its fraction. */
export type DecimalSign = '.' | ',';

/** A number with a decimal comma in place of the point; NaN for what is none, and for a number with a point. */
export function parseDecimalComma(field: string): number {
  return field.includes('.') ? Number.NaN : parseNumber(field.replace(',', '.'));
}

const amountWith = { '.': amountPattern('.'), ',': amountPattern(',') };

function amountPattern(decimal: DecimalSign): RegExp {
  const between = decimal === '.' ? ',' : '.';
  // Nobody writes 0,567 for 567: that is another decimal sign.
  const grouped = `[1-9]\\d{0,2}(?:(?<between>[ ${between}'’\u00a0\u2009\u202f])\\d{3}(?:\\k<between>\\d{3})*)`;
  const whole = `(?<whole>${grouped}|\\d+)`;
  return new RegExp(
    `^(?<sign>[+-]?)(?:\\p{Sc}\\s?)?${whole}(?:[${decimal}](?<fraction>\\d+))?\\s?(?:\\p{Sc}|%)?$`,
    'u',
  );
}

/**
 * The number that people write with thousands separated, or with a sign of money or per cent, which does not
 * count: 1,234.5 or 12 %. NaN for what is none.
 */
export function parseAmount(field: string, decimal: DecimalSign): number {
  const { sign, whole, fraction } = amountWith[decimal].exec(field)?.groups ?? {};
  if (whole === undefined) return Number.NaN;
  return Number(`${sign}${whole.replace(/\D/g, '')}.${fraction ?? '0'}`);
}

/** Digits with points, commas and a sign, as a spreadsheet takes them for a number. */
export function isNumberLike(field: string): boolean {
  return /^[+-]?(?:\d[\d.,]*|[.,]\d+)(?:e[+-]?\d+)?\s?%?$/i.test(field.trim());
}
