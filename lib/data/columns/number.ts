import type { CellRules } from '../cellRules.js';
import type { Cell } from '../cells.js';
import { parseScaling, type Scaling, scalingOf } from '../numberScaling.js';
import { requireTrue, requireType } from '../schemaChecks.js';
import type { ColumnEncoder, ColumnKind, Outcome, Refusal } from './columnKind.js';

/** Columns of numbers. */

/** Standardised: (value − mean) / deviation. A missing value is encoded as the mean, that is as 0. */
export interface NumberColumn extends Scaling {
  readonly name: string;
  readonly type: 'number';
  /** Whether a second input tells missing (1) from present (0): so if any was missing in training. */
  readonly missingIndicator: boolean;
  /** Present where numbers are written for people, as `1,234.5` or `12 %`, and are read so. */
  readonly amounts?: true;
}

export const numberKind: ColumnKind<NumberColumn> = {
  type: 'number',
  fit: (statistics, { path, amounts }) => ({
    name: statistics.name,
    type: 'number',
    ...scalingOf(statistics, path),
    missingIndicator: statistics.missingAmongNumbers > 0,
    ...(amounts && { amounts }),
  }),
  parse: (name, record, path) => ({
    name,
    type: 'number',
    ...parseScaling(record, path),
    missingIndicator: requireType(record.missingIndicator, 'boolean', `${path}.missingIndicator`),
    ...(record.amounts !== undefined && {
      amounts: requireTrue(record.amounts, `${path}.amounts`),
    }),
  }),
  width: ({ missingIndicator }) => (missingIndicator ? 2 : 1),
  tellsMissing: ({ missingIndicator }) => missingIndicator,
  encoder: (column, rules) => new NumberEncoder(column, rules),
  decode: ({ mean, deviation }, [value = 0, missing = 0]) =>
    missing > 0.5 ? null : rounded(mean + value * deviation, deviation),
  refusal: ({ name }, cell) => noNumber(name, cell),
};

/** Inputs are of single precision: what comes behind a hundred thousandth of a deviation is noise. */
function rounded(value: number, deviation: number): number {
  const digits = 5 - Math.floor(Math.log10(deviation));
  return digits > 0 && digits <= 100 ? Number(value.toFixed(digits)) : value;
}

class NumberEncoder implements ColumnEncoder {
  readonly #column: NumberColumn;
  readonly #isMissing: CellRules['isMissing'];
  readonly #numberOf: CellRules['numberOf'];

  constructor(column: NumberColumn, rules: CellRules) {
    this.#column = column;
    this.#isMissing = rules.isMissingAmongNumbers;
    this.#numberOf = column.amounts ? numberOrAmount(rules) : rules.numberOf;
  }

  encode(cell: Cell, inputs: Float32Array, at: number): Outcome {
    const { missingIndicator } = this.#column;
    // A number may stand for missing: -999.
    if (this.#isMissing(cell)) {
      inputs[at] = 0;
      if (missingIndicator) inputs[at + 1] = 1;
      return 'missing';
    }
    const number = standardised(cell, this.#column, this.#numberOf);
    if (number === undefined) return 'invalid';
    inputs[at] = number;
    if (missingIndicator) inputs[at + 1] = 0;
    return 'value';
  }
}

function numberOrAmount({ numberOf, amountOf }: CellRules): CellRules['numberOf'] {
  return (text) => {
    const number = numberOf(text);
    return Number.isNaN(number) ? amountOf(text) : number;
  };
}

const largestFloat32 = 3.4e38;

/** Undefined for what is no finite number of ordinary size. */
export function standardised(
  cell: Cell,
  { mean, deviation }: Scaling,
  numberOf: CellRules['numberOf'],
): number | undefined {
  const value = typeof cell === 'string' ? numberOf(cell) : (cell ?? Number.NaN);
  const number = (value - mean) / deviation;
  // Not true for NaN either.
  return Math.abs(number) <= largestFloat32 ? number : undefined;
}

export function noNumber(name: string, cell: Cell): Refusal {
  return {
    expected: `a finite number of ordinary size in column '${name}'`,
    received: `'${cell ?? ''}'`,
    remedy: 'Correct it, or leave the field empty if the value is missing.',
  };
}
