import { parseScaling, type Scaling, scalingOf } from '../numberScaling.js';
import { requireType } from '../schemaChecks.js';
import { type IsMissing, parseNumber } from '../tableValues.js';
import type { Cell, ColumnEncoder, ColumnKind, Outcome, Refusal } from './columnKind.js';

/** Columns of numbers. */

/** Standardised: (value − mean) / deviation. A missing value is encoded as the mean, that is as 0. */
export interface NumberColumn extends Scaling {
  readonly name: string;
  readonly type: 'number';
  /** Whether a second input tells missing (1) from present (0): so if any was missing in training. */
  readonly missingIndicator: boolean;
}

export const numberKind: ColumnKind<NumberColumn> = {
  type: 'number',
  fit: (statistics, { path }) => ({
    name: statistics.name,
    type: 'number',
    ...scalingOf(statistics, path),
    missingIndicator: statistics.missing > 0,
  }),
  parse: (name, record, path) => ({
    name,
    type: 'number',
    ...parseScaling(record, path),
    missingIndicator: requireType(record.missingIndicator, 'boolean', `${path}.missingIndicator`),
  }),
  width: ({ missingIndicator }) => (missingIndicator ? 2 : 1),
  tellsMissing: ({ missingIndicator }) => missingIndicator,
  encoder: (column, isMissing) => new NumberEncoder(column, isMissing),
  decode: ({ mean, deviation }, [value = 0, missing = 0]) =>
    missing > 0.5 ? null : mean + value * deviation,
  refusal: ({ name }, cell) => noNumber(name, cell),
};

class NumberEncoder implements ColumnEncoder {
  readonly #column: NumberColumn;
  readonly #isMissing: IsMissing;

  constructor(column: NumberColumn, isMissing: IsMissing) {
    this.#column = column;
    this.#isMissing = isMissing;
  }

  encode(cell: Cell, inputs: Float32Array, at: number): Outcome {
    const { missingIndicator } = this.#column;
    if (this.#isMissing(cell)) {
      inputs[at] = 0;
      if (missingIndicator) inputs[at + 1] = 1;
      return 'missing';
    }
    const number = standardised(cell, this.#column);
    if (number === undefined) return 'invalid';
    inputs[at] = number;
    if (missingIndicator) inputs[at + 1] = 0;
    return 'value';
  }
}

const largestFloat32 = 3.4e38;

/** Undefined for what is no finite number of ordinary size. */
export function standardised(cell: Cell, { mean, deviation }: Scaling): number | undefined {
  const value = typeof cell === 'string' ? parseNumber(cell) : (cell ?? Number.NaN);
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
