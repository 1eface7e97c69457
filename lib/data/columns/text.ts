import { remedyFor } from '../../checks.js';
import { DataError } from '../../errors.js';
import { optionText } from '../../optionText.js';
import type { CellRules } from '../cellRules.js';
import type { Cell } from '../cells.js';
import { requireNames, requireType } from '../schemaChecks.js';
import type { ColumnStatistics } from '../tableStatistics.js';
import { isDecimalComma } from '../tableValues.js';
import type { ColumnEncoder, ColumnKind, FitOptions, Outcome, Refusal } from './columnKind.js';

/** Columns of text: categories, of which each has an input of its own. */

/** Of less rows nothing is learned but these rows. */
export const fewestRowsOfCategory = 4;

/** One input per category, of which one is 1 and the others are 0. */
export interface TextColumn {
  readonly name: string;
  readonly type: 'text';
  /** In the order of their code units. */
  readonly categories: readonly string[];
  /** There where all other texts have a category in common, behind those with a name. */
  readonly others?: true | undefined;
  /** Whether "missing" is one more category, the last: so if any was missing in training. */
  readonly missingCategory: boolean;
}

export const textKind: ColumnKind<TextColumn> = {
  type: 'text',
  fit: (statistics, options) => ({
    name: statistics.name,
    type: 'text',
    ...(options.others
      ? { categories: commonTexts(statistics, options), others: true }
      : { categories: categoriesOf(statistics, options) }),
    missingCategory: statistics.missing > 0,
  }),
  parse: (name, record, path) => ({
    name,
    type: 'text',
    categories: requireNames(record.categories, `${path}.categories`),
    ...(record.others !== undefined && requireType(record.others, 'boolean', `${path}.others`)
      ? { others: true }
      : {}),
    missingCategory: requireType(record.missingCategory, 'boolean', `${path}.missingCategory`),
  }),
  width: widthOf,
  tellsMissing: ({ missingCategory }) => missingCategory,
  encoder: (column, rules) => new TextEncoder(column, rules),
  decode: likeliestText,
  refusal: unknownText,
};

function widthOf({ categories, others, missingCategory }: TextColumn): number {
  return categories.length + (others ? 1 : 0) + (missingCategory ? 1 : 0);
}

/** What stands for any of the texts that have a category in common. */
export const otherText = '(other)';

/** Null for a text that is not known from training, too: all inputs are 0. */
function likeliestText({ categories, others }: TextColumn, inputs: Float32Array): string | null {
  const largest = inputs.reduce((most, input) => Math.max(most, input), 0);
  if (largest === 0) return null;
  const index = inputs.indexOf(largest);
  return categories[index] ?? (others && index === categories.length ? otherText : null);
}

class TextEncoder implements ColumnEncoder {
  readonly #width: number;
  readonly #indexOf: ReadonlyMap<string, number>;
  readonly #others: number | undefined;
  readonly #missing: number | undefined;
  readonly #isMissing: CellRules['isMissing'];

  constructor(column: TextColumn, { isMissing }: CellRules) {
    const { categories, others, missingCategory } = column;
    this.#width = widthOf(column);
    this.#indexOf = indicesOf(categories);
    this.#others = others ? categories.length : undefined;
    this.#missing = missingCategory ? this.#width - 1 : this.#others;
    this.#isMissing = isMissing;
  }

  encode(cell: Cell, inputs: Float32Array, at: number): Outcome {
    inputs.fill(0, at, at + this.#width);
    // What is a category is none of the words for missing, more of which are known than once were.
    const known =
      this.#indexOf.get(typeof cell === 'string' ? cell : String(cell)) ??
      (this.#isMissing(cell) ? this.#missing : undefined);
    const index = known ?? this.#others;
    if (index === undefined) return 'unknown';
    inputs[at + index] = 1;
    return known === undefined ? 'unseen' : 'value';
  }
}

/** The place of each name. */
export function indicesOf(names: readonly string[]): ReadonlyMap<string, number> {
  return new Map(names.map((name, index) => [name, index]));
}

function categoriesOf(
  column: ColumnStatistics,
  { maxCategories, path }: FitOptions,
): readonly string[] {
  const { values } = column;
  if (values !== undefined && values.size <= maxCategories) return [...values.keys()].sort();
  throw tooManyCategories(column, maxCategories, path);
}

/** Those that are met most, as many as leave an input for all others; what is rare is one of the others. */
function commonTexts({ values }: ColumnStatistics, { maxCategories }: FitOptions): string[] {
  const common = [...(values ?? [])].filter(([, rows]) => rows >= fewestRowsOfCategory);
  common.sort(([left, rows], [right, more]) => more - rows || (left < right ? -1 : 1));
  return common
    .slice(0, maxCategories - 1)
    .map(([text]) => text)
    .sort();
}

function tooManyCategories(column: ColumnStatistics, limit: number, path: string): DataError {
  const { name, firstText, numbers, present } = column;
  const place = firstText ? `${path}:${firstText.line}` : path;
  if (numbers > present / 2 && firstText) {
    return new DataError({
      path: place,
      expected: `a number in column '${name}', in which most values are numbers`,
      received: `'${firstText.value}'`,
      remedy: `Correct it, leave the field empty, call it missing with ${optionText('missing', [firstText.value])}, or leave the column out with ${optionText('ignore', [name])}.`,
    });
  }
  const decimalComma = firstText && isDecimalComma(firstText.value);
  return new DataError({
    path: place,
    expected: `at most ${limit} different texts in column '${name}'`,
    received: `more, such as '${firstText?.value ?? ''}'`,
    remedy: decimalComma
      ? 'If these are numbers, write them with a decimal point.'
      : `Leave the column out with ${optionText('ignore', [name])}, or allow more with ${optionText('maxCategories')}.`,
  });
}

const shownCategories = 8;

function unknownText({ name, categories }: TextColumn, cell: Cell): Refusal {
  const known = categories.slice(0, shownCategories).map((category) => `'${category}'`);
  const more = categories.length - known.length;
  return {
    expected: `one of the values of column '${name}' known from training (${known.join(', ')}${more > 0 ? ` and ${more} more` : ''})`,
    received: cell === null ? 'a missing value' : `'${cell}'`,
    remedy: cell === null ? '' : remedyForText(String(cell), categories),
  };
}

/** Texts may differ by nothing that can be seen: values, unlike names of columns, stay as they are. */
function remedyForText(value: string, categories: readonly string[]): string {
  const composed = value.normalize('NFC');
  const isLookalike = categories.some((category) => category.normalize('NFC') === composed);
  return isLookalike
    ? 'It looks like one of them, but its accents or syllables are composed otherwise (Unicode NFC and NFD): write both files in the same form.'
    : remedyFor(value, categories);
}
