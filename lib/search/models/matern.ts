/**
 * Points of several axes. On an axis of numbers two of them are as far apart as the numbers; on one
 * of options, which have no order, 0 or 1.
 */
export type AxisKind = 'number' | 'options';

const rootOfFive = Math.sqrt(5);

/**
 * The Matérn kernel with ν = 5/2 (Rasmussen and Williams, "Gaussian processes for machine learning",
 * 4.17) of the squared distance r²: (1 + √5 r + 5r²/3) · exp(-√5 r). Functions of such a process can
 * be differentiated twice, and are no smoother than that (Snoek et al. 2012).
 */
export function matern(squaredDistance: number): number {
  const scaled = rootOfFive * Math.sqrt(squaredDistance);
  return (1 + scaled + (5 / 3) * squaredDistance) * Math.exp(-scaled);
}

/** The derivative of `matern` by the squared distance, over its value: that spares the exponential. */
export function relativeMaternSlope(squaredDistance: number): number {
  const scaled = rootOfFive * Math.sqrt(squaredDistance);
  return ((-5 / 6) * (1 + scaled)) / (1 + scaled + (5 / 3) * squaredDistance);
}

/** Along all axes: automatic relevance determination, a length scale for each of them. */
export function squaredDistance(
  kinds: readonly AxisKind[],
  left: Float64Array,
  right: Float64Array,
  inverseSquareLengths: Float64Array,
): number {
  let sum = 0;
  for (let axis = 0; axis < kinds.length; axis++) {
    const step = stepAlong(kinds[axis], left[axis] ?? 0, right[axis] ?? 0);
    sum += step * step * (inverseSquareLengths[axis] ?? 0);
  }
  return sum;
}

/** Adds what each axis contributes to the squared distance, `scale` times. */
export function addSquaredSteps(
  sums: Float64Array,
  scale: number,
  kinds: readonly AxisKind[],
  left: Float64Array,
  right: Float64Array,
  inverseSquareLengths: Float64Array,
): void {
  for (let axis = 0; axis < kinds.length; axis++) {
    const step = stepAlong(kinds[axis], left[axis] ?? 0, right[axis] ?? 0);
    const squared = step * step * (inverseSquareLengths[axis] ?? 0);
    sums[axis] = (sums[axis] ?? 0) + scale * squared;
  }
}

function stepAlong(kind: AxisKind | undefined, left: number, right: number): number {
  if (kind === 'options') return left === right ? 0 : 1;
  return left - right;
}
