import type { Samples } from './samples.js';

/** What a tree is grown of. */

/**
 * What a leaf takes of [0, 1) in one parameter, as `[from, to)`: one range of numbers, or a range for
 * each option.
 */
export type Part = readonly (readonly [from: number, to: number])[];

/** Samples of a node, and the box that they stand for. */
export interface Node {
  /** For each parameter the samples in the order of their coordinates. */
  readonly orders: readonly Uint32Array[];
  readonly parts: readonly Part[];
}

/** Samples with how often each was drawn. */
export interface WeightedSamples extends Samples {
  readonly weights: Uint32Array;
}
