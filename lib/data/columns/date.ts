import { listOf } from '../../checks.js';
import type { CellRules } from '../cellRules.js';
import type { Cell } from '../cells.js';
import {
  type DateFormat,
  type DatePart,
  dateFormats,
  dateParts,
  formatDate,
  parseDate,
  partOf,
} from '../dates.js';
import { parseScaling, type Scaling, scalingOf } from '../numberScaling.js';
import { invalid, requireNames, requireType } from '../schemaChecks.js';
import type { ColumnEncoder, ColumnKind, Outcome } from './columnKind.js';

/** Columns of dates, with a time of day or without. */

/**
 * The time in days since the beginning of 1970, UTC, standardised; then sine and cosine of each part. A missing date is
 * encoded as 0 in all of these: the mean time, in the middle of all months, weekdays and hours.
 */
export interface DateColumn extends Scaling {
  readonly name: string;
  readonly type: 'date';
  /** How dates are written; those of ISO 8601 are understood besides, as programs write them. */
  readonly format: DateFormat;
  /** Whether any had a time of day in training. */
  readonly hasTime: boolean;
  /** What comes round again, and was not the same in all rows in training. */
  readonly parts: readonly DatePart[];
  /** Whether the last input tells missing (1) from present (0): so if any was missing in training. */
  readonly missingIndicator: boolean;
}

export const dateKind: ColumnKind<DateColumn> = {
  type: 'date',
  fit({ name, dates, missingAmongNumbers }, { path, format = 'YYYY-MM-DD' }) {
    const reading = dates?.in(format);
    const scaling =
      reading && scalingOf({ name, moments: reading.moments, firstInfinite: undefined }, path);
    return {
      name,
      type: 'date',
      format,
      ...(scaling ?? { mean: 0, deviation: 1 }),
      hasTime: reading?.hasTime ?? false,
      parts: reading?.parts ?? [],
      missingIndicator: missingAmongNumbers > 0,
    };
  },
  parse: (name, record, path) => ({
    name,
    type: 'date',
    format: requireFormat(record.format, `${path}.format`),
    ...parseScaling(record, path),
    hasTime: requireType(record.hasTime, 'boolean', `${path}.hasTime`),
    parts: requireParts(record.parts, `${path}.parts`),
    missingIndicator: requireType(record.missingIndicator, 'boolean', `${path}.missingIndicator`),
  }),
  width: widthOf,
  tellsMissing: ({ missingIndicator }) => missingIndicator,
  encoder: (column, rules) => new DateEncoder(column, rules),
  decode(column, inputs) {
    const isMissing = column.missingIndicator && (inputs[widthOf(column) - 1] ?? 0) > 0.5;
    const days = column.mean + (inputs[0] ?? 0) * column.deviation;
    return isMissing ? null : formatDate(days, column.format, column.hasTime);
  },
  refusal: ({ name, format }, cell) => ({
    expected: `a date in column '${name}', written as ${listOf([...new Set([format, 'YYYY-MM-DD'])], 'or')}`,
    received: `'${cell ?? ''}'`,
    remedy: 'Correct it, or leave the field empty if the value is missing.',
  }),
};

function widthOf({ parts, missingIndicator }: DateColumn): number {
  return 1 + 2 * parts.length + (missingIndicator ? 1 : 0);
}

/** @throws FileFormatError */
function requireFormat(value: unknown, path: string): DateFormat {
  const format = dateFormats.find((each) => each === value);
  if (format !== undefined) return format;
  const formats = dateFormats.map((each) => `'${each}'`);
  throw invalid(path, listOf(formats, 'or'), value);
}

/** @throws FileFormatError */
function requireParts(value: unknown, path: string): readonly DatePart[] {
  const names = requireNames(value, path);
  const parts = dateParts.filter((part) => names.includes(part));
  // Their order is that of the inputs.
  if (parts.every((part, at) => part === names[at]) && parts.length === names.length) return parts;
  throw invalid(path, `some of ${listOf(dateParts)}, in this order`, value);
}

class DateEncoder implements ColumnEncoder {
  readonly #column: DateColumn;
  readonly #width: number;
  readonly #isMissing: CellRules['isMissing'];

  constructor(column: DateColumn, { isMissingAmongNumbers }: CellRules) {
    this.#column = column;
    this.#width = widthOf(column);
    this.#isMissing = isMissingAmongNumbers;
  }

  encode(cell: Cell, inputs: Float32Array, at: number): Outcome {
    const { mean, deviation, parts, missingIndicator } = this.#column;
    if (this.#isMissing(cell)) {
      inputs.fill(0, at, at + this.#width);
      if (missingIndicator) inputs[at + this.#width - 1] = 1;
      return 'missing';
    }
    const days = this.#daysOf(cell);
    if (Number.isNaN(days)) return 'invalid';
    inputs[at] = (days - mean) / deviation;
    for (const [place, part] of parts.entries()) {
      const angle = 2 * Math.PI * partOf(days, part);
      inputs[at + 1 + 2 * place] = Math.sin(angle);
      inputs[at + 2 + 2 * place] = Math.cos(angle);
    }
    if (missingIndicator) inputs[at + this.#width - 1] = 0;
    return 'value';
  }

  #daysOf(cell: Cell): number {
    if (typeof cell !== 'string') return Number.NaN;
    const days = parseDate(cell, this.#column.format);
    return Number.isNaN(days) ? parseDate(cell, 'YYYY-MM-DD') : days;
  }
}
