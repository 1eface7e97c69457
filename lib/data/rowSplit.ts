/**
 * Which rows are kept from the training: a random sample of exact size, drawn row by row while a file
 * streams by (Knuth, The Art of Computer Programming 2, 3.4.2, algorithm S). The same seed gives the
 * same sample on every machine.
 */
export class RowSplit {
  readonly rows: number;
  readonly validationRows: number;
  readonly #random: () => number;
  #row = 0;
  #taken = 0;

  /**
   * @param share of the rows, 0 to less than 1; above 0 at least one row is taken, and one is left
   * @param seed 32 bits
   */
  constructor(rows: number, share: number, seed: number) {
    this.rows = rows;
    const wanted = share > 0 ? Math.max(1, Math.round(rows * share)) : 0;
    this.validationRows = Math.min(wanted, rows - 1);
    this.#random = mulberry32(seed);
  }

  get trainingRows(): number {
    return this.rows - this.validationRows;
  }

  /**
   * Where the next row goes: rows that train fill the front of the data in their order, the others
   * its end.
   */
  nextPosition(): number {
    const left = this.rows - this.#row;
    const wanted = this.validationRows - this.#taken;
    const position = this.#row - this.#taken;
    this.#row++;
    if (wanted === 0 || this.#random() * left >= wanted) return position;
    return this.trainingRows + this.#taken++;
  }
}

/** Tommy Ettinger's mulberry32: small, and good enough to draw a sample. Numbers from 0 to below 1. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
