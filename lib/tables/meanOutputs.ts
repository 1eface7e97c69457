import type { Matrix, MatrixInput } from '../data/matrix.js';
import type { PredictOptions } from '../model/fitOptions.js';
import type { Sequential } from '../model/sequential.js';
import { predictOwn, predictOwnSync } from './carriedScales.js';

/** What networks say together: the mean of their outputs. */

/** The mean of what networks predict of inputs in the scales of the table. */
export async function meanPrediction(
  networks: readonly Sequential[],
  inputs: MatrixInput,
  options: PredictOptions,
): Promise<Matrix> {
  return meanOf(await Promise.all(networks.map((each) => predictOwn(each, inputs, options))));
}

/** The same on the caller's thread. */
export function meanPredictionSync(networks: readonly Sequential[], inputs: Float32Array): Matrix {
  return meanOf(networks.map((each) => predictOwnSync(each, inputs)));
}

/** The mean of outputs of the same shape. */
function meanOf(outputs: readonly Matrix[]): Matrix {
  const [first = matrixOfNothing, ...others] = outputs;
  if (others.length === 0) return first;
  const { values, rows, columns } = first;
  const mean = values.map((value, at) => {
    const sum = others.reduce((total, other) => total + (other.values[at] as number), value);
    return sum / outputs.length;
  });
  return { values: mean, rows, columns };
}

const matrixOfNothing: Matrix = { values: new Float32Array(0), rows: 0, columns: 0 };
