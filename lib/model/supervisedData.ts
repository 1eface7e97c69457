import type { Inputs } from '../data/matrix.js';
import type { Targets } from '../data/targets.js';
import type { RowWeights } from '../data/weights.js';

/** Rows with what the network is to learn for each. */
export interface SupervisedData {
  /** [rows, inputSize]. */
  readonly inputs: Inputs;
  /** One target for each row. */
  readonly targets: Targets;
  /** The names of the classes in the order of the outputs, when the targets are names. */
  readonly classes?: readonly string[] | undefined;
  /**
   * How much each row counts in the loss, one finite number of at least 0 for each. The loss of a batch
   * is the mean over its rows of weight * loss, as in Keras (PyTorch divides by the sum of the
   * weights). Metrics count rows by their weights too.
   *
   * @default all 1
   */
  readonly weights?: RowWeights | undefined;
}
