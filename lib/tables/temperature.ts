import type { Matrix } from '../data/matrix.js';
import type { Sequential } from '../model/sequential.js';

/**
 * Probabilities that come true: the softmax of a network's last outputs is made softer, or sharper, by one number
 * that rows decide which it has not learned from (Guo et al. 2017).
 */

/** Logarithms of the temperatures that are looked at, and how far from 0 they are expected without evidence. */
const widest = Math.log(5);
const expectedSpread = 0.2;
const steps = 40;
/** What is left of a bracket in a step of the golden section. */
const golden = (Math.sqrt(5) - 1) / 2;
const leastProbability = 1e-9;

/**
 * The temperature by which probabilities fit the classes of their rows best. Few rows say little: it is drawn towards
 * 1, as by a normal prior of its logarithm.
 *
 * @param probabilities Shape (rows, classes), of rows that were not learned from.
 */
export function fittedTemperature(
  { values, rows, columns }: Matrix,
  classes: ArrayLike<number>,
): number {
  const logits = Float64Array.from(values, (share) => Math.log(Math.max(share, leastProbability)));
  const cost = (logarithm: number): number => {
    const sharpness = Math.exp(-logarithm);
    let sum = logarithm ** 2 / (2 * expectedSpread ** 2);
    for (let row = 0; row < rows; row++) {
      const own = logits.subarray(row * columns, (row + 1) * columns);
      sum -= sharpness * (own[classes[row] ?? 0] ?? 0) - logSumExp(own, sharpness);
    }
    return sum;
  };
  return Math.exp(leastBetween(-widest, widest, cost));
}

/** The logarithm of Σ exp(factor · value). */
function logSumExp(values: Float64Array, factor: number): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (const value of values) largest = Math.max(largest, factor * value);
  let sum = 0;
  for (const value of values) sum += Math.exp(factor * value - largest);
  return largest + Math.log(sum);
}

/** Where a function with one valley is least (golden section). */
function leastBetween(low: number, high: number, cost: (at: number) => number): number {
  let [from, to] = [low, high];
  for (let step = 0; step < steps; step++) {
    const width = golden * (to - from);
    if (cost(to - width) < cost(from + width)) to = from + width;
    else from = to - width;
  }
  return (from + to) / 2;
}

/** The probabilities at a temperature. */
export function tempered({ values, rows, columns }: Matrix, temperature: number): Matrix {
  const shares = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    const own = Float64Array.from(values.subarray(row * columns, (row + 1) * columns), (share) =>
      Math.log(Math.max(share, leastProbability)),
    );
    const total = logSumExp(own, 1 / temperature);
    for (const [at, logit] of own.entries()) {
      shares[row * columns + at] = Math.exp(logit / temperature - total);
    }
  }
  return { values: shares, rows, columns };
}

/**
 * Gives a classifier its temperature, which becomes part of its weights: those of the last layer, before its softmax,
 * are divided by it. The file needs no word of it, and whatever reads the weights predicts with it.
 */
export function temper(model: Sequential, temperature: number): void {
  const last = model.spec.layers.length - 1;
  for (const { name, layer } of model.parameters) {
    if (layer !== last) continue;
    model.setParameter(
      name,
      model.getParameter(name).map((value) => value / temperature),
    );
  }
}
