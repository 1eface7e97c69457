import {
  countRule,
  requireBoolean,
  requireInteger,
  requireKnownKeys,
  requireObject,
  requirePath,
  seedRule,
} from '../checks.js';
import type { Inputs, Matrix, Row } from '../data/matrix.js';
import { warnDeprecated } from '../deprecation.js';
import { StateError } from '../errors.js';
import type { AutoencoderExportOptions, ExportedModel } from '../export/exported.js';
import type { ExportedAutoencoder } from '../export/onnx/networks.js';
import { requireMemory } from '../memory.js';
import { requireThreshold } from '../model/detectorRecord.js';
import { Engine } from '../model/engine.js';
import type { ValidationResult } from '../model/events.js';
import {
  type EvaluateOptions,
  type FitOptions,
  type PredictOptions,
  resolvePrediction,
} from '../model/fitOptions.js';
import { forward } from '../model/forward.js';
import {
  type InputColumn,
  type InputColumnOption,
  normaliseColumns,
  numberedColumns,
} from '../model/inputColumns.js';
import { Model } from '../model/model.js';
import type { AutoencoderRecord, ModelRecord } from '../model/modelFile.js';
import type { Sequential } from '../model/sequential.js';
import { inputChunks } from '../model/streamChunks.js';
import { requireDetectorOptions } from '../model/thresholdRule.js';
import type { TrainingRun } from '../model/trainingRun.js';
import type { MetricName } from '../network/generated.js';
import { sizeAfter } from '../network/network.js';
import type {
  GroupOptions,
  ReconstructionErrorOptions,
  SampleOptions,
} from './autoencoderOptions.js';
import { type ClassifierOptions, classifierOf } from './classifier.js';
import { type AutoencoderData, type AutoencoderStream, prepareAutoencoderData } from './data.js';
import { Detector } from './detector.js';
import { type DetectorOptions, findDetector, type MakeDetector } from './detectorOptions.js';
import type { ColumnError } from './explanation.js';
import { exportedScores, readPart } from './exportedParts.js';
import { judgeOf } from './judging.js';
import { KeptDetector } from './keptDetector.js';
import { groupWeights } from './outputGroups.js';
import { type PretrainingRun, type PretrainOptions, pretrainStack } from './pretraining.js';
import type { AutoencoderRecipe } from './recipe.js';
import {
  measureReconstruction,
  type ReconstructionErrorMatrix,
  type ReconstructionErrors,
} from './reconstruction.js';
import { explainRow, explainRows } from './rowExplanation.js';
import { standardNormalCodes } from './samples.js';

/**
 * A network that learns to give back its input through a narrow code, and by how well it does that
 * tells ordinary rows from anomalies.
 */
export class Autoencoder<Output extends string = string> extends Model {
  override readonly kind = 'autoencoder';
  readonly #codeLayer: number;
  #columns: readonly InputColumn[] | undefined;
  readonly #detector = new KeptDetector(this.engine, () => this.columns);

  /** @internal Models are made by `autoencoder` and `load`. */
  constructor({ spec, codeLayer }: AutoencoderRecipe) {
    super(
      new Engine(spec, {
        prepareData: prepareAutoencoderData,
        chunks: inputChunks,
        dataForm: 'inputs',
        defaultLoss: 'meanSquaredError',
        defaultWeights: groupWeights,
      }),
    );
    this.#codeLayer = codeLayer;
  }

  /** Columns of the code. */
  get codeSize(): number {
    return sizeAfter(this.spec, this.#codeLayer + 1);
  }

  /**
   * Trains the network to give back its inputs; see `Sequential.fit` for the run and its errors.
   *
   * @param data The inputs, [rows, inputSize], or `{ inputs, weights }` with how much each row counts; or a stream of
   * them.
   * @param options As of `Sequential.fit`; the default loss is `'meanSquaredError'`. With groups of
   * `outputs` loss, weight and metrics are those of a group: the option `outputs`.
   */
  fit<Metric extends MetricName = never>(
    data: AutoencoderData | AutoencoderStream,
    options?: FitOptions<AutoencoderData, Output, Metric> & GroupOptions,
  ): TrainingRun<Metric> {
    return this.engine.fit<Metric>(data, options);
  }

  /**
   * Mean loss and metrics of the reconstruction.
   *
   * @param data As of `fit`.
   * @throws ArgumentError, ShapeError, DataError
   */
  async evaluate<Metric extends MetricName = never>(
    data: AutoencoderData,
    options?: EvaluateOptions<Output, Metric> & GroupOptions,
  ): Promise<ValidationResult<Metric>> {
    return this.engine.evaluate<Metric>(data, options);
  }

  /**
   * The codes of some rows.
   *
   * @param inputs [rows, inputSize].
   * @returns [rows, codeSize].
   * @throws ArgumentError, ShapeError, DataError
   */
  async encode(inputs: Inputs, options: PredictOptions = {}): Promise<Matrix> {
    const rule = this.engine.range('inputs', 0, this.#codeLayer + 1);
    return forward(inputs, rule, resolvePrediction(options));
  }

  /**
   * The rows that belong to some codes.
   *
   * @param codes [rows, codeSize].
   * @returns [rows, inputSize].
   * @throws ArgumentError, ShapeError, DataError
   */
  async decode(codes: Inputs, options: PredictOptions = {}): Promise<Matrix> {
    const rule = this.engine.range('codes', this.#codeLayer + 1);
    return forward(codes, rule, resolvePrediction(options));
  }

  /**
   * Rows through the whole network: `decode(encode(inputs))`.
   *
   * @param inputs [rows, inputSize].
   * @returns [rows, inputSize].
   * @throws ArgumentError, ShapeError, DataError
   */
  async reconstruct(inputs: Inputs, options: PredictOptions = {}): Promise<Matrix> {
    return forward(inputs, this.engine.range('inputs'), resolvePrediction(options));
  }

  /**
   * New rows from a variational autoencoder: codes are drawn from the standard normal distribution
   * and decoded.
   *
   * @param rows Rows to make, 1 or more.
   * @param options.seed Seed of the codes, 32 bits. Default 0.
   * @returns [rows, inputSize].
   * @throws StateError for any other autoencoder, whose codes follow no known distribution;
   * ArgumentError; MemoryError for more rows than the machine has memory for
   */
  async sample(rows: number, options: SampleOptions = {}): Promise<Matrix> {
    const { seed = 0, ...rest } = requireObject(options, 'options');
    const count = requireInteger(rows, 'rows', countRule);
    const checkedSeed = requireInteger(seed, 'seed', seedRule);
    if (this.spec.layers[this.#codeLayer]?.type !== 'gaussianSampling') throw noDistribution();
    // Before the codes are drawn, which takes a while for many.
    const numbers = count * (this.codeSize + this.inputSize);
    requireMemory(4 * numbers, 'rows', `${count} rows and their codes`);
    return this.decode(standardNormalCodes(count, this.codeSize, checkedSeed), rest);
  }

  /**
   * Mean squared errors of the reconstruction per row and per column, and with `{ matrix: true }`
   * of each value.
   *
   * @param inputs [rows, inputSize].
   * @throws ArgumentError, ShapeError, DataError
   */
  reconstructionErrors(
    inputs: Inputs,
    options: ReconstructionErrorOptions & { readonly matrix: true },
  ): Promise<ReconstructionErrorMatrix>;
  reconstructionErrors(
    inputs: Inputs,
    options?: ReconstructionErrorOptions,
  ): Promise<ReconstructionErrors>;
  async reconstructionErrors(
    inputs: Inputs,
    options: ReconstructionErrorOptions = {},
  ): Promise<ReconstructionErrors> {
    const given = requireObject(options, 'options');
    requireKnownKeys(given, ['matrix', 'threads', 'precision'], '');
    const { matrix = false, ...rest } = given;
    const withValues = requireBoolean(matrix, 'matrix');
    const rule = this.engine.range('inputs');
    return measureReconstruction(inputs, rule, resolvePrediction(rest), withValues);
  }

  /**
   * The columns of the table that the inputs came from, which `explain` names. Set names, or
   * `{ name, inputs }` for a column that was encoded as several inputs, in the order of the inputs:
   * `model.columns = ['age', { name: 'colour', inputs: 3 }]`. With `missing: true` the last input of a
   * column is 1 where its value is missing, and a detector passes over the column there. Saved with the
   * model. Default: one column for each input, named by its number from 0. Other inputs for the columns
   * than before remove a detector that
   * judges by them.
   */
  get columns(): readonly InputColumn[] {
    return this.#columns ?? numberedColumns(this.inputSize);
  }

  /** @throws ArgumentError; ShapeError when they do not take all inputs. */
  set columns(columns: readonly InputColumnOption[]) {
    const before = this.columns;
    this.#columns = normaliseColumns(columns, this.inputSize, 'columns');
    this.#detector.columnsChanged(before, this.#columns);
  }

  /**
   * Makes a detector of anomalies and keeps it with the model, as `anomalyDetector`. The threshold comes
   * from the scores of rows that are known to be ordinary, or nearly all of them. Rows that were not
   * trained on give the honest threshold.
   *
   * ```ts
   * const detector = await model.detector(rows, { method: 'contamination', contamination: 0.01 });
   * for (const { score, anomaly, columns } of await detector.detect(others)) …
   * ```
   *
   * Where the model has `columns`, its scores are not those of the model: the error of each column is divided
   * by what is usual for it.
   *
   * inputs: [rows, inputSize]. options: `method` is `'contamination'` (that share of the rows lies above
   * the threshold), `'quantile'` (of the scores), `'sigma'` (mean + sigmas · standard deviation) or
   * `'maximum'` (the largest score times a factor), with its parameter beside it;
   * `errors` says what the scores are made of. Rejects with ArgumentError, ShapeError, DataError.
   */
  get detector(): MakeDetector {
    const make = (inputs: Inputs, options: DetectorOptions) => this.#makeDetector(inputs, options);
    const current = () => {
      warnDeprecated('LAYERWISE_DEP0003', 'model.detector');
      return this.anomalyDetector;
    };
    return Object.defineProperties(make, {
      threshold: { get: () => current()?.threshold },
      rule: { get: () => current()?.rule },
      rows: { get: () => current()?.rows },
    }) as MakeDetector;
  }

  /**
   * The detector that the model has; null before `detector(…)` or `setThreshold`, and again once the
   * weights change, as the errors of others say nothing. Saved with the model.
   */
  get anomalyDetector(): Detector | null {
    return this.#detector.current;
  }

  /**
   * Sets the threshold from the mean squared errors of rows.
   *
   * @deprecated `detector(…)` makes a detector with better scores.
   * @param inputs [rows, inputSize].
   * @param options As of `detector`.
   * @throws ArgumentError, ShapeError, DataError
   */
  async calibrate(inputs: Inputs, options: DetectorOptions): Promise<Detector> {
    warnDeprecated('LAYERWISE_DEP0003', 'calibrate');
    requireDetectorOptions(options);
    return this.#makeDetector(inputs, { ...options, errors: 'squared' });
  }

  async #makeDetector(inputs: Inputs, options: DetectorOptions): Promise<Detector> {
    const { changes } = this.engine;
    const columns = this.#columns;
    const record = await findDetector(inputs, this.engine.range('inputs'), columns, options);
    return this.#detector.keep(record, changes);
  }

  /**
   * Makes a detector by hand: rows whose mean squared error is greater than the threshold are anomalies.
   *
   * @throws ArgumentError for anything but a number of 0 or more.
   */
  setThreshold(threshold: number): void {
    this.#detector.keep({
      threshold: requireThreshold(threshold, 'threshold'),
      rule: null,
      rows: 0,
    });
  }

  /**
   * How unusual each row is: the mean squared error of its reconstruction over the inputs.
   *
   * @param inputs [rows, inputSize].
   * @returns [rows].
   * @throws ArgumentError, ShapeError, DataError
   */
  async score(inputs: Inputs, options: PredictOptions = {}): Promise<Float32Array<ArrayBuffer>> {
    const rule = this.engine.range('inputs');
    const { perRow } = await measureReconstruction(inputs, rule, resolvePrediction(options), false);
    return perRow;
  }

  /**
   * Which rows are anomalies: 1 where the score of the detector is greater than its threshold, else 0.
   *
   * @deprecated Elsewhere `predict` is what a network gives, which is `reconstruct` here; the detector
   * flags rows: `(await model.anomalyDetector.detect(rows, { explain: 'none' })).map(({ anomaly }) => …)`.
   * @param inputs [rows, inputSize].
   * @returns [rows].
   * @throws StateError while there is no detector; ArgumentError, ShapeError, DataError
   */
  async predict(inputs: Inputs, options: PredictOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    warnDeprecated('LAYERWISE_DEP0002', 'predict');
    const detector = this.#detector.required('predict');
    const scores = await detector.score(inputs, options);
    return Uint8Array.from(scores, (score) => (score > detector.threshold ? 1 : 0));
  }

  /**
   * The columns that are to blame for the score of a row, the worst first. Each column is replaced by
   * what the network gives for it (one-hot inputs by the likeliest category), five times over, and the
   * row is scored again: the column without which the rest fits best is the worst. (The error of a
   * column says less: a wrong value also spoils the reconstruction of the columns that go together with
   * it.) Of more than 64 columns, the 64 with the largest errors are tried. A hint and not a verdict.
   *
   * @param row [inputSize].
   * @param topK Columns to name, 1 or more. Default 3.
   * @throws ArgumentError, ShapeError, DataError
   */
  async explain(row: Row, topK = 3, options: PredictOptions = {}): Promise<readonly ColumnError[]> {
    const count = requireInteger(topK, 'topK', countRule);
    const judge = judgeOf(this.engine.range('row'), this.columns, undefined);
    return explainRow(row, judge, resolvePrediction(options), count);
  }

  /**
   * The same for many rows at once, which is much faster than one after the other.
   *
   * @param inputs [rows, inputSize].
   * @param topK Columns to name for each row, 1 or more. Default 3.
   * @returns [rows], each as of `explain`.
   * @throws ArgumentError, ShapeError, DataError
   */
  async explainRows(
    inputs: Inputs,
    topK = 3,
    options: PredictOptions = {},
  ): Promise<readonly (readonly ColumnError[])[]> {
    const count = requireInteger(topK, 'topK', countRule);
    const judge = judgeOf(this.engine.range('inputs'), this.columns, undefined);
    return explainRows(inputs, judge, resolvePrediction(options), count);
  }

  /** @internal What a file holds besides the tensors, once those are read. */
  adopt({ columns, detector }: Pick<AutoencoderRecord, 'columns' | 'detector'>): void {
    this.#columns = columns;
    if (detector !== undefined) this.#detector.keep(detector);
  }

  /**
   * Trains the layers one after the other, from the outside in, as a start for `fit`: each pair of
   * an encoder layer and its mirror learns to give back what the layers before it made of the
   * inputs. The run tells the events of all stages, each with its `stage`, from 1.
   *
   * Sources: Hinton & Salakhutdinov (2006); Bengio et al., Greedy Layer-Wise Training of Deep
   * Networks (2007).
   *
   * @param data As of `fit`; weights of rows are those of every stage.
   * @param options As of `fit`, for every stage; the loss has to suit the end of each.
   * Rejects as `fit` does, and with ShapeError when the decoder does not mirror the encoder.
   */
  pretrain<Metric extends MetricName = never>(
    data: AutoencoderData,
    options?: PretrainOptions<Metric>,
  ): PretrainingRun<Metric> {
    const stack = { model: this, codeLayer: this.#codeLayer };
    const build = (recipe: AutoencoderRecipe) => new Autoencoder(recipe);
    return pretrainStack<Metric>(stack, build, data, options);
  }

  /**
   * A classifier that begins with this encoder: a copy of its layers and weights, and a new softmax
   * layer on top. `fit` then fine-tunes all of it, or with `frozen` the new layer alone.
   *
   * @param classes Classes, 2 or more.
   * @throws ArgumentError, MemoryError
   */
  toClassifier(classes: number, options: ClassifierOptions = {}): Sequential<'softmax'> {
    return classifierOf({ model: this, codeLayer: this.#codeLayer }, classes, options);
  }

  /**
   * Writes the network, or a part of it, as an ONNX file: see `Sequential.export`. Values are float32.
   *
   * | `part` | goes in | comes out |
   * |---|---|---|
   * | `'reconstruction'` (default) | `input` [batch, inputSize] | `reconstruction` [batch, inputSize], as `reconstruct` gives it |
   * | `'encoder'` | `input` | `code` [batch, codeSize] |
   * | `'decoder'` | `code` | `reconstruction` |
   * | `'score'` | `input` | `score` [batch], and of a model with a detector `anomaly` [batch], bool |
   *
   * The scores are those of `anomalyDetector`, where the model has one, else those of `score`.
   *
   * @throws ArgumentError for a network of 2 GB or more, which ONNX has no room for; otherwise as `save`.
   */
  override async export(
    path: string,
    options: AutoencoderExportOptions = {},
  ): Promise<ExportedModel> {
    requirePath(path);
    const part = readPart(options);
    const { exportAutoencoder } = await import('../export/onnx/networks.js');
    return await exportAutoencoder(path, this.exported(), part);
  }

  /** @internal */
  override exported(prefix?: string): ExportedAutoencoder {
    const network = super.exported(prefix);
    const codeLayer = this.#codeLayer;
    return { ...network, codeLayer, ...exportedScores(this.columns, this.anomalyDetector) };
  }

  /** @internal */
  protected override record(): ModelRecord {
    const { kind, spec, annotations, anomalyDetector: detector } = this;
    return {
      ...{ kind, spec, codeLayer: this.#codeLayer },
      columns: this.#columns,
      detector: detector === null ? undefined : Detector.recordOf(detector),
      annotations,
    };
  }
}

function noDistribution(): StateError {
  return new StateError({
    path: 'sample',
    expected: 'a variational autoencoder',
    received: 'one whose codes follow no known distribution',
    remedy: 'Decode codes of your own, or build the model with variationalAutoencoder.',
  });
}
