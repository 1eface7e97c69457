import type { CellRules } from '../cellRules.js';
import type { Cell } from '../cells.js';
import { invalid, requireNames, requireType } from '../schemaChecks.js';
import type { ColumnEncoder, ColumnKind, Outcome, Refusal } from './columnKind.js';

/** Columns that say yes or no. */

/** One input: 1 for true, 0 for false, and what lies between where the value is missing. */
export interface BooleanColumn {
  readonly name: string;
  readonly type: 'boolean';
  /** How false and true are written, mostly. Any other word for them is understood in their place, in any case. */
  readonly words: readonly [string, string];
  /** Whether a second input tells missing (1) from present (0): so if any was missing in training. */
  readonly missingIndicator: boolean;
}

/** For false and for true, each pair of which is found in columns of its own. */
const pairs: readonly (readonly [string, string])[] = [
  ['false', 'true'],
  ['no', 'yes'],
  ['f', 't'],
  ['n', 'y'],
];

const unknown = 0.5;

export const booleanKind: ColumnKind<BooleanColumn> = {
  type: 'boolean',
  fit: ({ name, values = new Map(), missing }) => ({
    name,
    type: 'boolean',
    words: wordsOf(values),
    missingIndicator: missing > 0,
  }),
  parse: (name, record, path) => ({
    name,
    type: 'boolean',
    words: requireWords(record.words, `${path}.words`),
    missingIndicator: requireType(record.missingIndicator, 'boolean', `${path}.missingIndicator`),
  }),
  width: ({ missingIndicator }) => (missingIndicator ? 2 : 1),
  tellsMissing: ({ missingIndicator }) => missingIndicator,
  encoder: (column, rules) => new BooleanEncoder(column, rules),
  decode: ({ words }, [value = 0, missing = 0]) =>
    missing > 0.5 ? null : words[value > unknown ? 1 : 0],
  refusal: noBoolean,
};

/**
 * Whether all texts of a column are words for true and false, of one pair.
 *
 * @param values undefined where there are too many
 */
export function areBooleans(values: ReadonlyMap<string, number> | undefined): boolean {
  return values !== undefined && pairOf(values) !== undefined;
}

function pairOf(values: ReadonlyMap<string, number>): readonly [string, string] | undefined {
  if (values.size === 0) return undefined;
  const texts = Array.from(values.keys(), (text) => text.toLowerCase());
  return pairs.find((pair) => texts.every((text) => pair.includes(text)));
}

/** As they are written in most rows. */
function wordsOf(values: ReadonlyMap<string, number>): [string, string] {
  const [no, yes] = pairOf(values) ?? ['false', 'true'];
  return [mostFrequent(values, no), mostFrequent(values, yes)];
}

/** The word itself where it is in no row. */
function mostFrequent(values: ReadonlyMap<string, number>, word: string): string {
  const spellings = [...values].filter(([text]) => text.toLowerCase() === word);
  const [first] = spellings.sort(([a, rows], [b, others]) => others - rows || (a < b ? -1 : 1));
  return first?.[0] ?? word;
}

/** @throws FileFormatError */
function requireWords(value: unknown, path: string): [string, string] {
  const [no, yes, ...more] = requireNames(value, path);
  if (no !== undefined && yes !== undefined && more.length === 0) return [no, yes];
  throw invalid(path, 'two texts', value);
}

/** The input of each word for true or false, in small letters. */
export function booleanInputs({ words }: Pick<BooleanColumn, 'words'>): Map<string, number> {
  return new Map(
    [...pairs, words].flatMap(([no, yes]) => [
      [no.toLowerCase(), 0],
      [yes.toLowerCase(), 1],
    ]),
  );
}

class BooleanEncoder implements ColumnEncoder {
  readonly #hasIndicator: boolean;
  readonly #isMissing: CellRules['isMissing'];
  readonly #inputOf: ReadonlyMap<string, number>;

  constructor({ words, missingIndicator }: BooleanColumn, { isMissing }: CellRules) {
    this.#hasIndicator = missingIndicator;
    this.#isMissing = isMissing;
    this.#inputOf = booleanInputs({ words });
  }

  encode(cell: Cell, inputs: Float32Array, at: number): Outcome {
    const isMissing = this.#isMissing(cell);
    const input = isMissing ? undefined : this.#inputOf.get(String(cell).toLowerCase());
    inputs[at] = input ?? unknown;
    if (this.#hasIndicator) inputs[at + 1] = input === undefined ? 1 : 0;
    const isKnown = input !== undefined || (isMissing && this.#hasIndicator);
    return isKnown ? 'value' : 'unknown';
  }
}

function noBoolean({ name, words: [no, yes] }: BooleanColumn, cell: Cell): Refusal {
  return {
    expected: `'${yes}' or '${no}' in column '${name}', or another word for true or false`,
    received: cell === null ? 'a missing value' : `'${cell}'`,
    remedy: '',
  };
}
