/**
 * Columns by their names. A name may be composed (`é` as one character) or decomposed (as two, as macOS
 * writes it): both look alike and name the same column.
 */

/** Under what a name is looked up: equal for all names that look alike. */
export function columnKey(name: string): string {
  return name.normalize('NFC');
}

/** Names as one set, for questions whether a column is among them. */
export function columnSet(names: Iterable<string>): ReadonlySet<string> {
  return new Set(Array.from(names, columnKey));
}

/** The place of each column by its name, in one pass over the header. */
export class ColumnPlaces {
  readonly #places = new Map<string, number>();

  constructor(names: readonly string[]) {
    for (const [index, name] of names.entries()) {
      const key = columnKey(name);
      // Of a name that stands twice the first column counts, as indexOf has it.
      if (!this.#places.has(key)) this.#places.set(key, index);
    }
  }

  /** The place from 0; undefined when there is no such column. */
  of(name: string): number | undefined {
    return this.#places.get(columnKey(name));
  }
}
