import { joinPath, requireKnownKeys } from '../checks.js';
import type { Inputs, Row } from '../data/matrix.js';
import { hasInputs } from '../data/takeRows.js';
import type { RowWeights } from '../data/weights.js';
import type { RowStream } from '../model/rowStream.js';
import { type PrepareData, prepareInputsOnly } from '../model/upload.js';

/** What an autoencoder learns from: rows, alone or with their weights. */

/** Rows with how much each of them counts. */
export interface WeightedInputs {
  /** [rows, inputSize]. */
  readonly inputs: Inputs;
  /**
   * How much each row counts in the loss, one finite number of at least 0 for each. The loss of a batch
   * is the mean over its rows of weight * loss: a row of weight 2 counts as two, one of weight 0 is not
   * learnt. Metrics count rows by their weights too.
   *
   * @default all 1
   */
  readonly weights?: RowWeights | undefined;
}

/** The inputs, which are the targets too, or an object with `inputs` and `weights`. */
export type AutoencoderData = Inputs | WeightedInputs;

/** One row of a stream, with how much it counts. */
export interface StreamedInput {
  /** As many numbers as the network has inputs. */
  readonly input: Row;
  /** As one of the `weights` of `fit`; all rows of a stream have one, or none has. */
  readonly weight?: number | undefined;
}

/** A stream of rows that are to be given back: single ones, several, or rows in the form of data in memory. */
export type AutoencoderStream = RowStream<
  Row | StreamedInput | readonly StreamedInput[] | AutoencoderData
>;

/** The rows of either form. */
export function inputsOf(data: AutoencoderData): Inputs {
  return isWeighted(data) ? data.inputs : data;
}

/** Other rows in the place of those of the data, with the same weights. */
export function withInputs(data: AutoencoderData, inputs: Inputs): AutoencoderData {
  return isWeighted(data) ? { ...data, inputs } : inputs;
}

function isWeighted(data: unknown): data is WeightedInputs {
  return hasInputs(data);
}

export const prepareAutoencoderData: PrepareData = (data, { inputSize }, path) => {
  if (!isWeighted(data)) return prepareInputsOnly(data, inputSize, path === '' ? 'inputs' : path);
  requireKnownKeys({ ...data }, ['inputs', 'weights'], path);
  return prepareInputsOnly(data.inputs, inputSize, joinPath(path, 'inputs'), {
    weights: data.weights,
    path: joinPath(path, 'weights'),
  });
};
