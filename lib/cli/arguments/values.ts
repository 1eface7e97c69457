import { InvalidArgumentError } from 'commander';
import { encodingOf } from '../../data/encodings.js';

/** Turns the text of one argument into its value, or says what is wrong with it. */

/** A whole number within limits; `1e3` and `1_000` are not taken. */
export function wholeNumber(minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= minimum && value <= maximum) return value;
    throw new InvalidArgumentError(`Give a whole number from ${minimum} to ${maximum}.`);
  };
}

/** A positive number. */
export function positiveNumber(text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('Give a number above 0.');
}

/** A share of what is named in the plural, rows say: 0 to below 1, or 10%. */
export function shareOf(things: string): (text: string) => number {
  return (text) => {
    const value = numberOrPercent(text);
    if (value >= 0 && value < 1) return value;
    throw new InvalidArgumentError(
      `Give a share of the ${things}, 0.1 for a tenth, or 0 for none.`,
    );
  };
}

/** The share of anomalies among the rows: above 0 to 0.5, or 1%. */
export function contaminationShare(text: string): number {
  const value = numberOrPercent(text);
  if (value > 0 && value <= 0.5) return value;
  throw new InvalidArgumentError(
    'Give a share above 0 and up to 0.5, 0.01 for one row in a hundred.',
  );
}

function numberOrPercent(text: string): number {
  const isPercent = text.endsWith('%');
  const number = text.trim() === '' ? Number.NaN : Number(isPercent ? text.slice(0, -1) : text);
  return isPercent ? number / 100 : number;
}

/** `128,64`, or `none`. */
export function layerSizes(text: string): number[] {
  if (text === 'none') return [];
  const size = wholeNumber(1, 2 ** 20);
  return text.split(',').map((part) => {
    try {
      return size(part.trim());
    } catch {
      throw new InvalidArgumentError(
        'Give the units of each layer separated by commas, 128,64 say, or none.',
      );
    }
  });
}

/** A label of the WHATWG encoding standard. */
export function textEncoding(text: string): string {
  const encoding = encodingOf(text);
  if (encoding !== undefined) return encoding;
  throw new InvalidArgumentError('Give the name of an encoding, utf-8 or windows-1252 say.');
}

/** One character; `\t` and `tab` are the tabulator. */
export function delimiterCharacter(text: string): string {
  const delimiter = text === '\\t' || text.toLowerCase() === 'tab' ? '\t' : text;
  if (delimiter.length === 1 && !'"\r\n\ufeff'.includes(delimiter)) return delimiter;
  throw new InvalidArgumentError(
    'Give one character that is neither a quote nor a line end, or tab.',
  );
}
