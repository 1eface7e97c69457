import { basename } from 'node:path';
import type { History } from '../../model/events.js';
import type { TrainingPlan } from '../../tables/trainingPlan.js';
import type { TrainOptions } from '../train/trainArguments.js';
import { finalEpoch } from '../training/finalEpoch.js';
import type { TrainingData } from '../training/trainingData.js';

/** What a model was trained on, for people to read; plain JSON, saved with it. */
export interface TrainingRecord {
  /** Name of the file, without its folder. */
  readonly file: string;
  readonly task: TrainingData['task'];
  readonly rows: number;
  readonly validationRows: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly optimizer: TrainOptions['optimizer'];
  readonly seed: number;
  /** Whether Ctrl-C ended the training before its last epoch. */
  readonly stopped: boolean;
  /** Results of the epoch whose weights the model has; null when not one was finished. */
  readonly loss: number | null;
  readonly validationLoss: number | null;
  readonly version: string;
}

export function trainingRecord(
  options: TrainOptions,
  data: TrainingData,
  plan: TrainingPlan,
  history: History,
  version: string,
): TrainingRecord {
  const last = finalEpoch(history);
  return {
    file: basename(options.data),
    task: data.task,
    rows: plan.trainingRows,
    validationRows: plan.validationRows,
    epochs: history.epochs.length,
    batchSize: plan.batchSize,
    optimizer: options.optimizer,
    seed: options.seed,
    stopped: history.stopReason === 'stopped',
    loss: last?.loss ?? null,
    validationLoss: last?.validation?.loss ?? null,
    version,
  };
}
