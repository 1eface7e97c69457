import { quantileOf } from '../../statistics.js';
import { normalShare, normalValue } from '../normalDistribution.js';
import type { Scaling } from '../numberScaling.js';
import {
  invalid,
  requireFinite,
  requireList,
  requirePositive,
  requireRecord,
} from '../schemaChecks.js';
import { binEdges, decodePiecewise, encodePiecewise } from './piecewiseLinear.js';

/** How the numbers of a column are scaled, where that is not by mean and standard deviation. */

/** (value − median) by the distance of the quartiles, and large ones bent to at most 3 (of RealMLP). */
interface RobustScaling {
  readonly type: 'robust';
  readonly center: number;
  readonly scale: number;
}

/** To a normal distribution, by the share of the values that are smaller. */
interface QuantileScaling {
  readonly type: 'quantile';
  /** At equal shares of the rows, the smallest and the largest value first and last. */
  readonly quantiles: readonly number[];
}

/** One input for each of some bins, from one edge to the next. */
interface PiecewiseScaling {
  readonly type: 'piecewise';
  /** Ascending, no two alike: one more than bins. */
  readonly edges: readonly number[];
}

/** As they are. */
interface NoScaling {
  readonly type: 'none';
}

interface Scalings {
  robust: RobustScaling;
  quantile: QuantileScaling;
  piecewise: PiecewiseScaling;
  none: NoScaling;
}

type OtherName = keyof Scalings;
export type OtherScaling<Name extends OtherName = OtherName> = {
  [Each in Name]: Scalings[Each] & { readonly type: Each };
}[Name];

/** The ways to scale numbers. */
export const scalingNames = ['standard', 'robust', 'quantile', 'piecewise', 'none'] as const;
export type ScalingName = (typeof scalingNames)[number];

/** What a column needs to know of its scaling to have it applied. */
interface ScalingRow<Name extends OtherName> {
  /** @param ascending numbers of the rows that it is fitted to; may be none */
  fit(ascending: Float64Array): Scalings[Name];
  parse(record: Readonly<Record<string, unknown>>, path: string): Scalings[Name];
  apply(scaling: Scalings[Name], value: number): number;
  invert(scaling: Scalings[Name], input: number): number;
}

/** Beyond this share of all values the normal distribution is not followed: 3.7 deviations. */
const leastShare = 1e-4;
const mostQuantiles = 257;
/** Smooth clipping never reaches it. */
const bound = 3;

const rows: { readonly [Name in OtherName]: ScalingRow<Name> } = {
  robust: {
    fit(ascending) {
      if (ascending.length === 0) return { type: 'robust', center: 0, scale: 1 };
      const quartiles = quantileOf(ascending, 0.75) - quantileOf(ascending, 0.25);
      const range = (ascending.at(-1) ?? 0) - (ascending[0] ?? 0);
      // Where most values are the same, half the range stands for their distance.
      const scale = quartiles > 0 ? quartiles : range / 2;
      return {
        type: 'robust',
        center: quantileOf(ascending, 0.5),
        scale: scale > 0 && Number.isFinite(scale) ? scale : 1,
      };
    },
    parse: (record, path) => ({
      type: 'robust',
      center: requireFinite(record.center, `${path}.center`),
      scale: requirePositive(record.scale, `${path}.scale`),
    }),
    apply({ center, scale }, value) {
      const scaled = (value - center) / scale;
      // That is x / sqrt(1 + (x / 3)²), where the square may leave the range of a double.
      return scaled / Math.hypot(1, scaled / bound);
    },
    invert({ center, scale }, input) {
      const inside = Math.min(Math.max(input, -0.999 * bound), 0.999 * bound);
      return center + (scale * inside) / Math.sqrt(1 - (inside / bound) ** 2);
    },
  },
  quantile: {
    fit(ascending) {
      if (ascending.length === 0) return { type: 'quantile', quantiles: [0, 0] };
      const count = Math.max(2, Math.min(mostQuantiles, ascending.length));
      const quantiles = Array.from({ length: count }, (_, index) =>
        quantileOf(ascending, index / (count - 1)),
      );
      return { type: 'quantile', quantiles };
    },
    parse(record, path) {
      const list = requireList(record.quantiles, `${path}.quantiles`);
      const quantiles = list.map((each, index) =>
        requireFinite(each, `${path}.quantiles[${index}]`),
      );
      const isAscending = quantiles.every((each, index) => each >= (quantiles[index - 1] ?? each));
      if (quantiles.length >= 2 && isAscending) return { type: 'quantile', quantiles };
      throw invalid(`${path}.quantiles`, 'two numbers or more in ascending order', list);
    },
    apply({ quantiles }, value) {
      const share = shareBelow(quantiles, value);
      return normalValue(Math.min(Math.max(share, leastShare), 1 - leastShare));
    },
    invert: ({ quantiles }, input) => quantileOf(quantiles, normalShare(input)),
  },
  // The number is spread over its bins as it is.
  piecewise: {
    fit: (ascending) => ({ type: 'piecewise', edges: binEdges(ascending) }),
    parse(record, path) {
      const list = requireList(record.edges, `${path}.edges`);
      const edges = list.map((each, index) => requireFinite(each, `${path}.edges[${index}]`));
      const areApart = edges.every((each, index) => index === 0 || each > Number(edges[index - 1]));
      if (edges.length >= 2 && areApart) return { type: 'piecewise', edges };
      throw invalid(`${path}.edges`, 'two numbers or more, each larger than the last', list);
    },
    apply: (_, value) => value,
    invert: (_, value) => value,
  },
  none: {
    fit: () => ({ type: 'none' }),
    parse: () => ({ type: 'none' }),
    apply: (_, value) => value,
    invert: (_, input) => input,
  },
};

/** The share of values below, between 0 and 1; in the middle of those that are equal. */
function shareBelow(quantiles: readonly number[], value: number): number {
  const last = quantiles.length - 1;
  const low = firstAtLeast(quantiles, value);
  if (low > last) return 1;
  const above = quantiles[low] as number;
  if (above > value) {
    if (low === 0) return 0;
    const below = quantiles[low - 1] as number;
    return (low - 1 + (value - below) / (above - below)) / last;
  }
  let high = low;
  while (high < last && quantiles[high + 1] === value) high++;
  return (low + high) / 2 / last;
}

/** The place of the first that is not below the value, by bisection. */
function firstAtLeast(ascending: readonly number[], value: number): number {
  let from = 0;
  let to = ascending.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((ascending[middle] as number) < value) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** Whether a scaling depends on the order of the numbers, of which some have to be kept. */
export function needsOrder(name: ScalingName | undefined): boolean {
  return name === 'robust' || name === 'quantile' || name === 'piecewise';
}

/** Undefined for the standard scaling, which is that of columns without another. */
export function fitScaling(name: ScalingName, ascending: Float64Array): OtherScaling | undefined {
  return name === 'standard' ? undefined : rows[name].fit(ascending);
}

/** @throws FileFormatError */
export function parseOtherScaling(value: unknown, path: string): OtherScaling {
  const record = requireRecord(value, path);
  const { type } = record;
  if (type === 'robust' || type === 'quantile' || type === 'piecewise' || type === 'none') {
    return rows[type].parse(record, path);
  }
  throw invalid(`${path}.type`, "'robust', 'quantile', 'piecewise' or 'none'", type);
}

/** What a number column is scaled by. */
interface Scaled extends Scaling {
  readonly scaling?: OtherScaling;
}

/** How many inputs a number takes. */
export function inputsOfNumber(scaling: OtherScaling | undefined): number {
  return scaling?.type === 'piecewise' ? scaling.edges.length - 1 : 1;
}

/** Writes a scaled number as the inputs that it takes. */
export function writeNumber(
  scaling: OtherScaling | undefined,
  number: number,
  inputs: Float32Array,
  at: number,
): void {
  if (scaling?.type === 'piecewise') encodePiecewise(scaling.edges, number, inputs, at);
  else inputs[at] = number;
}

/** The scaled number that inputs stand for. */
export function readNumber(scaling: OtherScaling | undefined, inputs: Float32Array): number {
  return scaling?.type === 'piecewise'
    ? decodePiecewise(scaling.edges, inputs)
    : (inputs[0] ?? Number.NaN);
}

/** From values to scaled numbers. */
export function scalerOf({ mean, deviation, scaling }: Scaled): (value: number) => number {
  if (scaling === undefined) return (value) => (value - mean) / deviation;
  return otherScaler(scaling);
}

function otherScaler<Name extends OtherName>(scaling: OtherScaling<Name>) {
  const row: ScalingRow<Name> = rows[scaling.type];
  return (value: number): number => row.apply(scaling, value);
}

/** What a scaled number stands for. */
export function unscaled({ mean, deviation, scaling }: Scaled, input: number): number {
  return scaling === undefined ? mean + input * deviation : otherUnscaled(scaling, input);
}

function otherUnscaled<Name extends OtherName>(scaling: OtherScaling<Name>, input: number): number {
  const row: ScalingRow<Name> = rows[scaling.type];
  return row.invert(scaling, input);
}
