import { describe, expect, test } from 'vitest';
import { RandomStream } from '../../../lib/random.js';
import {
  fitHyperparameters,
  negativeLogLikelihood,
  negativeLogPosterior,
} from '../../../lib/search/models/gaussianProcessFit.js';
import { standardised } from '../../../lib/search/models/trialLosses.js';
import { numericalGradient, observationsOf } from './processes.js';

const kinds = ['number', 'number', 'options'] as const;

describe('the hyper-parameters of a Gaussian process', () => {
  test.each([
    ['likelihood', negativeLogLikelihood],
    ['posterior', negativeLogPosterior],
  ])('the gradient of the %s is the numerical one', (_, loss) => {
    const observations = observationsOf(([x = 0, y = 0, k = 0]) => x + y * k, 12, kinds);
    const random = new RandomStream(4);
    for (let repeat = 0; repeat < 5; repeat++) {
      const logs = Float64Array.from({ length: kinds.length + 2 }, () => random.normal() - 0.5);
      const numerical = numericalGradient((moved) => loss(observations, moved).value, logs);
      const { gradient } = loss(observations, logs);
      numerical.forEach((slope, index) => {
        const error = Math.abs((gradient[index] ?? NaN) - slope);
        expect(error).toBeLessThan(1e-6 * (1 + Math.abs(slope)));
      });
    }
  });

  test('give what matters a short length, and what does not a long one', () => {
    const observations = observationsOf(([x = 0]) => Math.sin(8 * x), 40, ['number', 'number']);
    const { lengths, noise } = fitHyperparameters(observations);
    expect(lengths[0]).toBeLessThan(1);
    expect(lengths[1]).toBeGreaterThan(5 * (lengths[0] ?? NaN));
    expect(noise).toBeLessThan(1e-3);
  });

  test('tell noise from a function', () => {
    const random = new RandomStream(2);
    const noisy = ([x = 0]: Float64Array) => Math.sin(3 * x) + 0.4 * random.normal();
    const { noise } = fitHyperparameters(observationsOf(noisy, 80, ['number']));
    expect(noise).toBeGreaterThan(0.08);
    expect(noise).toBeLessThan(0.3);
  });

  test('are nearly the likeliest ones', () => {
    const observations = observationsOf(([x = 0, y = 0]) => x * x - 2 * y, 20, kinds);
    const scaled = { ...observations, targets: standardised([...observations.targets]) };
    const { lengths, amplitude, noise } = fitHyperparameters(scaled);
    const logs = Float64Array.of(...lengths, amplitude, noise).map(Math.log);
    const { value } = negativeLogPosterior(scaled, logs);
    const random = new RandomStream(3);
    for (let repeat = 0; repeat < 50; repeat++) {
      const other = logs.map((log) => log + 0.5 * random.normal());
      expect(negativeLogPosterior(scaled, other).value).toBeGreaterThan(value - 0.5);
    }
  });

  test('stay finite for targets that are all equal', () => {
    const { lengths, amplitude, noise } = fitHyperparameters(observationsOf(() => 0, 10, kinds));
    for (const value of [...lengths, amplitude, noise]) {
      expect(Number.isFinite(value) && value > 0).toBe(true);
    }
  });
});
