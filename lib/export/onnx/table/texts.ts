import type { CellRules } from '../../../data/cellRules.js';
import { booleanInputs } from '../../../data/columns/boolean.js';
import type { FeatureColumn } from '../../../data/tableSchema.js';
import { type Attribute, float, floats, int, ints, strings } from '../attributes.js';
import { type Graph, machineLearning, type Value } from '../graph.js';
import { concatenated } from '../layers.js';

/** Columns of texts: categories, and words for yes and no. Texts go in as they are, shape (rows, 1). */

/** What has to be known of a table to read its cells. */
export interface TextRules {
  readonly isMissing: CellRules['isMissing'];
  /** All words for a missing value, in all the ways that they may be written in. */
  readonly missingTexts: readonly string[];
}

/** One input for each category. */
export function addCategories(
  graph: Graph,
  text: Value,
  column: FeatureColumn<'text'>,
  { missingTexts }: TextRules,
): Value {
  const { categories, others, missingCategory } = column;
  const width = categories.length + (others ? 1 : 0) + (missingCategory ? 1 : 0);
  const places = new Map(categories.map((category, at) => [category, at]));
  // What is a category is none of the words for missing.
  if (missingCategory) {
    for (const word of missingTexts) if (!places.has(word)) places.set(word, width - 1);
  }
  const place = lookUp(graph, text, places, others ? categories.length : -1);
  const numbers = graph.integers([...Array(width).keys()], [1, width]);
  return graph.cast(graph.node('Equal', [place, numbers]), 'float');
}

/** One input, the index of the category from 1. */
export function addIndex(graph: Graph, text: Value, column: FeatureColumn<'embedded'>): Value {
  const places = new Map(column.categories.map((category, at) => [category, at + 1]));
  return graph.cast(lookUp(graph, text, places, 0), 'float');
}

const neither = -1;

/** 1 for a word for true, 0 for one for false, and what lies between for all other texts. */
export function addBoolean(
  graph: Graph,
  text: Value,
  column: FeatureColumn<'boolean'>,
  { isMissing }: TextRules,
): Value {
  const known = [...booleanInputs(column)].flatMap(([word, input]) =>
    spellingsOf(word).map((spelling) => [spelling, input] as const),
  );
  const words = new Map(known.filter(([word]) => !isMissing(word)));
  const input = encode(graph, text, words, {
    values_floats: floats([...words.values()]),
    default_float: float(neither),
  });
  const isOther = graph.node('Less', [input, graph.floats([0])]);
  const value = graph.node('Where', [isOther, graph.floats([0.5]), input]);
  return column.missingIndicator
    ? concatenated(graph, [value, graph.cast(isOther, 'float')])
    : value;
}

/** The whole number that belongs to each text. */
function lookUp(
  graph: Graph,
  text: Value,
  places: ReadonlyMap<string, number>,
  fallback: number,
): Value {
  return encode(graph, text, places, {
    values_int64s: ints([...places.values()]),
    default_int64: int(fallback),
  });
}

function encode(
  graph: Graph,
  text: Value,
  texts: ReadonlyMap<string, number>,
  values: Readonly<Record<string, Attribute>>,
): Value {
  const keys = { keys_strings: strings([...texts.keys()]) };
  return graph.node('LabelEncoder', [text], { ...keys, ...values }, machineLearning);
}

/** Most letters of a word that is written in all mixtures of small and large ones. */
const mostLetters = 8;

/** A word in small and in large letters, and in all mixtures where there are not too many. */
export function spellingsOf(word: string): readonly string[] {
  const [small, large] = [word.toLowerCase(), word.toUpperCase()];
  const letters = [...small].filter((letter) => letter.toUpperCase() !== letter).length;
  if (letters > mostLetters) {
    const capital = large.slice(0, 1) + small.slice(1);
    return [...new Set([word, small, large, capital])];
  }
  let spellings = [''];
  for (const letter of small) {
    const forms = [...new Set([letter, letter.toUpperCase()])];
    spellings = spellings.flatMap((start) => forms.map((form) => start + form));
  }
  return spellings;
}
