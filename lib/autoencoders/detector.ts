import { countRule, requireInteger } from '../checks.js';
import { type Inputs, type Row, rowSource } from '../data/matrix.js';
import type { DetectedColumn, DetectedValue, Detection } from '../model/detection.js';
import {
  type DetectOptions,
  type ReadDetectOptions,
  readDetectOptions,
} from '../model/detectOptions.js';
import type { DetectorRecord } from '../model/detectorRecord.js';
import { type PredictOptions, resolvePrediction } from '../model/fitOptions.js';
import {
  type ForwardChunk,
  type ForwardRule,
  forwardChunks,
  type SyncForwardRule,
} from '../model/forward.js';
import type { InputColumn } from '../model/inputColumns.js';
import type { ThresholdRuleSpec } from '../model/thresholdRule.js';
import { type ColumnError, explainChunk } from './explanation.js';
import { type Judge, judgeOf, judgeRows, meanOf, scoresOf, scoresSync } from './judging.js';
import { pickRows } from './pickRows.js';
import { explainRow, explainRows } from './rowExplanation.js';

/** What a detector needs of its model. */
export interface DetectorModel {
  columns(): readonly InputColumn[];
  /** The forward pass. @throws StateError when the weights are not those that the detector was made for. */
  range(path: string): ForwardRule;
  /** The same on the caller's thread. */
  whole(): SyncForwardRule;
}

/** Tells anomalies from ordinary rows, by how well a model gives a row back. */
export class Detector {
  /** A row whose score is greater is an anomaly. */
  readonly threshold: number;
  /** How the threshold was found; null when it was set by hand. */
  readonly rule: ThresholdRuleSpec | null;
  /** Rows that it was found on; 0 when it was set by hand. */
  readonly rows: number;
  readonly #record: DetectorRecord;
  readonly #model: DetectorModel;

  /** @internal Made by `model.detector`. */
  constructor(record: DetectorRecord, model: DetectorModel) {
    this.threshold = record.threshold;
    this.rule = record.rule;
    this.rows = record.rows;
    this.#record = record;
    this.#model = model;
    Object.freeze(this);
  }

  /** What its scores are made of: errors beside what is usual for their column, or mean squared errors. */
  get errors(): 'relative' | 'squared' {
    return this.#record.usualErrors === undefined ? 'squared' : 'relative';
  }

  /** @internal What is saved. */
  static recordOf(detector: Detector): DetectorRecord {
    return detector.#record;
  }

  /**
   * How unusual each row is. With `errors: 'relative'` about 1 for a row that is given back as well as most:
   * the squared error of each column is divided by what is usual for that column, the score is the root of
   * the mean square of these, and missing values are passed over. With `'squared'`, and of a detector that
   * was made by `setThreshold` or by version 0.2 or older, it is the mean squared error over the inputs.
   *
   * @param inputs [rows, inputSize].
   * @returns [rows].
   * @throws ArgumentError, ShapeError, DataError; StateError once the weights of the model have changed
   */
  async score(inputs: Inputs, options: PredictOptions = {}): Promise<Float32Array<ArrayBuffer>> {
    const judge = this.#judge('inputs');
    return scoresOf(inputs, judge, resolvePrediction(options));
  }

  /** @internal The same on the caller's thread. */
  scoreSync(inputs: Float32Array): Float32Array<ArrayBuffer> {
    return scoresSync(inputs, this.#judge('inputs'), this.#model.whole());
  }

  /**
   * What is to be said of each row: its score, whether it is an anomaly, and if so the columns that are to
   * blame, with what they hold and what would fit the rest of the row. Plain data, which JSON keeps.
   *
   * @param inputs [rows, inputSize].
   * @returns [rows].
   * @throws ArgumentError, ShapeError, DataError; StateError once the weights of the model have changed
   */
  async detect(inputs: Inputs, options: DetectOptions = {}): Promise<Detection[]> {
    return this.detectAs(inputs, options, plainValue);
  }

  /**
   * @internal The same with the values as a table has them.
   *
   * @param readValue from the number of a column and its inputs to what they stand for.
   */
  async detectAs(
    inputs: Inputs,
    options: DetectOptions,
    readValue: ReadValue,
  ): Promise<Detection[]> {
    const read = readDetectOptions(options);
    const judge = this.#judge('inputs');
    const { rule } = judge;
    const source = rowSource(inputs, rule.inputSize, rule.path);
    const detections: Detection[] = [];
    for await (const chunk of forwardChunks(source, rule, read.prediction)) {
      for (const detection of await this.#detectChunk(chunk, judge, read, readValue)) {
        detections.push(detection);
      }
    }
    return detections;
  }

  async #detectChunk(
    chunk: ForwardChunk,
    judge: Judge,
    { which, count, prediction }: ReadDetectOptions,
    readValue: ReadValue,
  ): Promise<Detection[]> {
    const { rule, ranges } = judge;
    const { given, errors, scores } = await judgeRows(chunk, judge, prediction);
    const detections = Array.from(scores, (score) => ({
      score,
      anomaly: score > this.threshold,
      columns: [] as readonly DetectedColumn[],
    }));
    const rows = [...detections.keys()].filter(
      (row) => which === 'all' || (which === 'anomalies' && detections[row]?.anomaly),
    );
    const part = {
      rows: rows.length,
      inputs: pickRows(given.inputs, rows, rule.inputSize),
      outputs: pickRows(given.outputs, rows, rule.inputSize),
      missing: given.missing && pickRows(given.missing, rows, ranges.length),
    };
    const partErrors = pickRows(errors, rows, ranges.length);
    const explained = await explainChunk(part, partErrors, judge, prediction, count);
    for (const [at, row] of rows.entries()) {
      const total = meanOf(errors, row, ranges.length, rule.inputSize);
      const detection = detections[row];
      if (detection) detection.columns = namedColumns(explained[at] ?? [], total, readValue);
    }
    return detections;
  }

  /**
   * The columns that are to blame for the score of a row, the worst first: as `explain` of the model, by
   * the scores of the detector.
   *
   * @param row [inputSize].
   * @param topK Columns to name, 1 or more. Default 3.
   * @throws ArgumentError, ShapeError, DataError; StateError once the weights of the model have changed
   */
  async explain(row: Row, topK = 3, options: PredictOptions = {}): Promise<readonly ColumnError[]> {
    const count = requireInteger(topK, 'topK', countRule);
    return explainRow(row, this.#judge('row'), resolvePrediction(options), count);
  }

  /**
   * The same for many rows at once.
   *
   * @param inputs [rows, inputSize].
   * @param topK Columns to name for each row, 1 or more. Default 3.
   * @returns [rows], each as of `explain`.
   * @throws ArgumentError, ShapeError, DataError; StateError once the weights of the model have changed
   */
  async explainRows(
    inputs: Inputs,
    topK = 3,
    options: PredictOptions = {},
  ): Promise<readonly (readonly ColumnError[])[]> {
    const count = requireInteger(topK, 'topK', countRule);
    return explainRows(inputs, this.#judge('inputs'), resolvePrediction(options), count);
  }

  #judge(path: string): Judge {
    const { usualErrors } = this.#record;
    return judgeOf(this.#model.range(path), this.#model.columns(), usualErrors);
  }
}

/** From the number of a column and its inputs to what they stand for. */
type ReadValue = (column: number, inputs: Float32Array) => DetectedValue;

function plainValue(_column: number, inputs: Float32Array): DetectedValue {
  return inputs.length === 1 ? (inputs[0] as number) : Array.from(inputs);
}

function namedColumns(
  explained: readonly ColumnError[],
  total: number,
  readValue: ReadValue,
): readonly DetectedColumn[] {
  return explained.map(({ column, index, remaining, inputs, replacement }) => ({
    name: column,
    share: shareOf(remaining, total),
    value: readValue(index, inputs),
    expected: readValue(index, replacement),
  }));
}

/** Errors may be too large for numbers: then nothing is known of what is left. */
function shareOf(remaining: number, total: number): number {
  const share = 1 - remaining / total;
  return Number.isNaN(share) ? 0 : Math.max(share, 0);
}
