import type { Autoencoder } from '../autoencoders/autoencoder.js';
import { scoreSync } from '../autoencoders/reconstruction.js';
import { type MatrixInput, matrix } from '../data/matrix.js';
import {
  encodedWidth,
  inputColumnsOf,
  type TableSchema,
  type TargetColumn,
} from '../data/tableSchema.js';
import { FileFormatError, ShapeError } from '../errors.js';
import type { PredictOptions } from '../model/fitOptions.js';
import type { Sequential } from '../model/sequential.js';
import { type Intervals, intervalsOf, intervalsSync } from './intervals.js';
import { meanPrediction, meanPredictionSync } from './meanOutputs.js';
import { predictionsOf, scoresOf, type TablePredictions } from './predictions.js';
import type { TableTask } from './trainingPlan.js';

/** The networks of a model of a table, which predict together. */

export type Member = Sequential | Autoencoder;

/** Classifiers or regressors, of which the mean is taken; or one autoencoder. */
export interface Members {
  readonly networks: readonly [Member, ...Member[]];
  /** @param inputs encoded as the schema says. */
  predict(inputs: MatrixInput, options: PredictOptions): Promise<TablePredictions>;
  /** The same on the caller's thread. */
  predictSync(inputs: Float32Array): TablePredictions;
}

/** What is learned, by the target of a schema. */
export function taskOf({ target }: TableSchema): TableTask {
  if (target === null) return 'autoencoding';
  return target.type === 'number' ? 'regression' : 'classification';
}

/**
 * Networks with the schema that they belong to.
 *
 * @param path how errors call the model
 * @param intervals of what is predicted
 * @throws ShapeError, FileFormatError where they do not belong together
 */
export function membersOf(
  networks: readonly Member[],
  schema: TableSchema,
  path: string,
  intervals?: Intervals,
): Members {
  const others = intervals === undefined ? [] : [...intervals.lower, ...intervals.upper];
  for (const network of [...networks, ...others]) requireInputs(network, schema, path);
  const { target } = schema;
  if (target === null) {
    const [first, ...rest] = networks;
    if (first?.kind === 'autoencoder' && rest.length === 0) return detecting(first, schema);
    throw unlike(path, 'one autoencoder, for a table without a target', networks);
  }
  const [predictor, ...rest] = networks.filter((network) => network.kind === 'sequential');
  if (predictor === undefined || rest.length + 1 < networks.length) {
    throw unlike(path, `networks that predict '${target.name}'`, networks);
  }
  for (const network of [predictor, ...rest, ...others]) requireOutputs(network, target, path);
  return predicting([predictor, ...rest], target, intervals);
}

function unlike(path: string, expected: string, networks: readonly Member[]): FileFormatError {
  const received = networks.map(({ kind }) => kind).join(', ') || 'no networks';
  return new FileFormatError({ path, expected, received, remedy: trainAgain });
}

const trainAgain = 'The description of the table does not belong to the network: train it again.';

function requireInputs({ inputSize }: Member, schema: TableSchema, path: string): void {
  const inputs = encodedWidth(schema);
  if (inputSize === inputs) return;
  const expected = `a schema for the ${inputSize} inputs of the network`;
  throw new ShapeError({ path, expected, received: `one for ${inputs}`, remedy: trainAgain });
}

function requireOutputs({ outputSize }: Sequential, target: TargetColumn, path: string): void {
  const wanted = target.type === 'number' ? 1 : target.classes.length;
  if (wanted === outputSize) return;
  throw new FileFormatError({
    path,
    expected: `a name for each of the ${outputSize} outputs of the network`,
    received: target.type === 'number' ? 'none' : `${wanted} classes`,
    remedy: trainAgain,
  });
}

function detecting(autoencoder: Autoencoder, schema: TableSchema): Members {
  autoencoder.columns = inputColumnsOf(schema);
  return {
    networks: [autoencoder],
    async predict(inputs, options) {
      const detector = autoencoder.anomalyDetector;
      return scoresOf(await (detector ?? autoencoder).score(inputs, options), detector?.threshold);
    },
    predictSync(inputs) {
      const detector = autoencoder.anomalyDetector;
      const scores = detector?.scoreSync(inputs) ?? scoreSync(inputs, autoencoder.engine.whole());
      return scoresOf(scores, detector?.threshold);
    },
  };
}

function predicting(
  networks: readonly [Sequential, ...Sequential[]],
  target: TargetColumn,
  intervals: Intervals | undefined,
): Members {
  return {
    networks,
    async predict(inputs, options) {
      const ends = intervals && (await intervalsOf(intervals, inputs, options));
      return predictionsOf(await meanPrediction(networks, inputs, options), target, ends);
    },
    predictSync(inputs) {
      const ends = intervals && intervalsSync(intervals, inputs);
      return predictionsOf(meanPredictionSync(networks, inputs), target, ends);
    },
  };
}

/** Inputs as a matrix of rows. */
export function inputMatrix(inputs: Float32Array, columns: number): MatrixInput {
  return matrix(inputs, inputs.length / columns, columns);
}
