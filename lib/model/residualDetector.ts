import { requireKnownKeys, requireObject } from '../checks.js';
import { rowSource } from '../data/matrix.js';
import { targetSource } from '../data/targets.js';
import { DataError, StateError } from '../errors.js';
import { allocateNumbers } from '../memory.js';
import { lossTable } from '../network/generated.js';
import { outputsOf } from '../network/network.js';
import type { Detection } from './detection.js';
import { type DetectOptions, readDetectOptions } from './detectOptions.js';
import type { DetectorRecord } from './detectorRecord.js';
import type { Engine } from './engine.js';
import { type PredictOptions, type ResolvedPrediction, resolvePrediction } from './fitOptions.js';
import { forward } from './forward.js';
import {
  type DescribeOutput,
  type JudgedRows,
  residualRecord,
  residualScores,
  worstOutputs,
} from './residuals.js';
import type { SupervisedData } from './supervisedData.js';
import { readThresholdRule, type ThresholdRule, type ThresholdRuleSpec } from './thresholdRule.js';

/** Options of `Sequential.detector`: the rule for the threshold beside those of a forward pass. */
export type ResidualDetectorOptions = ThresholdRule & PredictOptions;

/** Rows with what stands in them for each output of the network. */
export type JudgedData = Pick<SupervisedData, 'inputs' | 'targets'>;

/** Has rows predicted, and puts what is known of them beside it. */
type Judge<Rows> = (rows: Rows, options: ResolvedPrediction) => Promise<JudgedRows>;

/**
 * Tells anomalies from ordinary rows, by how far what stands in them is from what a regressor says. `Rows` are rows with
 * their targets.
 */
export class ResidualDetector<Rows = JudgedData> {
  /** A row whose score is greater is an anomaly. */
  readonly threshold: number;
  /** How the threshold was found. */
  readonly rule: ThresholdRuleSpec | null;
  /** Rows that it was found on. */
  readonly rows: number;
  readonly #usualErrors: readonly number[];
  readonly #judge: Judge<Rows>;
  readonly #describe: DescribeOutput;

  /** @internal Made by `model.detector`. */
  constructor(record: DetectorRecord, judge: Judge<Rows>, describe: DescribeOutput = plainOutput) {
    this.threshold = record.threshold;
    this.rule = record.rule;
    this.rows = record.rows;
    this.#usualErrors = record.usualErrors ?? [];
    this.#judge = judge;
    this.#describe = describe;
    Object.freeze(this);
  }

  /**
   * How unusual each row is: its squared error as a multiple of what is usual, about 1 for most rows. Of several outputs
   * the root of the mean square of these.
   *
   * @param rows with their targets.
   * @returns [rows].
   * @throws ArgumentError, ShapeError, DataError; StateError once the weights of the model have changed
   */
  async score(rows: Rows, options: PredictOptions = {}): Promise<Float32Array<ArrayBuffer>> {
    const judged = await this.#judge(rows, resolvePrediction(options));
    return residualScores(judged, this.#usualErrors).scores;
  }

  /**
   * What is to be said of each row: its score, whether it is an anomaly, and if so the outputs that are far off, with what
   * stands in the row and what the network expects. Plain data, which JSON keeps. The fault may as well lie in an input
   * from which the network foretells the output.
   *
   * @param rows with their targets.
   * @returns [rows].
   * @throws as `score`
   */
  async detect(rows: Rows, options: DetectOptions = {}): Promise<Detection[]> {
    const { count, which, prediction } = readDetectOptions(options);
    const judged = await this.#judge(rows, prediction);
    const { scores, errors } = residualScores(judged, this.#usualErrors);
    return Array.from(scores, (score, row) => {
      const anomaly = score > this.threshold;
      const isExplained = which === 'all' || (which === 'anomalies' && anomaly);
      const columns = isExplained ? worstOutputs(judged, errors, row, count, this.#describe) : [];
      return { score, anomaly, columns };
    });
  }
}

function plainOutput(output: number, value: number, expected: number) {
  return { name: String(output), value, expected };
}

/**
 * Finds what errors usually are, and where anomalies begin.
 *
 * @throws ArgumentError, ShapeError, DataError
 */
export async function findResiduals<Rows>(
  rows: Rows,
  judge: Judge<Rows>,
  options: ResidualDetectorOptions,
): Promise<DetectorRecord> {
  const { rule, rest } = readThresholdRule(options);
  return residualRecord(await judge(rows, resolvePrediction(rest as PredictOptions)), rule);
}

/** Numbers are judged as the mean squared error has them. */
const squaredError = lossTable.find(({ name }) => name === 'meanSquaredError');

/** Rows and their targets in the form of data of `fit`. */
export async function judgedRows(
  engine: Engine,
  given: JudgedData,
  options: ResolvedPrediction,
): Promise<JudgedRows> {
  const data = requireObject(given, 'data');
  requireKnownKeys(data, ['inputs', 'targets'], 'data');
  const range = engine.range('inputs');
  const { inputSize, outputSize: columns } = range;
  const { rows } = rowSource(data.inputs, inputSize, 'inputs');
  if (squaredError === undefined) throw new TypeError('no loss of numbers');
  const source = targetSource(data.targets, {
    ...{ loss: squaredError, rows, outputSize: columns },
    ...{ path: 'targets', classesPath: 'classes' },
  });
  const actual = allocateNumbers(Float64Array, rows * columns, 'targets', `${rows} rows`);
  for (let start = 0; start < rows; start += source.rowsPerSlice) {
    const end = Math.min(rows, start + source.rowsPerSlice);
    await source.load?.(start, end);
    actual.set(source.slice(start, end), start * columns);
  }
  requireFinite(actual, columns);
  const { values: predicted } = await forward(data.inputs, range, options);
  return { rows, columns, actual, predicted };
}

function requireFinite(actual: Float64Array, columns: number): void {
  const at = actual.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return;
  const row = `targets[${Math.floor(at / columns)}]`;
  throw new DataError({
    path: columns === 1 ? row : `${row}[${at % columns}]`,
    expected: 'a finite number',
    received: String(actual[at]),
  });
}

/** @throws StateError for a network whose outputs are the probabilities of classes. */
export function requireRegressor({ spec }: Engine): void {
  const ends = outputsOf(spec).map(({ activation }) => activation);
  const classes = ends.find((name) => name === 'softmax' || name === 'logSoftmax');
  if (classes === undefined) return;
  throw new StateError({
    path: 'detector',
    expected: 'a regressor, whose outputs are numbers, or an autoencoder',
    received: `a network that ends with ${classes}`,
    remedy: 'Which classes a row fits badly, its probabilities say.',
  });
}

/** @returns an error for a detector whose model has learned since. */
export function changedSince(): StateError {
  return new StateError({
    path: 'detector',
    expected: 'the weights that it was made for',
    received: 'a model whose weights have changed since',
    remedy:
      "Make one: await model.detector(rows, { method: 'contamination', contamination: 0.01 }).",
  });
}
