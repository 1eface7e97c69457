import { type MissingRules, missingRules } from './missingWords.js';
import { type DecimalSign, parseAmount, parseDecimalComma, parseNumber } from './tableValues.js';

/** How the cells of a table are read. */
export interface CellFormat {
  /** What stands for a missing value, in any case; the usual words when undefined. */
  readonly missing?: readonly string[] | undefined;
  /**
   * The decimal sign of all numbers, which may then have thousands separated and signs of money and per cent; a
   * point, and nothing else, when undefined.
   */
  readonly decimal?: DecimalSign | undefined;
}

export interface CellRules extends MissingRules {
  /** The number that a clean text holds; NaN for none. */
  readonly numberOf: (text: string) => number;
  /** Whether it is that of `parseNumber` wherever this one gives a number. */
  readonly arePlain: boolean;
  /** The same, written as people write amounts. */
  readonly amountOf: (text: string) => number;
}

export function cellRules({ missing, decimal }: CellFormat = {}): CellRules {
  const amountOf = (text: string): number => parseAmount(text, decimal ?? '.');
  const plain = decimal === ',' ? parseDecimalComma : parseNumber;
  const numberOf = (text: string): number => {
    const number = plain(text);
    return Number.isNaN(number) ? amountOf(text) : number;
  };
  return {
    ...missingRules(missing),
    numberOf: decimal === undefined ? parseNumber : numberOf,
    arePlain: decimal !== ',',
    amountOf,
  };
}

/** Those of a target, which is nothing that may be guessed at: a word between its numbers is an error. */
export function targetRules(format: CellFormat): CellRules {
  const rules = cellRules(format);
  return { ...rules, isMissingAmongNumbers: rules.isMissing };
}
