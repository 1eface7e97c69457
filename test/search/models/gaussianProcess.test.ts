import { describe, expect, test } from 'vitest';
import { GaussianProcess } from '../../../lib/search/models/gaussianProcess.js';
import {
  hyperparametersAt,
  negativeLogLikelihood,
} from '../../../lib/search/models/gaussianProcessFit.js';
import type { AxisKind } from '../../../lib/search/models/matern.js';
import { matern } from '../../../lib/search/models/matern.js';
import fixture from '../../fixtures/gaussian-process-values.json' with { type: 'json' };
import { numericalGradient, observationsOf } from './processes.js';

const oneAxis = ['number'] as const;
const certain = { lengths: Float64Array.of(0.3), amplitude: 2, noise: 0 };
const at = (...coordinates: number[]) => Float64Array.from(coordinates);

describe('a Gaussian process', () => {
  test('of one point is known in closed form', () => {
    const observations = { kinds: oneAxis, points: [at(0.4)], targets: at(3) };
    const process = new GaussianProcess(observations, { ...certain, noise: 0.5 });
    for (const x of [0, 0.3, 0.4, 1]) {
      const covariance = 2 * matern(((x - 0.4) / 0.3) ** 2);
      const { mean, variance } = process.predict(at(x));
      expect(mean).toBeCloseTo((covariance * 3) / 2.5, 12);
      expect(variance).toBeCloseTo(2 - covariance ** 2 / 2.5, 12);
    }
  });

  test('goes through its targets without noise, and forgets them far away', () => {
    const observations = observationsOf(([x = 0]) => Math.sin(6 * x), 8, oneAxis);
    const process = new GaussianProcess(observations, certain);
    observations.points.forEach((point, index) => {
      const { mean, variance } = process.predict(point);
      expect(mean).toBeCloseTo(observations.targets[index] ?? NaN, 8);
      expect(variance).toBeLessThan(1e-8);
    });
    const { mean, variance } = process.predict(at(50));
    expect(mean).toBeCloseTo(0, 10);
    expect(variance).toBeCloseTo(2, 10);
  });

  test('follows a smooth function between its points', () => {
    const wave = ([x = 0, y = 0]: Float64Array) => Math.sin(5 * x) * (1 + y);
    const kinds = ['number', 'number'] as const;
    const hyperparameters = { lengths: at(0.6, 1.5), amplitude: 1, noise: 1e-6 };
    const process = new GaussianProcess(observationsOf(wave, 60, kinds), hyperparameters);
    const { points, targets } = observationsOf(wave, 50, kinds, 2);
    points.forEach((point, index) => {
      const { mean, variance } = process.predict(point);
      expect(Math.abs(mean - (targets[index] ?? NaN))).toBeLessThan(0.05 + 3 * Math.sqrt(variance));
    });
  });

  test.each(fixture.cases)('agrees with NumPy on $kinds', (stored) => {
    const observations = {
      kinds: stored.kinds as AxisKind[],
      points: stored.points.map((point) => Float64Array.from(point)),
      targets: Float64Array.from(stored.targets),
    };
    const hyperparameters = { ...stored, lengths: Float64Array.from(stored.lengths) };
    const process = new GaussianProcess(observations, hyperparameters);
    for (const { point, mean, variance } of stored.predictions) {
      const prediction = process.predict(Float64Array.from(point));
      expect(prediction.mean).toBeCloseTo(mean, 9);
      expect(prediction.variance).toBeCloseTo(variance, 9);
    }
    const logs = at(...stored.lengths, stored.amplitude, stored.noise).map(Math.log);
    expect(hyperparametersAt(logs).lengths[0]).toBeCloseTo(stored.lengths[0] ?? NaN, 12);
    expect(negativeLogLikelihood(observations, logs).value).toBeCloseTo(-stored.logLikelihood, 9);
  });

  test('has slopes that are those of its predictions', () => {
    const kinds = ['number', 'options', 'number'] as const;
    const observations = observationsOf(([x = 0, k = 0, y = 0]) => x * k - y * y, 15, kinds);
    const process = new GaussianProcess(observations, {
      lengths: at(0.5, 1, 0.8),
      amplitude: 1.5,
      noise: 0.01,
    });
    const point = at(0.35, 1, 0.6);
    const { meanSlope, varianceSlope, mean, variance } = process.predictWithSlopes(point);
    expect({ mean, variance }).toEqual(process.predict(point));
    const means = numericalGradient((moved) => process.predict(moved).mean, point);
    const variances = numericalGradient((moved) => process.predict(moved).variance, point);
    for (const axis of [0, 2]) {
      expect(meanSlope[axis]).toBeCloseTo(means[axis] ?? NaN, 7);
      expect(varianceSlope[axis]).toBeCloseTo(variances[axis] ?? NaN, 7);
    }
    expect([meanSlope[1], varianceSlope[1]]).toEqual([0, 0]);
  });

  test('that believes in its means keeps them, and is surer near them', () => {
    const observations = observationsOf(([x = 0]) => x * x, 5, oneAxis);
    const process = new GaussianProcess(observations, { ...certain, noise: 1e-4 });
    const believing = process.believing([at(0.05), at(0.97)]);
    for (const x of [0, 0.05, 0.5, 0.9, 1]) {
      const [before, after] = [process.predict(at(x)), believing.predict(at(x))];
      expect(after.mean).toBeCloseTo(before.mean, 9);
      expect(after.variance).toBeLessThanOrEqual(before.variance + 1e-12);
    }
    expect(believing.predict(at(0.97)).variance).toBeLessThan(1e-3);
    expect(process.believing([])).toBe(process);
  });

  test('bears the same point twice, with another target', () => {
    const observations = { kinds: oneAxis, points: [at(0.4), at(0.4)], targets: at(1, 2) };
    const { mean } = new GaussianProcess(observations, certain).predict(at(0.4));
    expect(mean).toBeCloseTo(1.5, 2);
  });
});
