import { rowSource } from '../data/matrix.js';
import type { ResolvedPrediction } from '../model/fitOptions.js';
import {
  allocateFloats,
  type ForwardRule,
  forwardChunks,
  forwardSync,
  type SyncForwardRule,
} from '../model/forward.js';

/** How well an autoencoder gives back its inputs. */
export interface ReconstructionErrors {
  readonly rows: number;
  readonly columns: number;
  /** The mean squared error of each row, `[rows]`. High means unlike what was trained on. */
  readonly perRow: Float32Array<ArrayBuffer>;
  /** The mean squared error of each column over all rows, `[columns]`. */
  readonly perFeature: Float32Array<ArrayBuffer>;
}

/** The same with the error of each single value. */
export interface ReconstructionErrorMatrix extends ReconstructionErrors {
  /** Squared errors, row after row, `[rows, columns]`. */
  readonly values: Float32Array<ArrayBuffer>;
}

/** Compares inputs with their reconstructions, chunk by chunk; sums are of float64. */
export async function measureReconstruction(
  inputs: unknown,
  rule: ForwardRule,
  options: ResolvedPrediction,
  withValues: boolean,
): Promise<ReconstructionErrors | ReconstructionErrorMatrix> {
  const source = rowSource(inputs, rule.inputSize, rule.path);
  const { rows, columns } = source;
  const perRow = allocateFloats(rows);
  const sums = new Float64Array(columns);
  const values = withValues ? allocateFloats(rows * columns) : undefined;
  for await (const chunk of forwardChunks(source, rule, options)) {
    const squares = squaredDifferences(chunk.inputs, chunk.outputs);
    for (let row = 0; row < chunk.rows; row++) {
      const errors = squares.subarray(row * columns, (row + 1) * columns);
      perRow[chunk.start + row] = addTo(sums, errors) / columns;
    }
    values?.set(squares, chunk.start * columns);
  }
  const perFeature = Float32Array.from(sums, (sum) => sum / rows);
  const result = { rows, columns, perRow, perFeature };
  return values === undefined ? result : { ...result, values };
}

/** The mean squared error of each row, computed on the caller's thread: right for a few rows. */
export function scoreSync(inputs: Float32Array, rule: SyncForwardRule): Float32Array<ArrayBuffer> {
  const { values, columns } = forwardSync(inputs, rule);
  return meanSquares(inputs, values, columns);
}

/** The mean squared error of each row. */
export function meanSquares(
  inputs: Float32Array,
  outputs: Float32Array,
  columns: number,
): Float32Array<ArrayBuffer> {
  const squares = squaredDifferences(inputs, outputs);
  const sums = new Float64Array(columns);
  const means = new Float32Array(squares.length / columns);
  for (let row = 0; row < means.length; row++) {
    means[row] = addTo(sums, squares.subarray(row * columns, (row + 1) * columns)) / columns;
  }
  return means;
}

function squaredDifferences(inputs: Float32Array, outputs: Float32Array): Float32Array {
  const squares = new Float32Array(inputs.length);
  for (let i = 0; i < squares.length; i++) {
    const difference = (outputs[i] as number) - (inputs[i] as number);
    squares[i] = difference * difference;
  }
  return squares;
}

/** Adds a row to the sums of the columns, and gives the sum of the row. */
function addTo(sums: Float64Array, row: Float32Array): number {
  let total = 0;
  for (let column = 0; column < row.length; column++) {
    const value = row[column] as number;
    sums[column] = (sums[column] as number) + value;
    total += value;
  }
  return total;
}
