/** Fields with any number of blanks between them, as in the tables of Fortran, R and the UCI repository. */

/** How the delimiter is called that stands for any number of blanks. */
export const blanks = ' ';

/** The character that is put in their place. */
export const blankDelimiter = '\t';

/** Rewrites lines so that one tab stands between fields, and nothing before the first or behind the last one. */
export class BlankRuns {
  #rest = '';

  /** The whole lines of a text that continues the last one. */
  push(text: string): string {
    const all = this.#rest + text;
    const end = Math.max(all.lastIndexOf('\n'), all.lastIndexOf('\r')) + 1;
    this.#rest = all.slice(end);
    return withTabs(all.slice(0, end));
  }

  /** What is left when no more comes. */
  end(): string {
    return withTabs(this.#rest);
  }
}

/** What stands in quotes stays as it is. */
export function withTabs(text: string): string {
  return text
    .replace(/^[ \t]+|[ \t]+$/gm, '')
    .replace(/"[^"\r\n]*"|[ \t]+/g, (part) => (part.startsWith('"') ? part : blankDelimiter));
}
