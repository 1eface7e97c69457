import { ArgumentError } from '../../errors.js';
import {
  type Autoencoder,
  autoencoder,
  contractiveAutoencoder,
  dense,
  dropout,
  type Sequential,
  sequential,
} from '../../index.js';
import type { ActivationName } from '../../network/generated.js';
import type { TrainOptions } from '../train/trainArguments.js';
import type { TrainingData } from './trainingData.js';

/** Fills in what the command line left open, from the data. */
export interface TrainingPlan {
  readonly inputSize: number;
  /** Classes, or 1 number; the inputs again for an autoencoder. */
  readonly outputSize: number;
  /** Units of the hidden layers; of the encoder, for an autoencoder. */
  readonly hidden: readonly number[];
  /** Null where there is no autoencoder. */
  readonly code: number | null;
  readonly epochs: number;
  readonly batchSize: number;
  readonly trainingRows: number;
  /** Rows that the core draws at random and keeps from the training. */
  readonly validationRows: number;
}

/** Enough updates for Adam to settle on small data, and few enough not to learn it by heart. */
const wantedUpdates = 1000;
const fewestEpochs = 10;
const mostEpochs = 100;

/**
 * @param validationRows as the option `validation` has it, if not given.
 * @throws ArgumentError when a batch is larger than the data
 */
export function planTraining(
  options: TrainOptions,
  data: TrainingData,
  validationRows = Math.floor(data.inputs.rows * options.validation),
): TrainingPlan {
  const { rows, columns } = data.inputs;
  const trainingRows = rows - validationRows;
  const batchSize = chooseBatchSize(options, trainingRows);
  const epochs = Math.ceil(wantedUpdates / Math.ceil(trainingRows / batchSize));
  return {
    inputSize: columns,
    outputSize: outputSizeOf(data, columns),
    hidden: options.hidden ?? (options.autoencoder ? [128] : [128, 64]),
    code: options.autoencoder ? (options.code ?? Math.min(32, Math.ceil(columns / 4))) : null,
    epochs: options.epochs ?? Math.min(mostEpochs, Math.max(fewestEpochs, epochs)),
    batchSize,
    trainingRows,
    validationRows,
  };
}

function chooseBatchSize({ batchSize }: TrainOptions, rows: number): number {
  if (batchSize === undefined) return Math.min(rows < 10_000 ? 32 : 128, rows);
  if (batchSize <= rows) return batchSize;
  throw new ArgumentError({
    path: '--batch-size',
    expected: `at most the ${rows} rows that train`,
    received: String(batchSize),
  });
}

function outputSizeOf({ schema, task }: TrainingData, columns: number): number {
  if (task === 'autoencoding') return columns;
  if (task === 'regression') return 1;
  if (schema.kind === 'idx') return schema.classes?.length ?? 0;
  return schema.target?.type === 'classes' ? schema.target.classes.length : 0;
}

/** The untrained network. */
export function buildModel(
  { activation, dropout: rate, seed, tied, contraction }: TrainOptions,
  { schema, task }: TrainingData,
  { inputSize, outputSize, hidden, code }: TrainingPlan,
): Sequential | Autoencoder {
  if (code !== null) {
    // Bytes lie in 0...1, and so does the sigmoid; standardised values have no bounds.
    const isBytes = schema.kind === 'idx' && schema.valueType === 'uint8';
    const outputActivation: ActivationName = isBytes ? 'sigmoid' : 'linear';
    const options = {
      ...{ inputSize, code, hidden: [...hidden], activation, outputActivation, seed },
      ...(tied && { tied }),
    } as const;
    return contraction === undefined
      ? autoencoder(options)
      : contractiveAutoencoder({ ...options, contraction });
  }
  const output = dense(outputSize, {
    activation: task === 'classification' ? 'softmax' : 'linear',
  });
  const layers = hidden.flatMap((units) => [
    dense(units, { activation }),
    ...(rate ? [dropout({ rate })] : []),
  ]);
  return sequential([...layers, output], { inputSize, seed });
}
