import type { ForwardRule } from '../model/forward.js';
import type { ColumnRange } from '../model/inputColumns.js';

/** Rows, and what the network gives for them, row after row. */
export interface ReconstructedRows {
  readonly rows: number;
  readonly inputs: Float32Array;
  readonly outputs: Float32Array;
  /**
   * 1 where a column is missing in a row and has to be given back without an error: what a row does not
   * say cannot be wrong. `[rows, columns]`; undefined where nothing is missing.
   */
  readonly missing?: Uint8Array | undefined;
}

/** By what rows are judged: the forward pass, the columns, and what their errors count. */
export interface ErrorJudge {
  readonly rule: ForwardRule;
  readonly ranges: readonly ColumnRange[];
  /** What the squared error of each input is multiplied by, `[inputSize]`. */
  readonly weights: Float64Array;
}

/** The mean squared error over the inputs, whatever they stand for. */
export function equalWeights(inputSize: number): Float64Array {
  return new Float64Array(inputSize).fill(1);
}

/**
 * Errors as multiples of what is usual for their column, so that all columns count the same, however many
 * inputs they take and however well they can be foretold. A usual row scores about 1.
 *
 * @param usualErrors the usual squared error of each column, all its inputs together
 */
export function relativeWeights(
  ranges: readonly ColumnRange[],
  usualErrors: readonly number[],
  inputSize: number,
): Float64Array {
  const weights = new Float64Array(inputSize);
  for (const { index, start, end } of ranges) {
    // The sum over the weighted errors is divided by the number of inputs, as the plain one is.
    weights.fill(inputSize / (ranges.length * (usualErrors[index] as number)), start, end);
  }
  return weights;
}

/** The weighted squared errors of each row, added up for each column: `[rows, columns]`. */
export function columnErrors(
  { rows, inputs, outputs }: ReconstructedRows,
  ranges: readonly ColumnRange[],
  weights: Float64Array,
): Float64Array {
  const size = weights.length;
  const errors = new Float64Array(rows * ranges.length);
  for (let row = 0, at = 0; row < rows; row++) {
    const first = row * size;
    for (const { start, end } of ranges) {
      let sum = 0;
      for (let input = first + start; input < first + end; input++) {
        const error = Math.fround((outputs[input] as number) - (inputs[input] as number));
        sum += (weights[input - first] as number) * error ** 2;
      }
      errors[at++] = sum;
    }
  }
  return errors;
}
