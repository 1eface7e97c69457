import { requireKnownKeys, requireObject } from '../checks.js';
import type { Inputs, Matrix } from '../data/matrix.js';
import { ArgumentError } from '../errors.js';
import type { MetricName } from '../network/generated.js';
import type { Layer } from '../network/layers/index.js';
import {
  hasHeads,
  type NetworkSpec,
  normaliseNetwork,
  type OutputActivation,
  outputsOf,
  withFrozenLayers,
} from '../network/network.js';
import type { DetectorRecord } from './detectorRecord.js';
import { Engine } from './engine.js';
import type { ValidationResult } from './events.js';
import {
  type EvaluateOptions,
  type FitOptions,
  type PredictOptions,
  type PredictSyncOptions,
  resolvePrediction,
  syncOptions,
} from './fitOptions.js';
import { forward, forwardSync } from './forward.js';
import { requireLayerNumbers } from './frozenLayers.js';
import { Model } from './model.js';
import type { ModelRecord } from './modelFile.js';
import {
  changedSince,
  findResiduals,
  type JudgedData,
  judgedRows,
  ResidualDetector,
  type ResidualDetectorOptions,
  requireRegressor,
} from './residualDetector.js';
import type { SupervisedStream } from './rowStream.js';
import { supervisedChunks } from './streamChunks.js';
import type { SupervisedData } from './supervisedData.js';
import type { TrainingRun } from './trainingRun.js';
import { prepareSupervised } from './upload.js';

export interface SequentialOptions {
  /** Columns of the input. */
  readonly inputSize: number;
  /**
   * Seed of the first weights, 32 bits.
   *
   * @default 0
   */
  readonly seed?: number | undefined;
}

/** A network of layers, one after the other. `Output` is the activation that it ends with. */
export class Sequential<Output extends string = string> extends Model {
  override readonly kind = 'sequential';
  /** The detector, and the count of changes of the weights that it was made for. */
  #detector: { readonly record: DetectorRecord; readonly changes: number } | undefined;

  /** @internal Models are made by `sequential` and `load`. */
  constructor(spec: NetworkSpec) {
    super(
      new Engine(spec, {
        prepareData: prepareSupervised,
        chunks: supervisedChunks,
        dataForm: '{ inputs, targets }',
      }),
    );
  }

  /** Columns of the output. */
  get outputSize(): number {
    return this.engine.network.outputSize;
  }

  /**
   * Trains on a thread of its own; the event loop stays free. Await the run for the history, or
   * iterate it for the events. Nothing is thrown here: every error rejects the run.
   *
   * The arrays must not change before the first event: large ones are copied in slices. Data that is larger than the
   * memory comes from files (`fileRows`) or as a stream.
   *
   * Rejects with ArgumentError (options), ShapeError and DataError (data), StateError (this model
   * already trains), DivergenceError (the loss is no longer a number), MemoryError.
   */
  fit<Metric extends MetricName = never>(
    data: SupervisedData | SupervisedStream,
    options?: FitOptions<SupervisedData, Output, Metric>,
  ): TrainingRun<Metric> {
    return this.engine.fit<Metric>(data, options);
  }

  /**
   * Mean loss and metrics over the data.
   *
   * @throws ArgumentError, ShapeError, DataError
   */
  async evaluate<Metric extends MetricName = never>(
    data: SupervisedData,
    options?: EvaluateOptions<Output, Metric>,
  ): Promise<ValidationResult<Metric>> {
    return this.engine.evaluate<Metric>(data, options);
  }

  /**
   * The outputs for some rows, computed on threads of the process; the event loop stays free.
   *
   * @param inputs [rows, inputSize].
   * @returns [rows, outputSize].
   * @throws ArgumentError, ShapeError, DataError
   */
  async predict(inputs: Inputs, options: PredictOptions = {}): Promise<Matrix> {
    return forward(inputs, this.engine.range('inputs'), resolvePrediction(options));
  }

  /**
   * As `predict`, on the caller's thread: the right form for a few rows.
   *
   * @param options.output Is filled and returned, in the place of a new array.
   * @param options.precision `'bf16'` for weights that take half the memory: faster for a row or two.
   * @throws ArgumentError, ShapeError, DataError
   */
  predictSync<Values extends Float32Array = Float32Array<ArrayBuffer>>(
    inputs: Inputs,
    options?: PredictSyncOptions<Values>,
  ): Matrix<Values> {
    const { output, precision } = syncOptions(options, ['output', 'precision']);
    const outputs: Matrix<Float32Array> = forwardSync(inputs, this.engine.whole(precision), output);
    // The values are the array that was given, or a new one where none was.
    return outputs as Matrix<Values>;
  }

  /**
   * A copy of the model, with the same weights, in which exactly these layers are frozen: training
   * leaves them as they are. For fine-tuning in steps: first what is new, then all, gently.
   *
   * @param layers Numbers of layers, from 0; an empty array for a copy that learns as a whole.
   * Those that have nothing to learn are passed over.
   * @throws ArgumentError, MemoryError
   */
  withFrozenLayers(layers: readonly number[]): Sequential<Output> {
    const frozen = requireLayerNumbers(layers, this.spec);
    const copy = new Sequential<Output>(withFrozenLayers(this.spec, frozen));
    copy.adoptFrom(this);
    return copy;
  }

  /**
   * Makes a detector of anomalies of a regressor and keeps it with the model, as `anomalyDetector`: rows are unusual whose
   * targets are far from what the network says. The threshold comes from the scores of rows that are known to be ordinary,
   * or nearly all of them. Rows that were not trained on give the honest threshold.
   *
   * ```ts
   * const detector = await model.detector({ inputs, targets }, { method: 'quantile', quantile: 0.999 });
   * for (const { score, anomaly, columns } of await detector.detect(others)) …
   * ```
   *
   * @param data Inputs, [rows, inputSize], with their targets, [rows, outputSize], in any form of those of `fit`.
   * @param options The method of the threshold, as of `Autoencoder.detector`.
   * @throws StateError for a network that ends with softmax; ArgumentError, ShapeError, DataError
   */
  async detector(data: JudgedData, options: ResidualDetectorOptions): Promise<ResidualDetector> {
    requireRegressor(this.engine);
    const { changes } = this.engine;
    const record = await findResiduals(
      data,
      (rows, how) => judgedRows(this.engine, rows, how),
      options,
    );
    this.#detector = { record, changes };
    return this.#residuals(record, changes);
  }

  /**
   * The detector that the model has; null before `detector(…)`, and again once the weights change. Saved with the model.
   */
  get anomalyDetector(): ResidualDetector | null {
    const kept = this.#kept();
    return kept === undefined ? null : this.#residuals(kept, this.engine.changes);
  }

  #kept(): DetectorRecord | undefined {
    return this.#detector?.changes === this.engine.changes ? this.#detector.record : undefined;
  }

  #residuals(record: DetectorRecord, changes: number): ResidualDetector {
    return new ResidualDetector(record, async (rows, how) => {
      if (this.engine.changes !== changes) throw changedSince();
      return await judgedRows(this.engine, rows, how);
    });
  }

  /** @internal What a file holds besides the tensors, once those are read. */
  adopt({ detector: record }: { readonly detector?: DetectorRecord | undefined }): void {
    this.#detector = record && { record, changes: this.engine.changes };
  }

  /** @internal */
  protected override record(): ModelRecord {
    const { kind, spec, annotations } = this;
    return { kind, spec, annotations, detector: this.#kept() };
  }
}

/**
 * Builds a network of layers, one after the other, with its first weights.
 *
 * ```ts
 * const model = sequential([dense(64, { activation: 'relu' }), dense(3, { activation: 'softmax' })], {
 *   inputSize: 4,
 * });
 * ```
 *
 * @throws ArgumentError with the path of the layer, NativeBinaryError, MemoryError.
 */
export function sequential<const Layers extends readonly Pick<Layer, 'type'>[]>(
  layers: Layers,
  options: SequentialOptions,
): Sequential<OutputActivation<Layers>> {
  const spec = networkOf(layers, options);
  if (!hasHeads(outputsOf(spec))) return new Sequential(spec);
  throw new ArgumentError({
    path: `layers[${spec.layers.length - 1}]`,
    expected: 'layers of a network of one output',
    received: 'heads',
    remedy: 'Build the network with multiOutput.',
  });
}

/** The layers as the spec of a network. */
export function networkOf(layers: unknown, options: SequentialOptions): NetworkSpec {
  if (options === undefined) {
    throw new ArgumentError({
      path: 'options',
      expected: 'an object with the columns of the input',
      received: 'undefined',
      remedy: 'Write { inputSize: 4 } behind the layers, say.',
    });
  }
  const given = requireObject(options, 'options');
  requireKnownKeys(given, ['inputSize', 'seed'], '');
  return normaliseNetwork({ ...given, layers });
}
