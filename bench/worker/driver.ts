import type {
  AccuracyJob,
  AccuracyResult,
  CaseFiles,
  LossCheck,
  TrainResult,
} from '../common/protocol.js';

/** A network that trains, over the data of a case. */
export interface TrainingSession {
  /**
   * Trains a fresh copy of the network, from the weights of the case and without shuffling.
   *
   * @returns the mean training loss of each epoch; null when the framework cannot do these steps.
   */
  check(check: LossCheck): Promise<readonly number[] | null>;

  /**
   * Trains on with shuffling, over at least so many rows: rounded up to what the framework trains at
   * once, an epoch or a batch.
   */
  train(rows: number): Promise<TrainResult>;
}

export interface PredictionSession {
  /** Predicts the first `batch` rows so many times in a row and returns the last outputs. */
  predict(batch: number, calls: number): Promise<{ seconds: number; outputs: Float32Array }>;
}

/** One framework. What it cannot do is left out, or throws `Unsupported`. */
export interface Driver {
  version(): Promise<string>;
  openTraining?(files: CaseFiles): Promise<TrainingSession>;
  openPrediction?(files: CaseFiles, onnxFile: string): Promise<PredictionSession>;
  trainToAccuracy?(job: AccuracyJob): Promise<AccuracyResult>;
}

/** Seconds since a reading of `performance.now()`. */
export function secondsSince(start: number): number {
  return (performance.now() - start) / 1000;
}
