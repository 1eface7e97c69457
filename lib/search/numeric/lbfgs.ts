import { at } from './cholesky.js';

export interface ValueAndGradient {
  readonly value: number;
  readonly gradient: Float64Array;
}

/** A function to be minimised; a value that is not finite says that it is not defined there. */
export type Differentiable = (point: Float64Array) => ValueAndGradient;

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
 */
export function minimize(
  of: Differentiable,
  start: Float64Array,
  iterations: number,
): Float64Array {
  let current: Iterate = { point: start, ...of(start) };
  let corrections: Correction[] = [];
  for (let iteration = 0; iteration < iterations; iteration++) {
    const direction = descentDirection(current.gradient, corrections);
    const next = searchLine(of, current, direction, corrections.length === 0);
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
): Iterate | null {
  const slope = dot(gradient, direction);
  if (!(slope < 0)) return null;
  // Nothing is known of the scale before the first step.
  let length = first ? Math.min(1, 1 / Math.sqrt(-slope)) : 1;
  for (let halving = 0; halving < 20; halving++, length /= 2) {
    const candidate = Float64Array.from(point);
    addScaled(candidate, direction, length);
    const result = of(candidate);
    if (result.value <= value + 1e-4 * length * slope) return { point: candidate, ...result };
  }
  return null;
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
