import { rowSource } from '../data/matrix.js';
import { leftOut, smallestPart, usualError } from '../model/detectorScores.js';
import type { ResolvedPrediction } from '../model/fitOptions.js';
import { type ForwardRule, forwardChunks } from '../model/forward.js';
import { type ColumnRange, type InputColumn, rangesOf } from '../model/inputColumns.js';
import { momentsOf } from '../statistics.js';
import { columnErrors, equalWeights } from './errorMeasure.js';
import { fillMissing } from './missing.js';

/**
 * What the squared error of each column usually is: the mean over rows, of numbers without the largest, which
 * may be anomalies themselves. What counts is the part of the variance of the column that is not given back:
 * an error is usual or not beside the spread of its column, but a column that hardly ever varies (a rare
 * category, a pixel at the edge) is not to count for more because of that. So the part is taken of the mean
 * variance of all columns. A constant column counts as the others do.
 */

/** So many rows tell a mean to half a per cent. */
const mostRows = 2 ** 16;

/** @param contamination Part of the rows that is taken for anomalies. */
export async function usualErrorsOf(
  inputs: unknown,
  rule: ForwardRule,
  columns: readonly InputColumn[],
  contamination: number,
  options: ResolvedPrediction,
): Promise<readonly number[]> {
  const ranges = [...rangesOf(columns)];
  const weights = equalWeights(rule.inputSize);
  const source = rowSource(inputs, rule.inputSize, rule.path);
  const step = Math.ceil(source.rows / mostRows);
  const samples = ranges.map((range) => new ColumnSample(range, Math.ceil(source.rows / step)));
  for await (const chunk of forwardChunks(source, rule, options)) {
    const given = await fillMissing(chunk, ranges, rule, options);
    const errors = columnErrors(given, ranges, weights);
    // The first row of the chunk that is one of the sample.
    for (let row = (step - (chunk.start % step)) % step; row < chunk.rows; row += step) {
      for (const [column, sample] of samples.entries()) {
        const error = errors[row * ranges.length + column] as number;
        sample.add(error, chunk.inputs, row * rule.inputSize);
      }
    }
  }
  return usualErrors(samples, Math.max(leftOut, contamination));
}

function usualErrors(samples: readonly ColumnSample[], without: number): readonly number[] {
  const variances = samples.map((sample) => sample.variance);
  const varying = variances.filter((variance) => variance > 0);
  const variance = varying.length > 0 ? momentsOf(varying).mean : 1;
  const parts = samples.map((sample, index) => {
    const part = sample.meanError(without) / (variances[index] as number);
    return Math.max(smallestPart, part);
  });
  const ofVarying = parts.filter((_, index) => (variances[index] as number) > 0);
  const usualPart = ofVarying.length > 0 ? momentsOf(ofVarying).mean : 1;
  return parts.map(
    (part, index) => variance * ((variances[index] as number) > 0 ? part : usualPart),
  );
}

/** Errors and values of one column, without the rows where it is missing. */
class ColumnSample {
  readonly #range: ColumnRange;
  readonly #errors: Float64Array;
  readonly #sums: Float64Array;
  readonly #squares: Float64Array;
  #count = 0;

  constructor(range: ColumnRange, rows: number) {
    const { inputs } = range.column;
    this.#range = range;
    this.#errors = new Float64Array(rows);
    this.#sums = new Float64Array(inputs);
    this.#squares = new Float64Array(inputs);
  }

  /** @param at where the row begins */
  add(error: number, inputs: Float32Array, at: number): void {
    const { start, end, column } = this.#range;
    if (column.missing === true && inputs[at + end - 1] === 1) return;
    // What overflows says nothing of what is usual.
    if (Number.isFinite(error)) this.#errors[this.#count++] = error;
    for (let input = start; input < end; input++) {
      const value = inputs[at + input] as number;
      this.#sums[input - start] = (this.#sums[input - start] as number) + value;
      this.#squares[input - start] = (this.#squares[input - start] as number) + value * value;
    }
  }

  /** That of all its inputs together. */
  get variance(): number {
    if (this.#count === 0) return 0;
    const variances = this.#sums.map((sum, input) => {
      const mean = sum / this.#count;
      return Math.max(0, (this.#squares[input] as number) / this.#count - mean * mean);
    });
    return variances.reduce((total, variance) => total + variance, 0);
  }

  /** @param without part of the largest errors of a number that is left out. */
  meanError(without: number): number {
    const { column } = this.#range;
    const isNumber = column.inputs === (column.missing === true ? 2 : 1);
    return usualError(this.#errors.subarray(0, this.#count), isNumber ? without : 0);
  }
}
