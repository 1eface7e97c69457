import { describeValue } from '../checks.js';
import { ArgumentError } from '../errors.js';
import type { JsonValue } from '../model/json.js';
import type { ChoiceParameter, FloatParameter, IntParameter, VariantsParameter } from './space.js';

/**
 * The set of values of one parameter, and its coordinate in [0, 1): equal lengths of it are equally
 * likely. Samplers that work with numbers work there, and know nothing of scales and steps.
 */
export type Domain = NumberDomain | ChoiceDomain;

/** Numbers from low to high; with a step, the middles of bins as wide as it. */
export class NumberDomain {
  readonly kind = 'number';
  readonly low: number;
  readonly high: number;
  readonly log: boolean;
  readonly step: number | null;
  /** Ends of the scale, after the logarithm: those of the outer bins where there is a step. */
  readonly #start: number;
  readonly #width: number;
  /** As it was given, where the last step may end below. */
  readonly #end: number;

  constructor({ low, high, log, step }: FloatParameter | IntParameter) {
    this.low = low;
    this.log = log;
    this.step = step;
    this.#end = high;
    this.high = step === null ? high : this.#onGrid(stepsIn(low, high, step), step);
    [this.#start, this.#width] = step === null ? this.#inside() : this.#outside(step);
  }

  /** How many values there are; Infinity without a step. */
  get size(): number {
    if (this.low === this.high) return 1;
    return this.step === null ? Infinity : Math.round((this.high - this.low) / this.step) + 1;
  }

  /** Whether a trial may have this value. */
  has(value: JsonValue): boolean {
    if (typeof value !== 'number') return false;
    const { low, high, step } = this;
    if (step === null) return value >= low && value <= high;
    const index = Math.round((value - low) / step);
    if (!(index >= 0 && index < this.size)) return false;
    // Version 0.1 also wrote the ends without their last digits.
    return value === this.#onGrid(index, step) || value === withoutDust(low + index * step, step);
  }

  /** The coordinate of a value, from 0 to 1; 0.5 where there is only one value. */
  toUnit(value: JsonValue): number {
    if (this.#width === 0 || typeof value !== 'number') return 0.5;
    return (this.#warp(value) - this.#start) / this.#width;
  }

  /** The value at a coordinate; what lies outside of [0, 1] counts as its nearest end. */
  fromUnit(unit: number): number {
    requireUnit(unit);
    if (this.#width === 0) return this.low;
    const warped = this.#start + Math.min(Math.max(unit, 0), 1) * this.#width;
    return this.#round(this.log ? Math.exp(warped) : warped);
  }

  /** How much of the coordinate is rounded to a value; 0 without a step. */
  binWidthAt(value: number): number {
    const { low, high, step } = this;
    if (step === null || this.#width === 0) return 0;
    const from = value <= low ? 0 : this.toUnit(value - step / 2);
    const to = value >= high ? 1 : this.toUnit(value + step / 2);
    return to - from;
  }

  /** The value with this index, from 0 to size - 1; only with a step. */
  at(index: number): number {
    requireIndex(index);
    return this.step === null ? this.low : this.#onGrid(index, this.step);
  }

  #round(value: number): number {
    const { low, high, step } = this;
    const inside = Math.min(Math.max(value, low), high);
    return step === null ? inside : this.#onGrid(Math.round((inside - low) / step), step);
  }

  /** low + index · step, within the range. */
  #onGrid(index: number, step: number): number {
    const value = withoutDust(this.low + index * step, step);
    return Math.min(Math.max(value, this.low), this.#end);
  }

  #inside(): readonly [start: number, width: number] {
    const start = this.#warp(this.low);
    return [start, this.#warp(this.high) - start];
  }

  #outside(step: number): readonly [start: number, width: number] {
    const start = this.#firstEdge(step);
    return [start, this.#warp(this.high + step / 2) - start];
  }

  #firstEdge(step: number): number {
    const { low } = this;
    if (!this.log) return low - step / 2;
    // As far below the first value as the next edge is above it, in the logarithm: always above 0.
    const edge = low ** 2 / (low + step / 2);
    return edge > 0 && edge < Infinity
      ? Math.log(edge)
      : 2 * Math.log(low) - Math.log(low + step / 2);
  }

  #warp(value: number): number {
    return this.log ? Math.log(value) : value;
  }
}

/** Options without an order: the coordinate is the middle of one of as many equal parts. */
export class ChoiceDomain {
  readonly kind = 'choice';
  readonly options: readonly JsonValue[];
  readonly #keys: readonly (string | undefined)[];

  constructor(parameter: ChoiceParameter | VariantsParameter) {
    this.options =
      parameter.type === 'choice' ? parameter.options : Object.keys(parameter.variants);
    this.#keys = this.options.map(keyOfOption);
  }

  /** How many options there are. */
  get size(): number {
    return this.options.length;
  }

  /** Whether it is one of the options. */
  has(value: JsonValue): boolean {
    return this.indexOf(value) >= 0;
  }

  /** -1 for what is not an option. */
  indexOf(value: JsonValue): number {
    const key = keyOfOption(value);
    return key === undefined ? -1 : this.#keys.indexOf(key);
  }

  /** The option with this index, from 0 to size - 1. */
  at(index: number): JsonValue {
    return this.options[requireIndex(index)] ?? null;
  }

  /** The coordinate of an option: the middle of its part of [0, 1]. */
  toUnit(value: JsonValue): number {
    return (this.indexOf(value) + 0.5) / this.size;
  }

  /** The option whose part of [0, 1] holds the coordinate. */
  fromUnit(unit: number): JsonValue {
    const index = Math.floor(requireUnit(unit) * this.size);
    return this.at(Math.min(Math.max(index, 0), this.size - 1));
  }
}

/** How many whole steps there are; a thousandth of a millionth less is rounding. */
function stepsIn(low: number, high: number, step: number): number {
  return Math.floor((high - low) / step + 1e-9);
}

/**
 * Without the dust of floating-point numbers (0.1 + 2 · 0.1 is 0.3 here), where that changes next to
 * nothing: what is large and has small steps needs all of its digits.
 */
function withoutDust(value: number, step: number): number {
  if (Number.isInteger(value)) return value;
  const tidy = Number(value.toPrecision(12));
  return Math.abs(tidy - value) < 1e-3 * step ? tidy : value;
}

/** The text that equal JSON has; undefined for what is no JSON at all. */
function keyOfOption(value: JsonValue): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    // A cycle, or a bigint: no option.
    return undefined;
  }
}

function requireIndex(index: number): number {
  if (Number.isInteger(index)) return index;
  throw new ArgumentError({
    path: 'index',
    expected: 'an integer',
    received: describeValue(index),
  });
}

/** What lies outside of [0, 1] counts as its nearest end; that goes for the infinities too. */
function requireUnit(unit: number): number {
  if (typeof unit === 'number' && !Number.isNaN(unit)) return unit;
  throw new ArgumentError({
    path: 'unit',
    expected: 'a coordinate from 0 to 1',
    received: describeValue(unit),
  });
}
