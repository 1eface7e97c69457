import type { ResolvedPrediction } from '../model/fitOptions.js';
import { type ForwardRule, forward, forwardSync, type SyncForwardRule } from '../model/forward.js';
import type { ColumnRange } from '../model/inputColumns.js';
import type { ReconstructedRows } from './errorMeasure.js';
import { setLikeliest } from './oneHot.js';
import { pickRows } from './pickRows.js';

/**
 * What a row does not say speaks neither for nor against it. But the value that stands for a missing one, the
 * mean say, would: the columns that go together with it would be given back as those of another row. So what
 * is missing is filled in with what the network gives for it, until it fits the rest, and has no error.
 */

/** After so many the values hardly change any more. */
const passes = 3;

/** The rows with everything filled in that is missing, and what the network gives for them then. */
export async function fillMissing(
  given: ReconstructedRows,
  ranges: readonly ColumnRange[],
  rule: ForwardRule,
  options: ResolvedPrediction,
): Promise<ReconstructedRows> {
  const filling = new Filling(given, ranges, rule.inputSize);
  for (let pass = 0; pass < passes && filling.isNeeded; pass++) {
    filling.take((await forward(filling.next(), rule, options)).values);
  }
  return filling.filled();
}

/** The same on the caller's thread. */
export function fillMissingSync(
  given: ReconstructedRows,
  ranges: readonly ColumnRange[],
  rule: SyncForwardRule,
): ReconstructedRows {
  const filling = new Filling(given, ranges, rule.inputSize);
  for (let pass = 0; pass < passes && filling.isNeeded; pass++) {
    filling.take(forwardSync(filling.next().values, rule).values);
  }
  return filling.filled();
}

/** The rows in which something is missing, as they are filled in. */
class Filling {
  readonly #given: ReconstructedRows;
  readonly #ranges: readonly ColumnRange[];
  readonly #size: number;
  readonly #missing: Uint8Array;
  readonly #rows: readonly number[];
  readonly #inputs: Float32Array;
  #outputs: Float32Array;

  constructor(given: ReconstructedRows, ranges: readonly ColumnRange[], size: number) {
    const [missing, rows] = missingCells(given, ranges, size);
    this.#given = given;
    this.#ranges = ranges;
    this.#size = size;
    this.#missing = missing;
    this.#rows = rows;
    this.#inputs = pickRows(given.inputs, rows, size);
    this.#outputs = pickRows(given.outputs, rows, size);
  }

  get isNeeded(): boolean {
    return this.#rows.length > 0;
  }

  /** The rows to be given to the network, filled in with what it gave last. */
  next(): { values: Float32Array; rows: number; columns: number } {
    for (const [at, row] of this.#rows.entries()) {
      for (const range of missingOf(this.#missing, row, this.#ranges)) {
        fill(this.#inputs, this.#outputs, at * this.#size, range);
      }
    }
    return { values: this.#inputs, rows: this.#rows.length, columns: this.#size };
  }

  /** @param outputs what the network gives for them. */
  take(outputs: Float32Array): void {
    this.#outputs = outputs;
  }

  filled(): ReconstructedRows {
    if (!this.isNeeded) return this.#given;
    const size = this.#size;
    const [inputs, outputs] = [this.#given.inputs.slice(), this.#given.outputs.slice()];
    for (const [at, row] of this.#rows.entries()) {
      inputs.set(this.#inputs.subarray(at * size, (at + 1) * size), row * size);
      outputs.set(this.#outputs.subarray(at * size, (at + 1) * size), row * size);
      passOver(outputs, inputs, row * size, missingOf(this.#missing, row, this.#ranges));
    }
    return { rows: this.#given.rows, inputs, outputs, missing: this.#missing };
  }
}

/** Has columns given back without an error. @param at where the row begins */
export function passOver(
  outputs: Float32Array,
  inputs: Float32Array,
  at: number,
  columns: readonly ColumnRange[],
): void {
  for (const { start, end } of columns) {
    outputs.set(inputs.subarray(at + start, at + end), at + start);
  }
}

/** The columns that are missing in a row. */
export function missingOf(
  missing: Uint8Array,
  row: number,
  ranges: readonly ColumnRange[],
): readonly ColumnRange[] {
  return ranges.filter(({ index }) => missing[row * ranges.length + index] === 1);
}

/** Which cells are missing, and the rows that have some. */
function missingCells(
  { rows, inputs }: ReconstructedRows,
  ranges: readonly ColumnRange[],
  size: number,
): readonly [missing: Uint8Array, rows: readonly number[]] {
  const missing = new Uint8Array(rows * ranges.length);
  const found = new Set<number>();
  for (const { index, end } of ranges.filter(({ column }) => column.missing === true)) {
    for (let row = 0; row < rows; row++) {
      if (inputs[row * size + end - 1] !== 1) continue;
      missing[row * ranges.length + index] = 1;
      found.add(row);
    }
  }
  return [missing, [...found]];
}

/** As a row would have it that is not missing there: the last input of the column says so. */
function fill(
  inputs: Float32Array,
  outputs: Float32Array,
  at: number,
  { start, end }: ColumnRange,
): void {
  const [from, last] = [at + start, at + end - 1];
  const values = inputs.subarray(from, last);
  const given = outputs.subarray(from, last);
  inputs[last] = 0;
  if (values.length > 1) setLikeliest(values, given);
  else if (Number.isFinite(given[0])) values[0] = given[0] as number;
}
