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
  private readonly start: number;
  private readonly width: number;

  constructor({ low, high, log, step }: FloatParameter | IntParameter) {
    this.low = low;
    this.log = log;
    this.step = step;
    this.high = step === null ? high : onGrid(low, Math.floor((high - low) / step + 1e-9), step);
    const [first, last] = step === null ? [low, high] : this.outerEdges(step);
    this.start = this.warp(first);
    this.width = this.warp(last) - this.start;
  }

  /** How many values there are; Infinity without a step. */
  get size(): number {
    if (this.low === this.high) return 1;
    return this.step === null ? Infinity : Math.round((this.high - this.low) / this.step) + 1;
  }

  has(value: JsonValue): boolean {
    if (typeof value !== 'number' || value < this.low || value > this.high) return false;
    return this.round(value) === value;
  }

  toUnit(value: JsonValue): number {
    if (this.width === 0 || typeof value !== 'number') return 0.5;
    return (this.warp(value) - this.start) / this.width;
  }

  /** The value at a coordinate; what lies outside of [0, 1] counts as its nearest end. */
  fromUnit(unit: number): number {
    if (this.width === 0) return this.low;
    const warped = this.start + Math.min(Math.max(unit, 0), 1) * this.width;
    return this.round(this.log ? Math.exp(warped) : warped);
  }

  /** How much of the coordinate is rounded to a value; 0 without a step. */
  binWidthAt(value: number): number {
    const { low, high, step } = this;
    if (step === null || this.width === 0) return 0;
    const from = value <= low ? 0 : this.toUnit(value - step / 2);
    const to = value >= high ? 1 : this.toUnit(value + step / 2);
    return to - from;
  }

  /** The value with this index, from 0 to size - 1; only with a step. */
  at(index: number): number {
    return this.step === null ? this.low : onGrid(this.low, index, this.step);
  }

  private round(value: number): number {
    const { low, high, step } = this;
    const inside = Math.min(Math.max(value, low), high);
    return step === null ? inside : onGrid(low, Math.round((inside - low) / step), step);
  }

  private outerEdges(step: number): [number, number] {
    const last = this.high + step / 2;
    if (!this.log) return [this.low - step / 2, last];
    // As far below the first value as the next edge is above it, in the logarithm: always above 0.
    return [this.low ** 2 / (this.low + step / 2), last];
  }

  private warp(value: number): number {
    return this.log ? Math.log(value) : value;
  }
}

/** Options without an order: the coordinate is the middle of one of as many equal parts. */
export class ChoiceDomain {
  readonly kind = 'choice';
  readonly options: readonly JsonValue[];
  private readonly keys: readonly string[];

  constructor(parameter: ChoiceParameter | VariantsParameter) {
    this.options =
      parameter.type === 'choice' ? parameter.options : Object.keys(parameter.variants);
    this.keys = this.options.map((option) => JSON.stringify(option));
  }

  get size(): number {
    return this.options.length;
  }

  has(value: JsonValue): boolean {
    return this.indexOf(value) >= 0;
  }

  /** -1 for what is not an option. */
  indexOf(value: JsonValue): number {
    return this.keys.indexOf(JSON.stringify(value));
  }

  at(index: number): JsonValue {
    return this.options[index] ?? null;
  }

  toUnit(value: JsonValue): number {
    return (this.indexOf(value) + 0.5) / this.size;
  }

  fromUnit(unit: number): JsonValue {
    const index = Math.floor(unit * this.size);
    return this.at(Math.min(Math.max(index, 0), this.size - 1));
  }
}

/** low + index · step, without the dust of floating-point numbers (0.1 + 2 · 0.1 is 0.3 here). */
function onGrid(low: number, index: number, step: number): number {
  const value = low + index * step;
  return Number.isInteger(value) ? value : Number(value.toPrecision(12));
}
