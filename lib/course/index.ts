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
export type { RandomStream };

/**
 * Random numbers that are the same for the same seed: `uniform()` gives one in [0, 1), `normal()` one of
 * mean 0 and variance 1.
 *
 * @param seed 32 bits.
 */
export function random(seed: number): RandomStream {
  return new RandomStream(requireInteger(seed, 'seed', seedRule));
}
