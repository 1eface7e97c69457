import type { PredictOptions } from '../model/fitOptions.js';
import type { EvaluateOutputOptions } from '../model/multiOutputTypes.js';
import type { DetectorOptions } from './detectorOptions.js';

/** What the methods of an autoencoder are told. */

export interface ReconstructionErrorOptions extends PredictOptions {
  /**
   * Whether the result also holds the error of each single value.
   *
   * @default false
   */
  readonly matrix?: boolean | undefined;
}

export interface SampleOptions extends PredictOptions {
  /**
   * Seed of the codes, 32 bits.
   *
   * @default 0
   */
  readonly seed?: number | undefined;
}

/** @deprecated Called `DetectorOptions`. */
export type CalibrateOptions = DetectorOptions;

/** What the groups of columns are measured by, where the autoencoder has `outputs`. */
export interface GroupOptions {
  /**
   * Loss, weight and metrics by the names of the groups.
   *
   * @default losses that follow the ends of the groups, and weights with which that of the network is
   * the mean over the columns, one-hot inputs counting as one
   */
  readonly outputs?: Readonly<Record<string, EvaluateOutputOptions>> | undefined;
}
