import { gridSampler } from './grid.js';
import { randomSampler } from './random.js';
import { sobolSampler } from './sobol.js';

/** All samplers by their names. */
export const samplers = {
  random: randomSampler,
  grid: gridSampler,
  sobol: sobolSampler,
} as const;
