import type { Part } from './node.js';
import type { Leaf } from './tree.js';

/**
 * Functional ANOVA of a tree: which share of the variance of its values, over the whole cube, each
 * parameter explains alone (its marginal is the mean over all others), and each pair beyond that.
 *
 * Source: Hutter, Hoos and Leyton-Brown, An Efficient Approach for Assessing Hyperparameter
 * Importance (2014), algorithm 2.
 */
export class TreeVariance {
  readonly #leaves: readonly MeasuredLeaf[];
  readonly #mean: number;
  readonly #cuts: readonly Float64Array[];
  readonly #singles: readonly number[];
  /** Of the tree. */
  readonly total: number;

  constructor(leaves: readonly Leaf[], features: number) {
    this.#leaves = leaves.map(measured);
    this.#mean = sumOf(this.#leaves, ({ value, volume }) => value * volume);
    this.total = sumOf(this.#leaves, ({ value, volume }) => volume * (value - this.#mean) ** 2);
    const numbers = Array.from({ length: features }, (_, feature) => feature);
    this.#cuts = numbers.map((feature) => cutsOf(leaves, feature));
    this.#singles = numbers.map((feature) => this.#varianceOf(this.#marginal(feature), feature));
  }

  /** The share that a parameter explains alone. */
  single(feature: number): number {
    return this.#shareOf(this.#singles[feature] ?? 0);
  }

  /** The share that two parameters explain together, beyond what each explains alone. */
  pair(first: number, second: number): number {
    const both = this.#varianceOf(this.#pairMarginal(first, second), first, second);
    const alone = (this.#singles[first] ?? 0) + (this.#singles[second] ?? 0);
    return this.#shareOf(Math.max(0, both - alone));
  }

  #shareOf(variance: number): number {
    return this.total > 0 ? variance / this.total : 0;
  }

  /** The mean of the tree for each piece between two cuts of a parameter. */
  #marginal(feature: number): Float64Array {
    const cuts = this.#cuts[feature] ?? new Float64Array(0);
    const changes = new Float64Array(cuts.length);
    const indexOf = indexIn(cuts);
    for (const { value, volume, parts, widths } of this.#leaves) {
      const share = (value * volume) / (widths[feature] ?? 1);
      for (const [from, to] of parts[feature] ?? []) {
        change(changes, indexOf(from), share);
        change(changes, indexOf(to), -share);
      }
    }
    accumulate(changes, 1, cuts.length, cuts.length);
    return changes;
  }

  /** As above for pieces of two parameters: (pieces of the first, pieces of the second). */
  #pairMarginal(first: number, second: number): Float64Array {
    const rows = this.#cuts[first] ?? new Float64Array(0);
    const columns = this.#cuts[second] ?? new Float64Array(0);
    const changes = new Float64Array(rows.length * columns.length);
    const rowOf = indexIn(rows);
    const columnOf = indexIn(columns);
    for (const { value, volume, parts, widths } of this.#leaves) {
      const share = (value * volume) / ((widths[first] ?? 1) * (widths[second] ?? 1));
      for (const [top, bottom] of parts[first] ?? []) {
        for (const [left, right] of parts[second] ?? []) {
          const above = rowOf(top) * columns.length;
          const below = rowOf(bottom) * columns.length;
          change(changes, above + columnOf(left), share);
          change(changes, above + columnOf(right), -share);
          change(changes, below + columnOf(left), -share);
          change(changes, below + columnOf(right), share);
        }
      }
    }
    accumulate(changes, 1, columns.length, changes.length);
    accumulate(changes, columns.length, changes.length, changes.length);
    return changes;
  }

  #varianceOf(marginal: Float64Array, first: number, second?: number): number {
    const rows = this.#cuts[first] ?? new Float64Array(0);
    const columns = second === undefined ? null : this.#cuts[second];
    const width = columns?.length ?? 1;
    let variance = 0;
    for (let index = 0; index < marginal.length; index++) {
      const row = Math.floor(index / width);
      const area = widthAt(rows, row) * (columns ? widthAt(columns, index % width) : 1);
      variance += area * ((marginal[index] ?? 0) - this.#mean) ** 2;
    }
    return variance;
  }
}

interface MeasuredLeaf extends Leaf {
  readonly widths: readonly number[];
  readonly volume: number;
}

function measured(leaf: Leaf): MeasuredLeaf {
  const widths = leaf.parts.map(widthOf);
  return { ...leaf, widths, volume: widths.reduce((product, width) => product * width, 1) };
}

function widthOf(part: Part): number {
  return sumOf(part, ([from, to]) => to - from);
}

function sumOf<Item>(items: readonly Item[], measure: (item: Item) => number): number {
  return items.reduce((sum, item) => sum + measure(item), 0);
}

/** The ends of all ranges, ascending, each once. */
function cutsOf(leaves: readonly Leaf[], feature: number): Float64Array {
  const ends = new Set(leaves.flatMap(({ parts }) => (parts[feature] ?? []).flat()));
  return Float64Array.from(ends).sort();
}

function indexIn(cuts: Float64Array): (cut: number) => number {
  const indices = new Map(Array.from(cuts, (cut, index) => [cut, index]));
  return (cut) => indices.get(cut) ?? 0;
}

/** Of the piece between a cut and the next one; behind the last cut there is nothing. */
function widthAt(cuts: Float64Array, index: number): number {
  return (cuts[index + 1] ?? cuts[index] ?? 0) - (cuts[index] ?? 0);
}

function change(changes: Float64Array, index: number, by: number): void {
  changes[index] = (changes[index] ?? 0) + by;
}

/** Running sums over elements that are `stride` apart, begun anew with each block. */
function accumulate(values: Float64Array, stride: number, block: number, length: number): void {
  for (let index = stride; index < length; index++) {
    if (index % block >= stride) change(values, index, values[index - stride] ?? 0);
  }
}
