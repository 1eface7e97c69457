import type { Detector } from '../../autoencoders/detector.js';
import type { History, TrainingCheckpoint, TrainingEvent } from '../../model/events.js';
import type { BegunNetwork, TrainedTable } from '../../tables/tableTraining.js';
import type { TrainingPlan } from '../../tables/trainingPlan.js';
import type { TrainingData } from '../training/trainingData.js';
import type { TrainOptions } from './trainArguments.js';

/** What `train` tells while it works: sentences for people, or objects for machines. */
export interface TrainReport {
  /** `share` of the file is read, 0 to 1. */
  reading(path: string, pass: string, share: number): void;
  data(data: TrainingData, plan: TrainingPlan): void;
  /**
   * @param options with everything filled in that depends on the data.
   * @param seconds How long it will take, about; not given where that is not known.
   */
  model(
    data: TrainingData,
    plan: TrainingPlan,
    parameters: number,
    options: TrainOptions,
    seconds?: number,
  ): void;
  /** One of several networks begins, or one of two trainings of one. */
  member(begun: BegunNetwork): void;
  event(event: TrainingEvent): void;
  /** @param reason Why the training is to end: the reason of the signal that says so. */
  stopping(reason: unknown): void;
  /** @param checkpoint The last one of the run; null where there is none. */
  trained(data: TrainingData, history: History, checkpoint: string | null): void;
  /**
   * Networks have ended that are judged by rows which they have not learned from.
   *
   * @param checkpoint The last one of the run; null where there is none.
   */
  judged(
    data: TrainingData,
    plan: TrainingPlan,
    trained: TrainedTable,
    checkpoint: string | null,
  ): void;
  calibrated(detector: Detector): void;
  saved(path: string, bytes: number): void;
  checkpoint(checkpoint: TrainingCheckpoint): void;
  /** What else should be known, in a sentence. */
  note(text: string): void;
  /** Makes room for an error. */
  clear(): void;
}
