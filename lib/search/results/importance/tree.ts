import type { RandomStream } from '../../../random.js';
import type { Node, Part, WeightedSamples } from './node.js';
import type { Samples } from './samples.js';
import { bestSplit, type Split } from './split.js';

/** A box of the unit cube in which the tree has one value. */
export interface Leaf {
  readonly value: number;
  /** One for each parameter. */
  readonly parts: readonly Part[];
}

const deepest = 64;

/**
 * A regression tree (Breiman et al. 1984) over a bootstrap sample, grown until its leaves hold one
 * sample or samples that are alike. The leaves fill the unit cube.
 */
export function growTree(samples: Samples, random: RandomStream): Leaf[] {
  const { features, targets } = samples;
  const weights = new Uint32Array(targets.length);
  for (let draw = 0; draw < targets.length; draw++) {
    const drawn = random.below(targets.length);
    weights[drawn] = (weights[drawn] ?? 0) + 1;
  }
  const drawn = Uint32Array.from(weights.keys()).filter((sample) => weights[sample] !== 0);
  const orders = features.map(({ coordinates }) =>
    drawn.toSorted((a, b) => (coordinates[a] ?? 0) - (coordinates[b] ?? 0) || a - b),
  );
  const root: Node = { orders, parts: features.map(({ options }) => equalParts(options || 1)) };
  const leaves: Leaf[] = [];
  grow(root, { ...samples, weights }, deepest, leaves);
  return leaves;
}

function equalParts(count: number): Part {
  return Array.from({ length: count }, (_, index) => [index / count, (index + 1) / count]);
}

function grow(node: Node, samples: WeightedSamples, depth: number, leaves: Leaf[]): void {
  const split = depth === 0 ? null : bestSplit(node, samples);
  if (split === null) {
    leaves.push({ value: meanOf(node, samples), parts: node.parts });
    return;
  }
  for (const side of ['left', 'right'] as const) {
    grow(childOf(node, split, samples, side), samples, depth - 1, leaves);
  }
}

function childOf(
  node: Node,
  split: Split,
  { features }: WeightedSamples,
  side: 'left' | 'right',
): Node {
  const coordinates = features[split.feature]?.coordinates;
  const part = split[side];
  const holds = (sample: number): boolean => {
    const coordinate = coordinates?.[sample] ?? 0;
    // The end of the cube belongs to the last part.
    return part.some(([from, to]) => coordinate >= from && (coordinate < to || to === 1));
  };
  return {
    orders: node.orders.map((order) => order.filter(holds)),
    parts: node.parts.map((kept, feature) => (feature === split.feature ? part : kept)),
  };
}

function meanOf({ orders }: Node, { targets, weights }: WeightedSamples): number {
  let sum = 0;
  let weight = 0;
  for (const sample of orders[0] ?? []) {
    sum += (weights[sample] ?? 0) * (targets[sample] ?? 0);
    weight += weights[sample] ?? 0;
  }
  return sum / weight;
}
