import type { Detector } from '../../model/detector.js';
import type { History, TrainingEvent } from '../../model/events.js';
import type { TrainingData } from '../training/trainingData.js';
import type { TrainingPlan } from '../training/trainingPlan.js';

/** What `train` tells while it works: sentences for people, or objects for machines. */
export interface TrainReport {
  /** `share` of the file is read, 0 to 1. */
  reading(path: string, pass: string, share: number): void;
  data(data: TrainingData, plan: TrainingPlan): void;
  model(data: TrainingData, plan: TrainingPlan, parameters: number): void;
  event(event: TrainingEvent): void;
  stopping(): void;
  trained(data: TrainingData, history: History): void;
  calibrated(detector: Detector): void;
  saved(path: string, bytes: number): void;
  /** Makes room for an error. */
  clear(): void;
}
