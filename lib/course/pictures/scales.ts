import { rounded } from './svg.js';

/** From values to places in a picture, with the ticks of an axis. */

export interface Scale {
  /** The place of a value; not finite for one that has none, such as 0 on a logarithmic scale. */
  readonly at: (value: number) => number;
  readonly ticks: readonly number[];
}

/** A scale for these values, from the place `start` to the place `end`. */
export function scaleFor(
  values: readonly number[],
  start: number,
  end: number,
  logarithmic = false,
): Scale {
  const shown = values.filter((value) => Number.isFinite(value) && (!logarithmic || value > 0));
  const low = shown.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const high = shown.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  if (low > high) return { at: () => Number.NaN, ticks: [] };
  return logarithmic
    ? logarithmicScale(low, high, start, end)
    : linearScale(low, high > low ? high : low + 1, start, end);
}

function linearScale(low: number, high: number, start: number, end: number): Scale {
  const step = niceStep((high - low) / 6);
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return {
    at: (value) => start + ((value - low) / (high - low)) * (end - start),
    // The factor is whole: sums of steps would end in 0.30000000000000004.
    ticks: Array.from({ length: count }, (_, index) =>
      Number(((first + index) * step).toPrecision(12)),
    ),
  };
}

/** 1, 2 or 5 times a power of ten. */
function niceStep(wanted: number): number {
  const power = 10 ** Math.floor(Math.log10(wanted));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= wanted * 0.999) ?? 10;
  return factor * power;
}

function logarithmicScale(low: number, high: number, start: number, end: number): Scale {
  const [from, to] = [Math.log10(low / 1.2), Math.log10(high * 1.2)];
  const decades = to - from;
  const step = Math.max(1, Math.ceil(decades / 6));
  const ticks: number[] = [];
  for (let power = Math.ceil(from); power <= to; power += step) ticks.push(Number(`1e${power}`));
  // One or two of them say little of what lies between.
  if (ticks.length < 3) {
    const factors = ticks.length < 2 ? [2, 3, 5] : [2, 5];
    for (let power = Math.floor(from); power <= to; power++) {
      ticks.push(...factors.map((factor) => Number(`${factor}e${power}`)));
    }
  }
  return {
    at: (value) => start + ((Math.log10(value) - from) / decades) * (end - start),
    ticks: ticks
      .filter((tick) => Math.log10(tick) >= from && Math.log10(tick) <= to)
      .sort((left, right) => left - right),
  };
}

/** A tick as people read it: `0.001`, `10,000`, `1e-8`. */
export function tickText(tick: number): string {
  const size = Math.abs(tick);
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) return tick.toExponential(0).replace('e+', 'e');
  return size >= 1 ? String(rounded(tick)) : String(Number(tick.toPrecision(3)));
}
