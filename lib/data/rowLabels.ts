import { type IsMissing, isMissing } from './missingWords.js';

/** Labels of rows as numbers, row by row, of however many rows there come to be. */

/** Numbers one after the other, in memory that doubles. */
class NumberList {
  #values = new Int32Array(1024);
  #length = 0;

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const larger = new Int32Array(2 * this.#length);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length++] = value;
  }

  get values(): Int32Array {
    return this.#values.subarray(0, this.#length);
  }
}

/** Numbers the texts of a target, where they are few enough to be classes. */
export class ClassLabels {
  readonly #numbers = new Map<string, number>();
  readonly #limit: number;
  #ofRows: NumberList | undefined = new NumberList();

  /** @param limit most classes. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** @param value a clean field. */
  add(value: string): void {
    if (this.#ofRows === undefined) return;
    const number = this.#numbers.get(value) ?? this.#numbers.size;
    if (number >= this.#limit) {
      this.#ofRows = undefined;
      return;
    }
    this.#numbers.set(value, number);
    this.#ofRows.push(number);
  }

  /** Equal numbers for equal texts; null where they are too many. Shape (rows). */
  get ofRows(): Int32Array | null {
    return this.#ofRows?.values ?? null;
  }
}

/** Numbers the groups by their names; a row without a name is a group of its own. */
export class GroupLabels {
  readonly #numbers = new Map<string, number>();
  readonly #isMissing: IsMissing;
  readonly #ofRows = new NumberList();
  #count = 0;

  constructor(rule: IsMissing = isMissing) {
    this.#isMissing = rule;
  }

  /** @param name a clean field. */
  add(name: string): void {
    if (this.#isMissing(name)) {
      this.#ofRows.push(this.#count++);
      return;
    }
    const number = this.#numbers.get(name) ?? this.#count++;
    this.#numbers.set(name, number);
    this.#ofRows.push(number);
  }

  /** The number of the group of each row. Shape (rows). */
  get ofRows(): Int32Array {
    return this.#ofRows.values;
  }
}
