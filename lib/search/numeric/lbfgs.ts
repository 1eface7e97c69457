import { at } from './cholesky.js';

export interface ValueAndGradient {
  readonly value: number;
  readonly gradient: Float64Array;
}

/** A function to be minimised; a value that is not finite says that it is not defined there. */
export type Differentiable = (point: Float64Array) => ValueAndGradient;

/** The smallest and the largest value of each coordinate. */
export interface Box {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

interface Iterate extends ValueAndGradient {
  readonly point: Float64Array;
}

/** A step, and how it changed the gradient. */
interface Correction {
  readonly step: Float64Array;
  readonly change: Float64Array;
  readonly inverseDot: number;
}

const memory = 8;

/**
 * The point to which L-BFGS comes from `start` (Nocedal and Wright, "Numerical optimization", 7.2),
 * with a line search that halves the step until Armijo's condition holds. For smooth functions of a
 * few variables.
 *
 * In a box the steps are bent along its sides, and a coordinate that would leave it stays where it is
 * (projection; as L-BFGS-B does, without its search for the breakpoints). The start has to lie in it.
 */
export function minimize(
  of: Differentiable,
  start: Float64Array,
  iterations: number,
  box: Box | null = null,
): Float64Array {
  let current: Iterate = { point: start, ...of(start) };
  let corrections: Correction[] = [];
  for (let iteration = 0; iteration < iterations; iteration++) {
    const free = withoutHeld(current.gradient, current, box);
    const direction = withoutHeld(descentDirection(free, corrections), current, box);
    const next = searchLine(of, current, direction, corrections.length === 0, box);
    if (next === null) break;
    const correction = correctionBetween(current, next);
    if (correction) corrections = [...corrections.slice(1 - memory), correction];
    const gain = current.value - next.value;
    current = next;
    if (gain < 1e-6 * (1 + Math.abs(current.value))) break;
  }
  return current.point;
}

/** The two-loop recursion: minus the inverse Hessian, as the corrections know it, times gradient. */
function descentDirection(
  gradient: Float64Array,
  corrections: readonly Correction[],
): Float64Array {
  const direction = gradient.map((value) => -value);
  const weights: number[] = [];
  for (const { step, change, inverseDot } of corrections.toReversed()) {
    const weight = inverseDot * dot(step, direction);
    weights.unshift(weight);
    addScaled(direction, change, -weight);
  }
  const newest = corrections.at(-1);
  if (newest) {
    const scale = 1 / (newest.inverseDot * dot(newest.change, newest.change));
    for (let index = 0; index < direction.length; index++) {
      direction[index] = at(direction, index) * scale;
    }
  }
  corrections.forEach(({ step, change, inverseDot }, index) => {
    addScaled(direction, step, (weights[index] ?? 0) - inverseDot * dot(change, direction));
  });
  return direction;
}

function searchLine(
  of: Differentiable,
  { point, value, gradient }: Iterate,
  direction: Float64Array,
  first: boolean,
  box: Box | null,
): Iterate | null {
  const slope = dot(gradient, direction);
  if (!(slope < 0)) return null;
  // Nothing is known of the scale before the first step.
  let length = first ? Math.min(1, 1 / Math.sqrt(-slope)) : 1;
  for (let halving = 0; halving < 20; halving++, length /= 2) {
    const candidate = Float64Array.from(point);
    addScaled(candidate, direction, length);
    if (box) clamp(candidate, box);
    const result = of(candidate);
    const expected = box ? Math.min(slopeAlong(gradient, point, candidate), 0) : length * slope;
    if (result.value <= value + 1e-4 * expected) return { point: candidate, ...result };
  }
  return null;
}

/** The vector with zeros where the descent would leave the box. */
function withoutHeld(
  vector: Float64Array,
  { point, gradient }: Iterate,
  box: Box | null,
): Float64Array {
  if (!box) return vector;
  return vector.map((value, index) => {
    const [x, slope] = [at(point, index), at(gradient, index)];
    const held = slope > 0 ? x <= at(box.lower, index) : x >= at(box.upper, index);
    return held ? 0 : value;
  });
}

function clamp(point: Float64Array, { lower, upper }: Box): void {
  for (let index = 0; index < point.length; index++) {
    point[index] = Math.min(Math.max(at(point, index), at(lower, index)), at(upper, index));
  }
}

/** By how much the value changes from one point to another, as the gradient at the first has it. */
function slopeAlong(gradient: Float64Array, from: Float64Array, to: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < from.length; index++) {
    sum += at(gradient, index) * (at(to, index) - at(from, index));
  }
  return sum;
}

/** Null where the curvature is not positive: such a pair would spoil the descent. */
function correctionBetween(before: Iterate, after: Iterate): Correction | null {
  const step = after.point.map((value, index) => value - at(before.point, index));
  const change = after.gradient.map((value, index) => value - at(before.gradient, index));
  const product = dot(step, change);
  return product > 1e-12 * dot(change, change) ? { step, change, inverseDot: 1 / product } : null;
}

function dot(left: Float64Array, right: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < left.length; index++) sum += at(left, index) * at(right, index);
  return sum;
}

function addScaled(target: Float64Array, source: Float64Array, scale: number): void {
  for (let index = 0; index < target.length; index++) {
    target[index] = at(target, index) + scale * at(source, index);
  }
}
