import type { TableSchema } from '../data/tableSchema.js';
import {
  huber,
  type LossSpec,
  type OptimizerSpec,
  type SwapNoiseLayer,
  swapNoise,
} from '../network/generated.js';
import { normaliseLayer } from '../network/layers/index.js';
import { normaliseLoss, normaliseOptimizer } from '../network/rows.js';

/**
 * How an autoencoder of a table is trained where nobody has decided it: so that it finds anomalies, those too that
 * are in the table it learns from. Chosen by measurement (docs/published-facts.md). Without noise it learns to pass on what
 * is in front of it; by squared errors it learns the anomalies first, as their errors are the largest; without decay
 * it learns groups of them by heart.
 */

/** A value in five comes from another row: what a column should be has to be learned from the others. */
export const detectionNoise = normaliseLayer(swapNoise({ rate: 0.2 }), 'noise') as SwapNoiseLayer;

/** Beyond one standard deviation an error counts by its size, and no longer by its square. */
export const detectionLoss: LossSpec = normaliseLoss(huber(), 'loss');

/** An update takes a thousandth of each weight, at the usual learning rate. */
const detectionDecay = 1;

/** @param given learning rate and decay where somebody has decided them. */
export function detectionOptimizer(
  given: {
    readonly learningRate?: number | undefined;
    readonly weightDecay?: number | undefined;
  } = {},
): OptimizerSpec {
  const { learningRate, weightDecay = detectionDecay } = given;
  return normaliseOptimizer({ type: 'adamW', learningRate, weightDecay }, 'optimizer');
}

const leastCode = 2;
const mostCode = 32;

/**
 * Numbers of the code: as many as columns, however many inputs a column of text takes. With noise a code that is as
 * wide as the row copies nothing.
 */
export function detectionCode({ columns }: TableSchema): number {
  return Math.min(mostCode, Math.max(leastCode, columns.length));
}

/** Enough updates to learn how columns follow from each other, and few enough not to learn single rows. */
export const detectionUpdates = 3000;
/** Of small tables, too. */
export const mostDetectionEpochs = 600;
