import type { Card } from '../cards.js';

/**
 * What the suite and the processes that it measures say to each other: one JSON object a line. Requests
 * come on the standard input; answers go to the standard output behind a marker, because frameworks print
 * things of their own.
 */

export const answerMarker = 'bench-answer:';

/** A network with its data, written by suite/caseData.ts. */
export interface CaseFiles {
  readonly card: Card;
  /**
   * Holds inputs.f32 (rows × inputs), targets.i32 (rows) or targets.f32 (rows × outputs), and for each
   * weight a file named as PyTorch names it, such as `0.weight.f32` ([out, in]). Little-endian.
   */
  readonly directory: string;
  readonly threads: number;
}

/** How far each driver trains, in the order of the rows, so that losses can be compared. */
export interface LossCheck {
  readonly rows: number;
  readonly epochs: number;
}

/** MNIST as IDX files, uncompressed. */
export interface AccuracyJob {
  readonly card: Card;
  readonly directory: string;
  readonly threads: number;
  readonly accuracy: number;
  readonly maximumEpochs: number;
  readonly maximumSeconds: number;
  readonly seed: number;
}

export type Request =
  | { readonly command: 'openTraining'; readonly files: CaseFiles }
  | { readonly command: 'check'; readonly check: LossCheck }
  | { readonly command: 'train'; readonly rows: number }
  | { readonly command: 'openPrediction'; readonly files: CaseFiles; readonly onnxFile: string }
  | { readonly command: 'predict'; readonly batch: number; readonly calls: number }
  | { readonly command: 'trainToAccuracy'; readonly job: AccuracyJob }
  | { readonly command: 'peakMemory' }
  | { readonly command: 'cpuTime' };

export interface Opened {
  readonly version: string;
}

/** Mean training loss of each epoch of the check; null where the driver cannot do the same steps. */
export interface CheckResult {
  readonly losses: readonly number[] | null;
}

export interface TrainResult {
  readonly rows: number;
  readonly seconds: number;
  /** What a call that trains takes besides training, such as copying the data. */
  readonly startSeconds?: number;
}

export interface PredictResult {
  readonly calls: number;
  readonly seconds: number;
  /** Of the outputs of the last call, to see that all drivers compute the same. */
  readonly checksum: number;
}

export interface AccuracyResult {
  /** From the call that trains to the end of the epoch that reached the accuracy; tests included. */
  readonly seconds: number;
  readonly epochs: number;
  readonly accuracy: number;
  readonly reached: boolean;
}

export interface MemoryResult {
  readonly bytes: number;
}

export interface CpuTimeResult {
  /** Processor time of all threads of the process since it began. */
  readonly seconds: number;
}

export type Answer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly unsupported: boolean; readonly message: string };

/** Thrown by a driver that cannot do what a case asks for; the report gives the message. */
export class Unsupported extends Error {
  override readonly name = 'Unsupported';
}
