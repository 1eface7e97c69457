import type { ResolvedPrediction } from '../model/fitOptions.js';
import { forward } from '../model/forward.js';
import type { ColumnRange } from '../model/inputColumns.js';
import type { ErrorJudge, ReconstructedRows } from './errorMeasure.js';
import { missingOf, passOver } from './missing.js';
import { isOneHot, setLikeliest } from './oneHot.js';

/**
 * Which column of a row is wrong? A wrong value also spoils the reconstruction of the columns that go
 * together with it, and a column of text that nothing foretells always fails; so the error of a column
 * alone says little. What counts is the row without it: the column is replaced by what the network gives
 * for it, several times over, as the first replacement still suffers from the wrong value. Where the rest
 * then fits, the column was to blame.
 *
 * A network that passes a column on unchanged would give the wrong value back for ever. So from the second
 * replacement on, a column of numbers takes the value that makes the errors of the whole row least, were they
 * linear in it as between the last two values: a secant step of Gauss and Newton. A column of categories is
 * replaced by the category that the network gives most, as a row has it. Its shares themselves would fit any
 * row better than a category does, and put every fault down to the text that is hardest to foretell.
 */

/** After so many the score hardly falls any more. */
const replacements = 5;
/** A step goes at most so many times as far as the two values lie apart that it was foreseen from. */
const longestStep = 32;
/** Columns that are tried for a row, those with the largest errors: wide tables stay affordable. */
export const mostTriedColumns = 64;
/** Values of the rows that are tried at a time, and their number. */
const valuesPerBlock = 2 ** 20;
const trialsPerBlock = 2 ** 15;

/** A row without a column. */
interface Trial {
  readonly row: number;
  readonly column: ColumnRange;
  /** Whether the inputs of the column are one-hot in this row. */
  readonly isCategory: boolean;
}

/** What is left of the scores. */
export interface Replaced {
  /**
   * For each row and column the mean squared error of the row once the column is replaced; NaN where it
   * was not tried. `[rows, columns]`.
   */
  readonly remaining: Float64Array;
  /** The values that the columns are replaced by, each alone; those of columns not tried as in the row. */
  readonly values: Float32Array;
}

/**
 * Tries the columns of some rows.
 *
 * @param errors the error of each column of each row, `[rows, columns]`
 */
export async function replaceColumns(
  given: ReconstructedRows,
  errors: Float64Array,
  judge: ErrorJudge,
  options: ResolvedPrediction,
): Promise<Replaced> {
  const { rule, ranges } = judge;
  const remaining = new Float64Array(errors.length).fill(Number.NaN);
  const values = given.inputs.slice();
  for (const block of blocksOf(trialsOf(given, errors, ranges, rule.inputSize), rule.inputSize)) {
    const { best, scores } = await tryBlock(block, given, judge, options);
    for (const [index, { row, column }] of block.entries()) {
      remaining[row * ranges.length + column.index] = scores[index] as number;
      const replaced = sliceOf(best, index * rule.inputSize, column);
      values.set(replaced, row * rule.inputSize + column.start);
    }
  }
  return { remaining, values };
}

function* trialsOf(
  { rows, inputs }: ReconstructedRows,
  errors: Float64Array,
  ranges: readonly ColumnRange[],
  size: number,
): Generator<Trial, void, void> {
  for (let row = 0; row < rows; row++) {
    const ofRow = errors.subarray(row * ranges.length, (row + 1) * ranges.length);
    for (const column of likeliest(ofRow, ranges)) {
      const first = row * size;
      const isCategory = isOneHot(inputs, first + column.start, first + column.end);
      yield { row, column, isCategory };
    }
  }
}

/** As many trials together as memory allows. */
function* blocksOf(
  trials: Iterable<Trial>,
  inputSize: number,
): Generator<readonly Trial[], void, void> {
  const most = Math.max(1, Math.min(trialsPerBlock, Math.floor(valuesPerBlock / inputSize)));
  let block: Trial[] = [];
  for (const trial of trials) {
    block.push(trial);
    if (block.length < most) continue;
    yield block;
    block = [];
  }
  if (block.length > 0) yield block;
}

function likeliest(errors: Float64Array, ranges: readonly ColumnRange[]): readonly ColumnRange[] {
  if (ranges.length <= mostTriedColumns) return ranges;
  const errorOf = ({ index }: ColumnRange): number => errors[index] as number;
  return [...ranges].sort((a, b) => errorOf(b) - errorOf(a)).slice(0, mostTriedColumns);
}

async function tryBlock(
  block: readonly Trial[],
  given: ReconstructedRows,
  { rule, ranges, weights }: ErrorJudge,
  options: ResolvedPrediction,
): Promise<TriedBlock> {
  const { inputSize } = rule;
  const { missing } = given;
  const tried = startOf(block, given, weights);
  const matrix = { values: tried.rows, rows: block.length, columns: inputSize };
  for (let count = 1; count <= replacements; count++) {
    const { values } = await forward(matrix, rule, options);
    for (const [index, trial] of block.entries()) {
      if (missing !== undefined) {
        const columns = missingOf(missing, trial.row, ranges);
        passOver(values, tried.rows, index * inputSize, columns);
      }
      follow(tried, index, values, trial, weights);
    }
  }
  return tried;
}

/** The trials of a block with the best replacement so far, and another one beside it. */
interface TriedBlock {
  /** The rows to try next, `[trials, inputSize]`. */
  readonly rows: Float32Array;
  /** The rows with the best replacement, their errors and their scores. */
  readonly best: Float32Array;
  readonly errors: Float32Array;
  readonly scores: Float64Array;
}

function startOf(
  block: readonly Trial[],
  { inputs, outputs }: ReconstructedRows,
  weights: Float64Array,
): TriedBlock {
  const size = weights.length;
  const best = new Float32Array(block.length * size);
  const errors = new Float32Array(best.length);
  const scores = new Float64Array(block.length);
  for (const [index, { row }] of block.entries()) {
    const [at, from] = [index * size, row * size];
    best.set(inputs.subarray(from, from + size), at);
    for (let input = 0; input < size; input++) {
      errors[at + input] = (outputs[from + input] as number) - (inputs[from + input] as number);
    }
    scores[index] = scoreOf(errors, at, weights);
  }
  const rows = best.slice();
  for (const [index, { row, column, isCategory }] of block.entries()) {
    const given = sliceOf(outputs, row * size, column);
    const replaced = sliceOf(rows, index * size, column);
    if (isCategory) setLikeliest(replaced, given);
    else for (const [input, value] of given.entries()) setFinite(replaced, input, value);
  }
  return { rows, best, errors, scores };
}

/** Keeps what was tried where it is better, and chooses what is tried next. */
function follow(
  { rows, best, errors, scores }: TriedBlock,
  index: number,
  outputs: Float32Array,
  { column, isCategory }: Trial,
  weights: Float64Array,
): void {
  const size = weights.length;
  const at = index * size;
  const change = changeOf(errors, rows, outputs, at, weights);
  const isBetter = change.score < (scores[index] as number);
  if (isBetter) {
    scores[index] = change.score;
    for (let input = at; input < at + size; input++) {
      errors[input] = (outputs[input] as number) - (rows[input] as number);
    }
  }
  // The errors at the better value, times their change.
  const product = change.product + (isBetter ? change.square : 0);
  const step = Math.min(longestStep, Math.max(-longestStep, -product / change.square));
  // This runs five times for each column of each row: it makes no arrays.
  for (let input = at + column.start; input < at + column.end; input++) {
    const tried = rows[input] as number;
    const kept = best[input] as number;
    if (isBetter) best[input] = tried;
    if (isCategory) continue;
    const onLine = (isBetter ? tried : kept) + step * (tried - kept);
    // Where nothing changed there is no slope, and the step is no number.
    setFinite(rows, input, Number.isNaN(step) ? (outputs[input] as number) : onLine);
  }
  if (isCategory) setLikeliest(sliceOf(rows, at, column), sliceOf(outputs, at, column));
}

/** What is not finite cannot be passed through the network: the value before it stays. */
function setFinite(values: Float32Array, at: number, value: number): void {
  const single = Math.fround(value);
  if (Number.isFinite(single)) values[at] = single;
}

/** How the errors of a row change from the best replacement to the one that was tried. */
function changeOf(
  errors: Float32Array,
  rows: Float32Array,
  outputs: Float32Array,
  at: number,
  weights: Float64Array,
): { readonly score: number; readonly product: number; readonly square: number } {
  const size = weights.length;
  let [sum, product, square] = [0, 0, 0];
  for (let input = 0; input < size; input++) {
    const weight = weights[input] as number;
    const before = errors[at + input] as number;
    const error = (outputs[at + input] as number) - (rows[at + input] as number);
    const change = error - before;
    sum += weight * error * error;
    product += weight * change * before;
    square += weight * change * change;
  }
  return { score: sum / size, product, square };
}

function sliceOf(values: Float32Array, at: number, { start, end }: ColumnRange): Float32Array {
  return values.subarray(at + start, at + end);
}

/** The mean of the weighted squared errors of a row. */
function scoreOf(errors: Float32Array, at: number, weights: Float64Array): number {
  let sum = 0;
  for (let input = 0; input < weights.length; input++) {
    sum += (weights[input] as number) * (errors[at + input] as number) ** 2;
  }
  return sum / weights.length;
}
