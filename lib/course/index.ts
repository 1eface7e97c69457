/**
 * What the programs of the course use beside `layerwise`: digits, random numbers and pictures.
 *
 * @module layerwise/course
 */

import { requireInteger, seedRule } from '../checks.js';
import { RandomStream } from '../random.js';

export { type DigitSource, type Digits, type DigitsOptions, digits } from './digits.js';
export { type Histograms, histograms } from './pictures/histograms.js';
export { type Images, images } from './pictures/images.js';
export {
  type ChartPoint,
  type LineChart,
  lineChart,
} from './pictures/lineChart.js';
export type { Picture } from './pictures/svg.js';
export { save } from './save.js';

/** Random numbers, one with each call. */
export interface RandomNumbers {
  /** In [0, 1), each as likely as the others. */
  uniform(): number;
  /** Mean 0, variance 1. */
  normal(): number;
}

/**
 * Random numbers that are the same for the same seed.
 *
 * @param seed 32 bits.
 * @throws ArgumentError
 */
export function random(seed: number): RandomNumbers {
  const stream = new RandomStream(requireInteger(seed, 'seed', seedRule));
  return { uniform: () => stream.uniform(), normal: () => stream.normal() };
}
