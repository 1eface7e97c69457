import { normaliseLoss, normaliseOptimizer, normaliseSchedule } from '../../network/rows.js';
import { tabularUsage } from '../../tables/tableDefaults.js';
import type { TrainOptions } from '../train/trainArguments.js';
import type { TrainingData } from './trainingData.js';

/** The options with what the network of RealMLP is trained by, where nobody has decided it. */
export function withTabularDefaults(
  options: TrainOptions,
  { schema }: Pick<TrainingData, 'schema'>,
): TrainOptions {
  const { network, isUsualOptimizer, isUsualRate, isUsualSchedule } = options;
  if (network !== 'tabular' || schema.kind !== 'table') return options;
  const rate = isUsualRate ? undefined : options.optimizer.learningRate;
  const { loss, optimizer, schedule } = tabularUsage(schema.target, rate);
  return {
    ...options,
    loss: normaliseLoss(loss, 'loss'),
    ...(isUsualOptimizer && { optimizer: normaliseOptimizer(optimizer, 'optimizer') }),
    ...(isUsualSchedule && { schedule: normaliseSchedule(schedule, 'schedule') }),
  };
}
