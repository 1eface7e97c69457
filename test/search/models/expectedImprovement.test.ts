import { describe, expect, test } from 'vitest';
import {
  logExpectedImprovement,
  logExpectedImprovementWithGradient,
} from '../../../lib/search/models/expectedImprovement.js';
import { GaussianProcess } from '../../../lib/search/models/gaussianProcess.js';
import type { AxisKind } from '../../../lib/search/models/matern.js';
import fixture from '../../fixtures/gaussian-process-values.json' with { type: 'json' };
import { numericalGradient, observationsOf } from './processes.js';

describe('the expected improvement', () => {
  test.each(fixture.cases)('is the integral that NumPy computes, on $kinds', (stored) => {
    const process = new GaussianProcess(
      {
        kinds: stored.kinds as AxisKind[],
        points: stored.points.map((point) => Float64Array.from(point)),
        targets: Float64Array.from(stored.targets),
      },
      { ...stored, lengths: Float64Array.from(stored.lengths) },
    );
    for (const { point, expectedImprovement } of stored.predictions) {
      const log = logExpectedImprovement(process, stored.target, Float64Array.from(point));
      expect(log).toBeCloseTo(Math.log(expectedImprovement), 5);
    }
  });

  test.each([-1, -1.5, -4, -40])('has the numerical gradient, with target %f', (target) => {
    const kinds = ['number', 'options', 'number'] as const;
    const observations = observationsOf(([x = 0, , y = 0]) => x - y * y, 12, kinds);
    const process = new GaussianProcess(observations, {
      lengths: Float64Array.of(0.4, 1, 0.7),
      amplitude: 1,
      noise: 1e-3,
    });
    const point = Float64Array.of(0.3, 2, 0.8);
    const score = (moved: Float64Array) => logExpectedImprovement(process, target, moved);
    const { value, gradient } = logExpectedImprovementWithGradient(process, target, point);
    expect(value).toBe(score(point));
    const numerical = numericalGradient(score, point, 1e-6);
    for (const axis of [0, 2]) {
      const slope = numerical[axis] ?? NaN;
      expect(Math.abs((gradient[axis] ?? NaN) - slope)).toBeLessThan(1e-4 * (1 + Math.abs(slope)));
    }
    expect(gradient[1]).toBeCloseTo(0, 12);
  });
});
