import type { Drawing } from '../pictures/svg.ts';

/** What a published fact consists of; `main.ts` measures them. */

/** A statement, what was published about it, and what came out here. */
export interface FactRow {
  readonly fact: string;
  /** Number or bound, as text: `≤ 3.00`. */
  readonly expected: string;
  readonly measured: string;
  readonly holds: boolean;
  /** Authors and year. */
  readonly source: string;
}

export interface Picture {
  /** Of its file in docs/facts, without the ending. */
  readonly name: string;
  /** What can be seen, for those who hear the page. */
  readonly title: string;
  readonly drawing: Drawing;
}

/** Numbers beside each other, for the section of the fact. */
export interface FactTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface FactResult {
  readonly rows: readonly FactRow[];
  readonly tables?: readonly FactTable[];
  readonly pictures: readonly Picture[];
}

/** Settings as published, or small ones that show the same within seconds. */
export type Scale = 'published' | 'quick';

export interface Fact {
  /** As in `npm run facts -- NAME`. */
  readonly name: string;
  readonly title: string;
  /** Paragraphs of Markdown. */
  readonly text: string;
  /** Whether there are settings that show the fact within seconds. */
  readonly isQuick: boolean;
  readonly measure: (scale: Scale) => Promise<FactResult>;
}
