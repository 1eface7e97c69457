import type { CellRules } from '../cellRules.js';
import type { Cell } from '../cells.js';
import { parseScaling, type Scaling, scalingOf } from '../numberScaling.js';
import { requireTrue, requireType } from '../schemaChecks.js';
import type { ColumnEncoder, ColumnKind, EncodeNumbers, Outcome, Refusal } from './columnKind.js';
import {
  fitScaling,
  inputsOfNumber,
  type OtherScaling,
  parseOtherScaling,
  readNumber,
  scalerOf,
  unscaled,
  writeNumber,
} from './scalings.js';

/** Columns of numbers. */

/**
 * Standardised, (value − mean) / deviation, unless another scaling is there. A missing value is encoded as what lies in
 * the middle: the mean, or the median.
 */
export interface NumberColumn extends Scaling {
  readonly name: string;
  readonly type: 'number';
  /** Whether a further input, the last one, tells missing (1) from present (0): so if any was missing in training. */
  readonly missingIndicator: boolean;
  /** Present where numbers are written for people, as `1,234.5` or `12 %`, and are read so. */
  readonly amounts?: true;
  readonly scaling?: OtherScaling;
}

export const numberKind: ColumnKind<NumberColumn> = {
  type: 'number',
  fit(statistics, { path, amounts, scale }) {
    const scaling = fitScaling(scale, statistics.sorted());
    return {
      name: statistics.name,
      type: 'number',
      ...scalingOf(statistics, path),
      missingIndicator: statistics.missingAmongNumbers > 0,
      ...(amounts && { amounts }),
      ...(scaling && { scaling }),
    };
  },
  parse: (name, record, path) => ({
    name,
    type: 'number',
    ...parseScaling(record, path),
    missingIndicator: requireType(record.missingIndicator, 'boolean', `${path}.missingIndicator`),
    ...(record.amounts !== undefined && {
      amounts: requireTrue(record.amounts, `${path}.amounts`),
    }),
    ...(record.scaling !== undefined && {
      scaling: parseOtherScaling(record.scaling, `${path}.scaling`),
    }),
  }),
  width: ({ missingIndicator, scaling }) => inputsOfNumber(scaling) + (missingIndicator ? 1 : 0),
  tellsMissing: ({ missingIndicator }) => missingIndicator,
  encoder: (column, rules) => new NumberEncoder(column, rules),
  decode(column, inputs) {
    const { missingIndicator, scaling, deviation } = column;
    if (missingIndicator && Number(inputs[inputsOfNumber(scaling)]) > 0.5) return null;
    return rounded(unscaled(column, readNumber(scaling, inputs)), deviation);
  },
  refusal: ({ name }, cell) => noNumber(name, cell),
};

/** Inputs are of single precision: what comes behind a hundred thousandth of a deviation is noise. */
function rounded(value: number, deviation: number): number {
  const digits = 5 - Math.floor(Math.log10(deviation));
  return digits > 0 && digits <= 100 ? Number(value.toFixed(digits)) : value;
}

class NumberEncoder implements ColumnEncoder {
  readonly #scaling: OtherScaling | undefined;
  /** Where the indicator lies behind the first input; 0 for none. */
  readonly #indicator: number;
  readonly #rules: CellRules;
  readonly #numberOf: CellRules['numberOf'];
  readonly #scale: (value: number) => number;
  /** What stands in the place of a missing value. */
  readonly #middle: number;
  readonly encodeNumbers: EncodeNumbers | undefined;

  constructor(column: NumberColumn, rules: CellRules) {
    const { scaling } = column;
    this.#scaling = scaling;
    this.#indicator = column.missingIndicator ? inputsOfNumber(scaling) : 0;
    this.#rules = rules;
    this.#numberOf = column.amounts ? numberOrAmount(rules) : rules.numberOf;
    this.#scale = scalerOf(column);
    const isAsItIs = scaling?.type === 'none' || scaling?.type === 'piecewise';
    this.#middle = isAsItIs ? column.mean : 0;
    const isStandard = scaling === undefined && rules.arePlain && !rules.areNumbersMissing;
    this.encodeNumbers = isStandard ? standardiser(column, this.#indicator) : undefined;
  }

  encode(cell: Cell, inputs: Float32Array, at: number): Outcome {
    const value = typeof cell === 'string' ? this.#numberOf(cell) : (cell ?? Number.NaN);
    const number = this.#scale(value);
    const { isMissingAmongNumbers, areNumbersMissing } = this.#rules;
    const isNumber = isOrdinary(number) && Number.isFinite(value);
    if ((!isNumber || areNumbersMissing) && isMissingAmongNumbers(cell)) {
      writeNumber(this.#scaling, this.#middle, inputs, at);
      if (this.#indicator > 0) inputs[at + this.#indicator] = 1;
      return 'missing';
    }
    if (!isNumber) return 'invalid';
    writeNumber(this.#scaling, number, inputs, at);
    if (this.#indicator > 0) inputs[at + this.#indicator] = 0;
    return 'value';
  }
}

/** @param indicator where the indicator lies behind the input; 0 for none */
function standardiser({ mean, deviation }: Scaling, indicator: number): EncodeNumbers {
  return ({ numbers, width }, field, chosen, inputs, at, stride) => {
    let without = 0;
    for (let index = 0, place = at; index < chosen.length; index++, place += stride) {
      const value = numbers[(chosen[index] as number) * width + field] as number;
      const number = (value - mean) / deviation;
      if (isOrdinary(number)) inputs[place] = number;
      else if (Number.isNaN(value)) without++;
      else return -1;
      // Where there is no number, somebody else writes both.
      if (indicator > 0) inputs[place + indicator] = 0;
    }
    return without;
  };
}

function numberOrAmount({ numberOf, amountOf }: CellRules): CellRules['numberOf'] {
  return (text) => {
    const number = numberOf(text);
    return Number.isNaN(number) ? amountOf(text) : number;
  };
}

const largestFloat32 = 3.4e38;

function isOrdinary(number: number): boolean {
  // Not true for NaN either.
  return Math.abs(number) <= largestFloat32;
}

/** Undefined for what is no finite number of ordinary size. */
export function standardised(
  cell: Cell,
  { mean, deviation }: Scaling,
  numberOf: CellRules['numberOf'],
): number | undefined {
  const value = typeof cell === 'string' ? numberOf(cell) : (cell ?? Number.NaN);
  const number = (value - mean) / deviation;
  return isOrdinary(number) ? number : undefined;
}

export function noNumber(name: string, cell: Cell): Refusal {
  return {
    expected: `a finite number of ordinary size in column '${name}'`,
    received: `'${cell ?? ''}'`,
    remedy: 'Correct it, or leave the field empty if the value is missing.',
  };
}
