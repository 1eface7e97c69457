import type { Node, Part, WeightedSamples } from './node.js';

/** A parameter whose part of the box is cut in two. */
export interface Split {
  readonly feature: number;
  readonly left: Part;
  readonly right: Part;
}

/** A group of samples that stay together, in the order in which groups may be cut apart. */
interface Group {
  weight: number;
  sum: number;
}

interface Cut {
  /** The groups in front of the cut. */
  readonly count: number;
  /** How much less the squared errors are; more is better. */
  readonly gain: number;
}

/**
 * The split that lowers the squared errors most: of numbers at a threshold, of options into any two
 * sets (which have to be prefixes in the order of their means: Fisher 1958). Null when nothing helps.
 */
export function bestSplit(node: Node, samples: WeightedSamples): Split | null {
  let best: Split | null = null;
  let gain = smallestGain(node, samples);
  for (const [feature, { options }] of samples.features.entries()) {
    const found = options > 0 ? splitOptions : splitNumbers;
    const candidate = found(node, samples, feature);
    if (candidate === null || candidate.gain <= gain) continue;
    gain = candidate.gain;
    best = candidate.split;
  }
  return best;
}

/** Below this, a gain is rounding. */
function smallestGain({ orders }: Node, { targets, weights }: WeightedSamples): number {
  let squares = 0;
  for (const sample of orders[0] ?? []) {
    squares += (weights[sample] ?? 0) * (targets[sample] ?? 0) ** 2;
  }
  return 1e-12 * squares;
}

interface Candidate {
  readonly gain: number;
  readonly split: Split;
}

function splitNumbers(node: Node, samples: WeightedSamples, feature: number): Candidate | null {
  const coordinates = samples.features[feature]?.coordinates ?? new Float64Array(0);
  const groups: Group[] = [];
  const places: number[] = [];
  for (const sample of node.orders[feature] ?? []) {
    const place = coordinates[sample] ?? 0;
    if (places.at(-1) !== place) {
      places.push(place);
      groups.push({ weight: 0, sum: 0 });
    }
    add(groups.at(-1), sample, samples);
  }
  const { count, gain } = bestCut(groups);
  if (count === 0) return null;
  const [range] = node.parts[feature] ?? [];
  const [from, to] = range ?? [0, 1];
  const threshold = ((places[count - 1] ?? 0) + (places[count] ?? 0)) / 2;
  return { gain, split: { feature, left: [[from, threshold]], right: [[threshold, to]] } };
}

function splitOptions(node: Node, samples: WeightedSamples, feature: number): Candidate | null {
  const { options = 1, coordinates } = samples.features[feature] ?? {};
  const groups = (node.parts[feature] ?? []).map((range) => ({ weight: 0, sum: 0, range }));
  const groupOf = new Map(groups.map((group) => [Math.round(group.range[0] * options), group]));
  for (const sample of node.orders[feature] ?? []) {
    const option = Math.floor((coordinates?.[sample] ?? 0) * options);
    add(groupOf.get(option), sample, samples);
  }
  const tried = groups.filter(({ weight }) => weight > 0);
  tried.sort((a, b) => a.sum / a.weight - b.sum / b.weight);
  const { count, gain } = bestCut(tried);
  if (count === 0) return null;
  const front = new Set(tried.slice(0, count));
  const weightOf = (part: readonly Group[]) => part.reduce((sum, { weight }) => sum + weight, 0);
  // Options that nobody tried go with the more samples.
  const isUntriedInFront = weightOf(tried.slice(0, count)) >= weightOf(tried.slice(count));
  const isInFront = (group: (typeof groups)[number]) =>
    group.weight > 0 ? front.has(group) : isUntriedInFront;
  const left = groups.filter(isInFront).map(({ range }) => range);
  const right = groups.filter((group) => !isInFront(group)).map(({ range }) => range);
  return { gain, split: { feature, left, right } };
}

function add(group: Group | undefined, sample: number, samples: WeightedSamples): void {
  if (group === undefined) return;
  const weight = samples.weights[sample] ?? 0;
  group.weight += weight;
  group.sum += weight * (samples.targets[sample] ?? 0);
}

/** Count 0 when there is nothing to cut. */
function bestCut(groups: readonly Group[]): Cut {
  const total = { weight: 0, sum: 0 };
  for (const { weight, sum } of groups) {
    total.weight += weight;
    total.sum += sum;
  }
  const front = { weight: 0, sum: 0 };
  let best: Cut = { count: 0, gain: -Infinity };
  for (let count = 1; count < groups.length; count++) {
    const { weight, sum } = groups[count - 1] as Group;
    front.weight += weight;
    front.sum += sum;
    const gain =
      front.sum ** 2 / front.weight +
      (total.sum - front.sum) ** 2 / (total.weight - front.weight) -
      total.sum ** 2 / total.weight;
    if (gain > best.gain) best = { count, gain };
  }
  return best;
}
