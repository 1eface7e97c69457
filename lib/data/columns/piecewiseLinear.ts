import { quantileOf } from '../../statistics.js';

/**
 * Piecewise linear encoding of numbers (Gorishniy, Rubachev and Babenko 2022, "On embeddings for numerical features in
 * tabular deep learning"): one input for each of some bins that hold about equally many rows. It is 0 for values below
 * the bin, 1 for values above it, and between them it is the place within. A layer behind it learns a line for each bin.
 */

/** As published for bins by quantiles. */
const mostBins = 48;

/**
 * The edges of the bins, ascending and all different: at least two.
 *
 * @param ascending numbers of the rows that it is fitted to; may be none
 */
export function binEdges(ascending: Float64Array, most = mostBins): readonly number[] {
  const bins = Math.min(most, Math.max(1, ascending.length - 1));
  if (ascending.length === 0) return [0, 1];
  const quantiles = Array.from({ length: bins + 1 }, (_, i) => quantileOf(ascending, i / bins));
  const edges = [...new Set(quantiles)];
  return edges.length > 1 ? edges : binOf(edges[0] as number);
}

/** A bin for the only value of a column, towards zero: it stays in the range of a double. */
function binOf(value: number): readonly number[] {
  const width = Math.max(1, Math.abs(value) / 2);
  return value > 0 ? [value - width, value] : [value, value + width];
}

/**
 * Writes one input for each bin. Beyond the outermost edges it goes on in a straight line, for no more than the width of
 * the bin: a wild value does not drown the others.
 *
 * @param at the place of the first input
 */
export function encodePiecewise(
  edges: readonly number[],
  value: number,
  inputs: Float32Array,
  at: number,
): void {
  const last = edges.length - 2;
  for (let bin = 0; bin <= last; bin++) {
    const low = edges[bin] as number;
    const place = (value - low) / ((edges[bin + 1] as number) - low);
    inputs[at + bin] = Math.min(Math.max(place, bin === 0 ? -1 : 0), bin === last ? 2 : 1);
  }
}

/** The value that inputs stand for, be they ones that a network gives. */
export function decodePiecewise(edges: readonly number[], inputs: ArrayLike<number>): number {
  let value = edges[0] as number;
  for (let bin = 0; bin + 1 < edges.length; bin++) {
    value += (inputs[bin] as number) * ((edges[bin + 1] as number) - (edges[bin] as number));
  }
  return value;
}
