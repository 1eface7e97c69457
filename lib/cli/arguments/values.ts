import { InvalidArgumentError } from 'commander';
import { isCommentMark } from '../../data/commentLines.js';
import { isDelimiter } from '../../data/delimiter.js';
import { encodingOf } from '../../data/encodings.js';
import type { Corruption } from '../../index.js';
import { normaliseLayer } from '../../network/layers/index.js';

/** Turns the text of one argument into its value, or says what is wrong with it. */

/** What stands for a value in a configuration file, in the words of JSON Schema. */
export interface JsonForm {
  readonly type: 'boolean' | 'integer' | 'number' | 'string' | 'array' | readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly items?: JsonForm;
}

/**
 * Reads the word behind a flag. In a configuration file a value of its form stands for the word: a number, say,
 * as it would be typed.
 */
export interface WordReader<Value = unknown> {
  (word: string): Value;
  readonly form: JsonForm;
  /** What a configuration file has for a value that was read; the value itself when undefined. */
  readonly written?: ((value: never) => unknown) | undefined;
}

/** A reader with what stands for its words in a configuration file. */
export function wordReader<Value>(
  form: JsonForm,
  read: (word: string) => Value,
  written?: (value: Value) => unknown,
): WordReader<Value> {
  return Object.assign((word: string) => read(word), { form, written });
}

/** A whole number within limits; `1e3` and `1_000` are not taken. */
export function wholeNumber(minimum: number, maximum: number): WordReader<number> {
  return wordReader({ type: 'integer', minimum, maximum }, (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= minimum && value <= maximum) return value;
    throw new InvalidArgumentError(`Give a whole number from ${minimum} to ${maximum}.`);
  });
}

/** A port of the machine; 0 stands for one that is free. */
export const port = wholeNumber(0, 65_535);

/** A positive number. */
export const positiveNumber = wordReader({ type: 'number', exclusiveMinimum: 0 }, (text) => {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('Give a number above 0.');
});

/** 0, or a positive number. */
export const nonNegativeNumber = wordReader({ type: 'number', minimum: 0 }, (text) => {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (value >= 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('Give 0 or a number above.');
});

const secondsOf = { d: 86_400, h: 3600, m: 60, s: 1 } as const;
const parts =
  /^(?:(?<d>\d+(?:\.\d+)?)d)?(?:(?<h>\d+(?:\.\d+)?)h)?(?:(?<m>\d+(?:\.\d+)?)m)?(?:(?<s>\d+(?:\.\d+)?)s)?$/i;

/** A time in seconds: `2h`, `90m`, `1h30m`, or a number of seconds. */
export const duration = wordReader(
  { type: ['number', 'string'], exclusiveMinimum: 0, pattern: parts.source.replace(/\?<.>/g, '') },
  (text) => {
    const { groups = {} } = parts.exec(text.trim()) ?? {};
    const units = Object.entries(secondsOf);
    const given = units.filter(([unit]) => groups[unit] !== undefined);
    const seconds =
      given.length === 0
        ? Number(text.trim() === '' ? Number.NaN : text)
        : given.reduce((sum, [unit, factor]) => sum + factor * Number(groups[unit]), 0);
    if (seconds > 0 && Number.isFinite(seconds)) return seconds;
    throw new InvalidArgumentError('Give a time above 0: 2h, 90m, 1h30m, or a number of seconds.');
  },
);

/** How often something is done: in seconds, epochs or updates. */
export interface Interval {
  readonly everySeconds?: number;
  readonly everyEpochs?: number;
  readonly everyUpdates?: number;
}

const counted = /^(?<count>[1-9]\d{0,15}) ?(?<unit>epoch|update)s?$/;

/** `5m`, `10epochs` or `1000updates`. */
export const interval = wordReader(
  {
    type: ['number', 'string'],
    exclusiveMinimum: 0,
    pattern: `${counted.source}|${duration.form.pattern}`.replace(/\?<.*?>/g, ''),
  },
  (text): Interval => {
    const { count, unit } = counted.exec(text.trim())?.groups ?? {};
    if (unit === 'epoch') return { everyEpochs: Number(count) };
    if (unit === 'update') return { everyUpdates: Number(count) };
    try {
      return { everySeconds: duration(text) };
    } catch {
      throw new InvalidArgumentError('Give a time above 0 (30s, 5m), or 10epochs, 1000updates.');
    }
  },
  ({ everySeconds, everyEpochs, everyUpdates }: Interval) => {
    if (everySeconds !== undefined) return everySeconds;
    return everyEpochs === undefined ? `${everyUpdates}updates` : `${everyEpochs}epochs`;
  },
);

/** A share of what is named in the plural, rows say: 0 to below 1, or 10%. */
export function shareOf(things: string): WordReader<number> {
  return wordReader({ type: 'number', minimum: 0, exclusiveMaximum: 1 }, (text) => {
    const value = numberOrPercent(text);
    if (value >= 0 && value < 1) return value;
    throw new InvalidArgumentError(
      `Give a share of the ${things}, 0.1 for a tenth, or 0 for none.`,
    );
  });
}

/** The share of what comes that intervals hold: between 0 and 1, or 90%. */
export const intervalShare = wordReader(
  { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 },
  (text) => {
    const value = numberOrPercent(text);
    if (value > 0 && value < 1) return value;
    throw new InvalidArgumentError('Give a share between 0 and 1, 0.9 for nine of ten.');
  },
);

/** The share of anomalies among the rows: above 0 to 0.5, or 1%. */
export const contaminationShare = wordReader(
  { type: 'number', exclusiveMinimum: 0, maximum: 0.5 },
  (text) => {
    const value = numberOrPercent(text);
    if (value > 0 && value <= 0.5) return value;
    throw new InvalidArgumentError(
      'Give a share above 0 and up to 0.5, 0.01 for one row in a hundred.',
    );
  },
);

function numberOrPercent(text: string): number {
  const isPercent = text.endsWith('%');
  const number = text.trim() === '' ? Number.NaN : Number(isPercent ? text.slice(0, -1) : text);
  return isPercent ? number / 100 : number;
}

const noiseNames = ['swap', 'masking', 'gaussian', 'saltAndPepper'] as const;
const noiseForm = /^(?<name>swap|masking|gaussian|saltAndPepper)(?:Noise)?(?::(?<amount>.+))?$/;

/** `swap:0.2`, the share of the values, `gaussian:0.1`, the standard deviation, or `none`. */
export const noise = wordReader(
  { type: 'string', pattern: `^none$|${noiseForm.source.replace(/\?<.*?>/g, '')}` },
  (text): Corruption | 'none' => {
    if (text === 'none') return text;
    const { name, amount } = noiseForm.exec(text)?.groups ?? {};
    const parameter = name === 'gaussian' ? 'standardDeviation' : 'rate';
    const value = amount === undefined ? undefined : numberOrPercent(amount);
    try {
      return normaliseLayer({ type: `${name}Noise`, [parameter]: value }, 'noise') as Corruption;
    } catch {
      throw new InvalidArgumentError(
        `Give one of ${noiseNames.join(', ')}, with its share of the values if you like (swap:0.2; ` +
          'of gaussian, the standard deviation), or none.',
      );
    }
  },
  (value: Corruption | 'none') => (value === 'none' ? value : noiseText(value)),
);

/** As `noise` reads it. */
export function noiseText(given: Corruption): string {
  const [, ...amounts] = Object.values(given);
  return `${given.type.replace(/Noise$/, '')}:${String(amounts[0])}`;
}

const layerSize = wholeNumber(1, 2 ** 20);

/** `128,64`, or `none`; a list of numbers in a configuration file. */
export const layerSizes = wordReader({ type: 'array', items: layerSize.form }, (text): number[] => {
  if (text === 'none') return [];
  return text.split(',').map((part) => {
    try {
      return layerSize(part.trim());
    } catch {
      throw new InvalidArgumentError(
        'Give the units of each layer separated by commas, 128,64 say, or none.',
      );
    }
  });
});

/** A label of the WHATWG encoding standard. */
export const textEncoding = wordReader({ type: 'string' }, (text) => {
  const encoding = encodingOf(text);
  if (encoding !== undefined) return encoding;
  throw new InvalidArgumentError('Give the name of an encoding, utf-8 or windows-1252 say.');
});

/** One character; `\t` and `tab` are the tabulator. */
export const delimiterCharacter = wordReader({ type: 'string' }, (text) => {
  const delimiter = text === '\\t' || text.toLowerCase() === 'tab' ? '\t' : text;
  if (isDelimiter(delimiter)) return delimiter;
  throw new InvalidArgumentError(
    'Give one character that is neither a quote nor a line end, or tab.',
  );
});

/** What a line begins with that is no row. */
export const commentMark = wordReader({ type: 'string' }, (text) => {
  if (isCommentMark(text)) return text;
  throw new InvalidArgumentError('Give what such lines begin with, # say; a quote cannot be it.');
});

/** The name of a row: of an activation, an optimizer, … */
export function rowName<Value>(
  rows: readonly { readonly name: string }[],
  read: (name: string) => Value,
  written?: (value: Value) => unknown,
): WordReader<Value> {
  return wordReader({ type: 'string', enum: rows.map(({ name }) => name) }, read, written);
}
