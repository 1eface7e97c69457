import type { Matrix } from '../data/matrix.js';
import type { Task } from '../data/targetInference.js';
import { accuracy } from '../metrics/classification.js';
import { brierScore, calibrationError, logLoss } from '../metrics/probability.js';
import { momentsOf } from '../statistics.js';

/**
 * How far a model can be trusted, by rows that its networks have not learned from. Errors of numbers are in standard
 * deviations of the target.
 */
export interface OutOfFold {
  readonly rows: number;
  readonly folds: number;
  /** The mean squared error, or the cross-entropy. */
  readonly loss: number;
  /** Of the best answer that is the same for all rows: the mean of the target, or the shares of the classes. */
  readonly baselineLoss: number;
  /** What people look at: the root mean squared error, or the share of right answers; and how much it differs by fold. */
  readonly score: number;
  readonly scoreSpread: number;
  /** The same of the mean, or of always saying the commonest class. */
  readonly baselineScore: number;
  /** Of numbers: the share of their variance that is explained. */
  readonly r2?: number;
  /** Of classes. */
  readonly brierScore?: number;
  readonly calibrationError?: number;
}

/** What the networks said of rows that they had not learned from. */
export interface HeldOutPart {
  readonly outputs: Matrix;
  readonly targets: Int32Array | Float32Array;
}

/** @param parts one for each fold */
export function judgeOutOfFold(parts: readonly HeldOutPart[], task: Task): OutOfFold {
  return task === 'regression' ? judgeNumbers(parts) : judgeClasses(parts);
}

/** Whether the same answer for all rows would have been better. */
export function isWorseThanBaseline({ loss, baselineLoss }: OutOfFold): boolean {
  return loss > baselineLoss;
}

function judgeNumbers(parts: readonly HeldOutPart[]): OutOfFold {
  const errors = parts.map(({ outputs, targets }) => squaredErrors(outputs.values, targets));
  const targets = parts.flatMap((part) => Array.from(part.targets));
  const loss = momentsOf(errors.flat()).mean;
  const baselineScore = momentsOf(targets).deviation;
  const baselineLoss = baselineScore ** 2;
  return {
    rows: targets.length,
    folds: parts.length,
    loss,
    baselineLoss,
    score: Math.sqrt(loss),
    scoreSpread: momentsOf(errors.map((own) => Math.sqrt(momentsOf(own).mean))).deviation,
    baselineScore,
    r2: baselineLoss === 0 ? 0 : 1 - loss / baselineLoss,
  };
}

function squaredErrors(outputs: ArrayLike<number>, targets: ArrayLike<number>): number[] {
  return Array.from(targets, (target, row) => ((outputs[row] ?? 0) - target) ** 2);
}

function judgeClasses(parts: readonly HeldOutPart[]): OutOfFold {
  const outputs = stacked(parts.map((part) => part.outputs));
  const classes = parts.flatMap((part) => Array.from(part.targets));
  const counts = new Float64Array(outputs.columns);
  for (const kind of classes) counts[kind] = (counts[kind] ?? 0) + 1;
  const shares = Array.from(counts, (count) => count / classes.length);
  return {
    rows: outputs.rows,
    folds: parts.length,
    loss: logLoss(outputs, classes),
    baselineLoss: entropyOf(shares),
    score: accuracy(outputs, classes),
    scoreSpread: momentsOf(parts.map((part) => accuracy(part.outputs, part.targets))).deviation,
    baselineScore: Math.max(...shares),
    brierScore: brierScore(outputs, classes),
    calibrationError: calibrationError(outputs, classes),
  };
}

/** The cross-entropy of always saying the shares of the classes. */
export function entropyOf(shares: readonly number[]): number {
  return shares.reduce((sum, share) => sum - (share > 0 ? share * Math.log(share) : 0), 0);
}

/** The rows of matrices, one below the other. */
export function stacked(matrices: readonly Matrix[]): Matrix {
  const columns = matrices[0]?.columns ?? 0;
  const rows = matrices.reduce((sum, matrix) => sum + matrix.rows, 0);
  const values = new Float32Array(rows * columns);
  let at = 0;
  for (const matrix of matrices) {
    values.set(matrix.values, at);
    at += matrix.values.length;
  }
  return { values, rows, columns };
}
