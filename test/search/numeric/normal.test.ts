import { describe, expect, test } from 'vitest';
import {
  logExpectedGain,
  logExpectedGainSlope,
  normalCdf,
  normalPdf,
} from '../../../lib/search/numeric/normal.js';

/** [z, log(pdf(z) + z · cdf(z)), cdf(z)], as mpmath computes them with 60 digits. */
const known: readonly (readonly [number, number, number])[] = [
  [3, 1.0987396653277077, 0.9986501019683699],
  [0.5, -0.3598276837450638, 0.6914624612740131],
  [0, -0.9189385332046728, 0.5],
  [-1, -2.4851210257126413, 0.15865525393145705],
  [-4.9, -16.212816407897733, 4.791832765903198e-7],
  [-5.1, -17.285185774704836, 1.6982674071475982e-7],
  [-7, -29.368107183141277, 1.279812543885835e-12],
  [-12, -77.90910054500735, 1.776482112077679e-33],
  [-9.9, -54.538591240015215, 2.0813752194932135e-23],
  [-10.1, -56.57746897561256, 2.7621094717645067e-24],
  [-1000, -500014.73445209116, 0],
];

describe('the normal distribution', () => {
  test.each(known)('at %f', (z, logGain, cdf) => {
    expect(Math.abs(normalCdf(z) - cdf)).toBeLessThanOrEqual(1e-8 * cdf);
    expect(Math.abs(normalCdf(z) - cdf)).toBeLessThan(1e-14);
    expect(Math.abs(logExpectedGain(z) - logGain)).toBeLessThan(1e-5);
    expect(normalCdf(z) + normalCdf(-z)).toBeCloseTo(1, 14);
  });

  test('the density is the slope of the distribution', () => {
    for (let x = -6; x <= 6; x += 0.37) {
      const slope = (normalCdf(x + 1e-5) - normalCdf(x - 1e-5)) / 2e-5;
      expect(Math.abs(slope - normalPdf(x))).toBeLessThan(1e-9);
    }
  });

  test('the slope of the gain is that of its logarithm, on both sides of the series', () => {
    for (const z of [4, 1, 0, -2.5, -8, -9.9, -10.1, -15, -40, -1000]) {
      const step = 1e-4 * Math.max(1, Math.abs(z) / 100);
      const slope = (logExpectedGain(z + step) - logExpectedGain(z - step)) / (2 * step);
      expect(Math.abs(logExpectedGainSlope(z) - slope)).toBeLessThan(1e-4 * Math.abs(slope));
    }
    expect(logExpectedGainSlope(-1e150)).toBeCloseTo(1e150, -140);
  });

  test('the gain rises without a jump, and stays finite', () => {
    let last = logExpectedGain(-1e150);
    expect(last).toBeGreaterThan(-Infinity);
    for (let z = -60; z < 6; z += 0.01) {
      const gain = logExpectedGain(z);
      expect(gain).toBeGreaterThan(last);
      last = gain;
    }
  });
});
