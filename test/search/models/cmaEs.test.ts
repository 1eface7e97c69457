import { describe, expect, test } from 'vitest';
import { RandomStream } from '../../../lib/random.js';
import {
  type CmaState,
  defaultPopulation,
  deviationsOf,
  initialState,
  nextState,
  samplePoint,
} from '../../../lib/search/models/cmaEs.js';
import { eigenOf } from '../../../lib/search/numeric/eigen.js';
import { randomCovariance } from '../numeric/matrices.js';

type Loss = (point: Float64Array) => number;

/** Generations until the loss is below a bound, and the state then. */
function descend(loss: Loss, size: number, seed: number, bound: number) {
  const random = new RandomStream(seed);
  let state = initialState(new Float64Array(size).fill(1), 0.5, defaultPopulation(size));
  for (let generation = 1; generation <= 2000; generation++) {
    state = generationAfter(state, loss, random);
    if (loss(state.mean) < bound) return { generation, state };
  }
  return { generation: Infinity, state };
}

function generationAfter(state: CmaState, loss: Loss, random: RandomStream): CmaState {
  const points = Array.from({ length: state.population }, () => samplePoint(state, random));
  points.sort((a, b) => loss(a) - loss(b));
  return nextState(state, points, points.length);
}

/** Σ 10^(6 k / (size - 1)) · (row k of basis · x)². */
function ellipsoid(size: number, basis: Float64Array): Loss {
  return (point) => {
    let sum = 0;
    for (let k = 0; k < size; k++) {
      const y = point.reduce((dot, x, index) => dot + x * (basis[k * size + index] ?? NaN), 0);
      sum += 10 ** ((6 * k) / (size - 1)) * y * y;
    }
    return sum;
  };
}

describe('CMA-ES', () => {
  const size = 6;
  const identity = Float64Array.from({ length: size * size }, (_, i) => (i % (size + 1) ? 0 : 1));
  const rotation = eigenOf(randomCovariance(size, new RandomStream(1)), size).vectors;

  test('learns an ellipsoid of condition 1e6, whichever way it is turned', () => {
    const straight = descend(ellipsoid(size, identity), size, 3, 1e-10);
    const turned = descend(ellipsoid(size, rotation), size, 3, 1e-10);
    // 2700 to 3600 evaluations over seeds.
    expect(straight.generation).toBeLessThan(500);
    expect(turned.generation).toBeLessThan(500);
    // The covariance has become the inverse of the curvature, up to its scale.
    for (const { state } of [straight, turned]) {
      const ratio = Math.max(...state.eigen.values) / Math.min(...state.eigen.values);
      expect(Math.log10(ratio)).toBeGreaterThan(5);
      expect(Math.log10(ratio)).toBeLessThan(7);
    }
  });

  test('comes down a sphere in a straight line of the logarithm', () => {
    const { generation } = descend(
      (x) => x.reduce((sum, one) => sum + one * one, 0),
      size,
      1,
      1e-16,
    );
    expect(generation).toBeLessThan(200);
  });

  test('grows its steps down a slope', () => {
    const random = new RandomStream(2);
    let state = initialState(new Float64Array(3), 0.1, 7);
    for (let k = 0; k < 20; k++) state = generationAfter(state, ([x = 0]) => x, random);
    expect(Math.max(...deviationsOf(state))).toBeGreaterThan(1);
    expect(state.mean[0]).toBeLessThan(-5);
  });

  test('draws from its distribution', () => {
    const random = new RandomStream(4);
    const state = descend(ellipsoid(2, Float64Array.of(1, 1, -1, 1)), 2, 5, 1e-4).state;
    const sum = new Float64Array(4);
    const draws = 20_000;
    for (let draw = 0; draw < draws; draw++) {
      const point = samplePoint(state, random);
      const [x = 0, y = 0] = point.map(
        (value, i) => (value - (state.mean[i] ?? 0)) / state.stepSize,
      );
      for (const [index, product] of [x * x, x * y, y * x, y * y].entries()) {
        sum[index] = (sum[index] ?? 0) + product / draws;
      }
    }
    const scale = Math.max(...state.covariance);
    sum.forEach((value, index) => {
      expect(Math.abs(value - (state.covariance[index] ?? NaN)) / scale).toBeLessThan(0.05);
    });
  });

  test('moves only towards what was good', () => {
    const state = initialState(Float64Array.of(0, 0), 1, 6);
    const points = [
      [1, 0],
      [0, 1],
      [0, 1],
      [0, 1],
      [0, 1],
      [0, 1],
    ].map((p) => Float64Array.from(p));
    const { mean } = nextState(state, points, 1);
    expect([...mean]).toEqual([1, 0]);
  });

  test('is not thrown far by a point that it would never have drawn', () => {
    const state = initialState(Float64Array.of(0, 0), 0.01, 4);
    const points = [
      [1, 1],
      [0, 0],
      [0, 0],
      [0, 0],
    ].map((p) => Float64Array.from(p));
    expect(Math.hypot(...nextState(state, points, 4).mean)).toBeLessThan(0.05);
  });
});
