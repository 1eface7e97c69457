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
  'k.A.',
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
export const isMissing: IsMissing = ruleOf(missingWords);

const isMissingAmongNumbers = ruleOf([...missingWords, ...missingAmongNumbers]);

/** Which cells are missing, and which are where the others of their column are numbers. */
export interface MissingRules {
  readonly isMissing: IsMissing;
  /** Holds for all that are missing anywhere. */
  readonly isMissingAmongNumbers: IsMissing;
  /** Whether a number may stand for a missing value, as -999 does where it is named: else nobody has to ask. */
  readonly areNumbersMissing: boolean;
}

/**
 * The rules for some words, in any case and in any column; the empty field is always missing.
 *
 * @param words undefined for the usual ones
 */
export function missingRules(words: readonly string[] | undefined): MissingRules {
  if (words === undefined) return { isMissing, isMissingAmongNumbers, areNumbersMissing: false };
  const isNamed = ruleOf(words);
  // No number is written without a digit.
  const areNumbersMissing = words.some((word) => /\d/.test(word));
  return { isMissing: isNamed, isMissingAmongNumbers: isNamed, areNumbersMissing };
}

function ruleOf(words: readonly string[]): IsMissing {
  const known = new Set(words.map((word) => cleanField(word).toLowerCase()));
  known.delete('');
  const longest = Math.max(0, ...Array.from(known, ({ length }) => length));
  const mayBegin = endsOf(known, (word) => word.charCodeAt(0));
  const mayEnd = endsOf(known, (word) => word.charCodeAt(word.length - 1));
  return (cell) => {
    if (typeof cell !== 'string') {
      return cell === null || Number.isNaN(cell) || known.has(String(cell));
    }
    const { length } = cell;
    if (length === 0) return true;
    // Numbers and most texts leave here at once.
    if (length > longest || mayBegin[cell.charCodeAt(0) & 0xff] === 0) return false;
    return mayEnd[cell.charCodeAt(length - 1) & 0xff] === 1 && known.has(cell.toLowerCase());
  };
}

/** By the lowest bits of the codes of characters, whether a word has such a one there, in any case. */
function endsOf(words: ReadonlySet<string>, codeOf: (word: string) => number): Uint8Array {
  const may = new Uint8Array(256);
  for (const word of words) {
    for (const each of [word, word.toUpperCase()]) may[codeOf(each) & 0xff] = 1;
  }
  return may;
}
