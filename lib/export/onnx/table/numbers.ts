import type { OtherScaling } from '../../../data/columns/scalings.js';
import type { FeatureColumn } from '../../../data/tableSchema.js';
import { int } from '../attributes.js';
import type { Graph, Value } from '../graph.js';
import { concatenated } from '../layers.js';
import { addNormalValue } from './normalValue.js';

/**
 * Columns of numbers. They go in as float64, shape (rows, 1), and are scaled as such: in single precision, numbers that are
 * large beside their spread would be the same.
 */

/** @param missing numbers that stand for a missing value; NaN and infinities do so always */
export function addNumber(
  graph: Graph,
  number: Value,
  column: FeatureColumn<'number'>,
  missing: readonly number[],
): Value {
  const isPresent = presence(graph, number, missing);
  const { scaling, mean } = column;
  const isAsItIs = scaling?.type === 'none' || scaling?.type === 'piecewise';
  const isSpread = scaling?.type === 'piecewise';
  const middle = graph.doubles([isAsItIs ? mean : 0], [1, 1]);
  // Spread over its bins is the number itself, and what stands in its place.
  const scaled = isSpread ? number : scaledNumber(graph, number, column);
  const filled = graph.node('Where', [isPresent, scaled, middle]);
  const inputs = isSpread ? addBins(graph, filled, scaling.edges) : filled;
  const value = graph.cast(inputs, 'float');
  if (!column.missingIndicator) return value;
  return concatenated(graph, [value, graph.cast(graph.node('Not', [isPresent]), 'float')]);
}

/** Whether values are there. @returns shape (rows, 1) */
export function presence(graph: Graph, number: Value, missing: readonly number[]): Value {
  const size = graph.node('Abs', [number]);
  // Not true for NaN either.
  let isPresent = graph.node('LessOrEqual', [size, graph.doubles([Number.MAX_VALUE])]);
  for (const other of missing) {
    const isOther = graph.node('Equal', [number, graph.doubles([other])]);
    isPresent = graph.node('And', [isPresent, graph.node('Not', [isOther])]);
  }
  return isPresent;
}

/** (number − center) / spread */
export function standardised(graph: Graph, number: Value, center: number, spread: number): Value {
  const centred = graph.node('Sub', [number, graph.doubles([center])]);
  return graph.node('Div', [centred, graph.doubles([spread])]);
}

function scaledNumber(
  graph: Graph,
  number: Value,
  { mean, deviation, scaling }: FeatureColumn<'number'>,
): Value {
  if (scaling === undefined) return standardised(graph, number, mean, deviation);
  return scalers[scaling.type](graph, number, scaling as never);
}

type Scalers = {
  readonly [Name in OtherScaling['type']]: (
    graph: Graph,
    number: Value,
    scaling: OtherScaling<Name>,
  ) => Value;
};

/** x / √(1 + (x / bound)²) never reaches the bound. */
const bound = 3;

const scalers: Scalers = {
  robust(graph, number, { center, scale }) {
    const x = standardised(graph, number, center, scale);
    const share = graph.node('Div', [x, graph.doubles([bound])]);
    const square = graph.node('Mul', [share, share]);
    const length = graph.node('Sqrt', [graph.node('Add', [square, graph.doubles([1])])]);
    return graph.node('Div', [x, length]);
  },
  quantile(graph, number, { quantiles }) {
    return addNormalValue(graph, shareBelow(graph, number, quantiles));
  },
  piecewise: (_, number) => number,
  none: (_, number) => number,
};

/** The share of the values of training below, in the middle of those that are equal. */
function shareBelow(graph: Graph, number: Value, quantiles: readonly number[]): Value {
  const last = quantiles.length - 1;
  const all = graph.doubles(quantiles, [1, quantiles.length]);
  const smaller = countOf(graph, graph.node('Less', [all, number]));
  const upTo = countOf(graph, graph.node('LessOrEqual', [all, number]));
  const one = graph.doubles([1]);
  const [zero, end] = [graph.doubles([0]), graph.doubles([last])];
  const quantileAt = (place: Value): Value => {
    const within = graph.node('Max', [graph.node('Min', [place, end]), zero]);
    return graph.node('Gather', [graph.doubles(quantiles), graph.cast(within, 'int64')]);
  };
  const before = graph.node('Sub', [smaller, one]);
  const below = quantileAt(before);
  const step = graph.node('Sub', [quantileAt(smaller), below]);
  const part = graph.node('Div', [graph.node('Sub', [number, below]), step]);
  // Outside of all quantiles there is no step.
  const inside = graph.node('Where', [
    graph.node('Greater', [step, zero]),
    graph.node('Add', [before, part]),
    smaller,
  ]);
  const middle = standardised(graph, graph.node('Add', [smaller, upTo]), 1, 2);
  const isEqual = graph.node('Greater', [upTo, smaller]);
  const place = graph.node('Where', [isEqual, middle, inside]);
  const share = graph.node('Div', [place, end]);
  return graph.node('Min', [share, one]);
}

/** @param isSo shape (rows, quantiles) */
function countOf(graph: Graph, isSo: Value): Value {
  const numbers = graph.cast(isSo, 'double');
  return graph.node('ReduceSum', [numbers, graph.integers([1])], { keepdims: int(1) });
}

/** One input for each bin: the place in it. */
function addBins(graph: Graph, number: Value, edges: readonly number[]): Value {
  const last = edges.length - 2;
  const bins = [...Array(last + 1).keys()];
  const ofBins = (number: (bin: number) => number): Value =>
    graph.doubles(bins.map(number), [1, bins.length]);
  const low = ofBins((bin) => edges[bin] as number);
  const width = ofBins((bin) => (edges[bin + 1] as number) - (edges[bin] as number));
  const place = graph.node('Div', [graph.node('Sub', [number, low]), width]);
  // Beyond the outermost edges it goes on for the width of a bin.
  const least = ofBins((bin) => (bin === 0 ? -1 : 0));
  const most = ofBins((bin) => (bin === last ? 2 : 1));
  return graph.node('Min', [graph.node('Max', [place, least]), most]);
}
