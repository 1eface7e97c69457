import type { ValueAndGradient } from '../numeric/lbfgs.js';
import { logExpectedGain, logExpectedGainSlope } from '../numeric/normal.js';
import type { GaussianProcess } from './gaussianProcess.js';

/**
 * The logarithm of how much below a target the function is expected to be, counting 0 where it is
 * above (Mockus et al. 1978; Jones et al. 1998); the logarithm, as the improvement itself is a flat
 * zero over most of the space (Ament et al. 2023).
 */
export function logExpectedImprovement(
  process: GaussianProcess,
  target: number,
  point: Float64Array,
): number {
  const { mean, variance } = process.predict(point);
  const deviation = Math.sqrt(variance);
  return Math.log(deviation) + logExpectedGain((target - mean) / deviation);
}

/** The same, with its gradient by the coordinates of the point; zero along axes of options. */
export function logExpectedImprovementWithGradient(
  process: GaussianProcess,
  target: number,
  point: Float64Array,
): ValueAndGradient {
  const { mean, variance, meanSlope, varianceSlope } = process.predictWithSlopes(point);
  const deviation = Math.sqrt(variance);
  const z = (target - mean) / deviation;
  const slope = logExpectedGainSlope(z);
  const byMean = -slope / deviation;
  const byVariance = (1 - z * slope) / (2 * variance);
  return {
    value: Math.log(deviation) + logExpectedGain(z),
    gradient: meanSlope.map((change, axis) => {
      return byMean * change + byVariance * (varianceSlope[axis] ?? 0);
    }),
  };
}
