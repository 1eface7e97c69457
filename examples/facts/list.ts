import { batchNormalization } from './batchNormalization.js';
import { depth } from './depth.js';
import type { Fact } from './fact.js';
import { initialization } from './initialization.js';
import { sparseCodes } from './sparseCodes.js';
import { vanishingGradients } from './vanishingGradients.js';

/** All facts, in the order of the page. */
export const facts: readonly Fact[] = [
  vanishingGradients,
  initialization,
  depth,
  batchNormalization,
  sparseCodes,
];
