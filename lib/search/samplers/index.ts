import { cmaEsSampler } from './cmaEs.js';
import { gaussianProcessSampler } from './gaussianProcess.js';
import { gridSampler } from './grid.js';
import { randomSampler } from './random.js';
import { sobolSampler } from './sobol.js';
import { tpeSampler } from './tpe.js';

/** All samplers by their names. */
export const samplers = {
  /** Values drawn evenly from the space. */
  random: randomSampler,
  /** All combinations of a grid, one after the other. */
  grid: gridSampler,
  /** Values that fill the space more evenly than random ones. */
  sobol: sobolSampler,
  /** Tree-structured Parzen estimator: where good trials lie more densely than bad ones. */
  tpe: tpeSampler,
  /** Covariance matrix adaptation: a normal distribution that moves and turns towards good trials. */
  cmaEs: cmaEsSampler,
  /** Bayesian optimisation: where a Gaussian process expects the most improvement. */
  gaussianProcess: gaussianProcessSampler,
} as const;
