import { optionText } from '../optionText.js';
import { formatCount } from '../quantities.js';
import { missingWords } from './missingWords.js';
import type { ColumnStatistics } from './tableStatistics.js';
import type { Task } from './targetInference.js';

/**
 * Rows whose target stands for a missing value are not used. But 'NA' may as well be North America or
 * Namibia: such rows must not go without a word.
 */

/** Which words stood for a missing target, as they were written, and how often. */
export class DroppedTargets {
  rows = 0;
  readonly #words = new Map<string, number>();

  add(word: string): void {
    this.rows++;
    if (word !== '') this.#words.set(word, (this.#words.get(word) ?? 0) + 1);
  }

  has(word: string): boolean {
    return this.#words.has(word);
  }

  /** A sentence on words that could be classes; none for numbers, and for empty fields alone. */
  notices(target: string, task: Task | undefined): string[] {
    if (task !== 'classification' || this.#words.size === 0) return [];
    const words = [...this.#words.keys()].map((word) => `'${word}'`).join(', ');
    const rows = [...this.#words.values()].reduce((sum, count) => sum + count, 0);
    return [
      `In ${formatCount(rows)} rows the target '${target}' is ${words}, which stands for a missing value. ` +
        `If it is a class, say what is missing: ${optionText('missing', [''])} for empty fields alone.`,
    ];
  }
}

/** The usual words without 'NA': what is missing in a column of codes. */
export const wordsBesideCodes: readonly string[] = missingWords.filter((word) => word !== 'NA');

/** Whether 'NA' was dropped from a column of codes of two capital letters: countries, states, continents. */
export function dropsACode(target: ColumnStatistics, dropped: DroppedTargets): boolean {
  if (!dropped.has('NA') || target.values === undefined || target.values.size < 2) return false;
  return [...target.values.keys()].every((text) => /^[A-Z]{2}$/.test(text));
}

export function codeNotice(target: string): string {
  return (
    `'NA' is taken as a class of '${target}', whose other classes are codes of two letters too. ` +
    `If it stands for a missing value, say so: ${optionText('missing', ['NA'])}.`
  );
}
