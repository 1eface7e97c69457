import type { UnknownPolicy } from '../data/tableEncoder.js';
import type { PredictOptions } from '../model/fitOptions.js';

/** Options of what a trained model of a table is asked. */

/** What is done with values that the training has not seen. */
export interface UnknownOption {
  /**
   * A text that a column did not hold in training is an error, or is taken as none of those that it held
   * (`'ignore'`). A column whose texts have vectors has one for all others, and takes any text.
   *
   * @default 'error'
   */
  readonly unknown?: UnknownPolicy | undefined;
}

/** Options of `TableModel.predict`. */
export interface TablePredictOptions extends UnknownOption, PredictOptions {}

/** Options of `TableModel.evaluate`. */
export interface TableEvaluateOptions extends UnknownOption, PredictOptions {
  /**
   * For an autoencoder: the column that says which rows are wrong. A row is, where it holds anything but a missing
   * value, 0, 0.0, false, no, none, ok or normal.
   *
   * @default none
   */
  readonly labelsColumn?: string | undefined;
}
