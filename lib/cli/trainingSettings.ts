import type { SupervisedData } from '../index.js';
import type { TrainOptions } from './options.js';
import type { TrainingData } from './trainingData.js';
import type { TrainingPlan } from './trainingPlan.js';
import { UsageError } from './usageError.js';

/** The options of `fit` for what the command line asks; those of an autoencoder are the first alone. */
export function learningOptions(
  { optimizer, schedule, patience, seed, validation }: TrainOptions,
  { epochs, batchSize, validationRows }: TrainingPlan,
) {
  return {
    ...{ epochs, batchSize, optimizer, schedule, seed },
    ...(patience !== undefined && { earlyStopping: { patience } }),
    ...(validationRows > 0 && { validation }),
  };
}

/** @throws UsageError when classes are to be balanced where there are none. */
export function supervisedOptions({ balanced }: TrainOptions, { task }: TrainingData) {
  if (task === 'classification') {
    const metrics = ['accuracy'] as const;
    return { metrics, ...(balanced && { classWeights: 'balanced' as const }) };
  }
  if (!balanced) return {};
  throw new UsageError('--balanced is for classes, and the target holds numbers', 'train');
}

export function supervisedData({ inputs, targets }: TrainingData): SupervisedData {
  if (targets === null) throw new TypeError('only an autoencoder has no targets');
  return { inputs, targets };
}
