import { isNoise } from '../../network/layers/noise.js';
import { detectionLoss, detectionNoise, detectionOptimizer } from '../../tables/detectionPlan.js';
import type { Member } from '../../tables/members.js';
import { detects } from '../../tables/trainingPlan.js';
import type { TrainOptions } from '../train/trainArguments.js';
import type { TrainingData } from './trainingData.js';

/**
 * The options with what an autoencoder of a table is trained by, where nobody has decided it.
 *
 * @param known a model that goes on to learn, as it began: one of 0.2 by squared errors.
 */
export function withDetectionDefaults(
  options: TrainOptions,
  data: Pick<TrainingData, 'schema'>,
  known?: Member,
): TrainOptions {
  if (known !== undefined) {
    const { loss = isNoise(known.spec.layers[0]) ? detectionLoss : undefined } = options;
    return detects(options, data) ? { ...options, loss } : options;
  }
  if (!detects(options, data)) return options;
  const { loss = detectionLoss, noise = detectionNoise, isUsualOptimizer, optimizer } = options;
  const { learningRate } = optimizer;
  return {
    ...options,
    loss,
    noise,
    optimizer: isUsualOptimizer ? detectionOptimizer({ learningRate }) : optimizer,
  };
}
