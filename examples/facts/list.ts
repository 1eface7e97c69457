import { anomalies } from './anomalies.ts';
import { backpropagation } from './backpropagation.ts';
import { batchNormalization } from './batchNormalization.ts';
import { deepAutoencoder } from './deepAutoencoder.ts';
import { denoising } from './denoising.ts';
import { depth } from './depth.ts';
import { detection } from './detection.ts';
import { dropout } from './dropout.ts';
import type { Fact } from './fact.ts';
import { initialization } from './initialization.ts';
import { sparseCodes } from './sparseCodes.ts';
import { stackedDenoising } from './stackedDenoising.ts';
import { tables } from './tables.ts';
import { vanishingGradients } from './vanishingGradients.ts';

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
  detection,
  tables,
];
