import { anomalies } from './anomalies.js';
import { backpropagation } from './backpropagation.js';
import { batchNormalization } from './batchNormalization.js';
import { deepAutoencoder } from './deepAutoencoder.js';
import { denoising } from './denoising.js';
import { depth } from './depth.js';
import { dropout } from './dropout.js';
import type { Fact } from './fact.js';
import { initialization } from './initialization.js';
import { sparseCodes } from './sparseCodes.js';
import { stackedDenoising } from './stackedDenoising.js';
import { vanishingGradients } from './vanishingGradients.js';

/** All facts, in the order of the page. */
export const facts: readonly Fact[] = [
  backpropagation,
  vanishingGradients,
  initialization,
  depth,
  batchNormalization,
  dropout,
  deepAutoencoder,
  stackedDenoising,
  denoising,
  sparseCodes,
  anomalies,
];
