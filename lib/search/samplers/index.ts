import { cmaEsSampler } from './cmaEs.js';
import { gaussianProcessSampler } from './gaussianProcess.js';
import { gridSampler } from './grid.js';
import { randomSampler } from './random.js';
import { sobolSampler } from './sobol.js';
import { tpeSampler } from './tpe.js';

/** All samplers by their names. */
export const samplers = {
  random: randomSampler,
  grid: gridSampler,
  sobol: sobolSampler,
  tpe: tpeSampler,
  cmaEs: cmaEsSampler,
  gaussianProcess: gaussianProcessSampler,
} as const;
