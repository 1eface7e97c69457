import { cleanField } from './tableValues.js';

/** What stands for a missing value in tables, unless the user names it. */

/** In any column, in any case: they say so themselves, or are what programs write for it. */
export const missingWords: readonly string[] = [
  '',
  '?',
  'NA',
  'N/A',
  'NaN',
  'null',
  '<NA>',
  '\\N',
  '-NaN',
  '#N/A',
  '#NA',
  '#N/A N/A',
  '#DIV/0!',
  '#VALUE!',
  '#REF!',
  '#NAME?',
  '#NUM!',
  '#NULL!',
  '1.#QNAN',
  '-1.#QNAN',
  '1.#IND',
  '-1.#IND',
];

/**
 * Between numbers alone, in any case: among texts they may be one of them (`None` for no basement), and in a target
 * they are an error, or a class.
 */
export const missingAmongNumbers: readonly string[] = [
  'None',
  'nil',
  'missing',
  'n.a.',
  'n.d.',
  'n/d',
  '-',
  '--',
  '---',
  '–',
  '—',
  '.',
  '..',
  '...',
  '*',
  'inf',
  '+inf',
  '-inf',
];

/** Tells whether a cell of a table stands for a missing value; texts have to be clean. */
export type IsMissing = (cell: string | number | null) => boolean;

/** By the usual words, {@link missingWords}; of what programs give, null and NaN. */
export function isMissing(cell: string | number | null): boolean {
  if (typeof cell !== 'string') return isNothing(cell);
  if (cell.length === 0) return true;
  if (cell.length > longestWord) return false;
  // Numbers and most texts leave here at once.
  if (firstCharacters[cell.charCodeAt(0)] !== true) return false;
  return lastCharacters[cell.charCodeAt(cell.length - 1)] === true && usual.has(cell.toLowerCase());
}

function isNothing(cell: number | null): boolean {
  return cell === null || Number.isNaN(cell);
}

const usual = wordSet(missingWords);
const usualAmongNumbers = wordSet([...missingWords, ...missingAmongNumbers]);
const longestWord = longestOf(missingWords);

/** By the codes of characters, whether a word begins, or ends, with one of them in either case. */
const firstCharacters = charactersOf((word, character) => word.startsWith(character));
const lastCharacters = charactersOf((word, character) => word.endsWith(character));

function charactersOf(has: (word: string, character: string) => boolean): readonly boolean[] {
  return Array.from({ length: 128 }, (_, code) => {
    const character = String.fromCharCode(code).toLowerCase();
    return [...usual].some((word) => has(word, character));
  });
}

/** Which cells are missing, and which are where the others of their column are numbers. */
export interface MissingRules {
  readonly isMissing: IsMissing;
  /** Holds for all that are missing anywhere. */
  readonly isMissingAmongNumbers: IsMissing;
}

/**
 * The rules for some words, in any case and in any column; the empty field is always missing.
 *
 * @param words undefined for the usual ones
 */
export function missingRules(words: readonly string[] | undefined): MissingRules {
  if (words === undefined) {
    const isMissingAmongNumbers: IsMissing = (cell) =>
      typeof cell === 'string' ? usualAmongNumbers.has(cell.toLowerCase()) : isNothing(cell);
    return { isMissing, isMissingAmongNumbers };
  }
  const known = wordSet(['', ...words]);
  const longest = longestOf(words);
  const isNamed: IsMissing = (cell) => {
    if (typeof cell !== 'string') return isNothing(cell) || known.has(String(cell));
    return cell.length === 0 || (cell.length <= longest && known.has(cell.toLowerCase()));
  };
  return { isMissing: isNamed, isMissingAmongNumbers: isNamed };
}

function wordSet(words: readonly string[]): ReadonlySet<string> {
  return new Set(words.map((word) => cleanField(word).toLowerCase()));
}

function longestOf(words: readonly string[]): number {
  return Math.max(0, ...words.map(({ length }) => length));
}
