import { requireBoolean, requireKnownKeys, requireObject } from '../checks.js';
import type { Inputs, Matrix } from '../data/matrix.js';
import { Engine, type PrepareData } from '../model/engine.js';
import type { ValidationResult } from '../model/events.js';
import {
  type EvaluateOptions,
  type FitChecks,
  type FitOptions,
  type PredictOptions,
  resolvePrediction,
} from '../model/fitOptions.js';
import { forward } from '../model/forward.js';
import { Model } from '../model/model.js';
import type { ModelRecord } from '../model/modelFile.js';
import type { TrainingRun } from '../model/trainingRun.js';
import { prepareInputsOnly } from '../model/upload.js';
import type { NameLike } from '../spec/data.js';
import type { MetricName, OptimizerName } from '../spec/generated.js';
import type { LossNameFor } from '../spec/losses.js';
import { type NetworkSpec, sizeAfter } from '../spec/network.js';
import {
  measureReconstruction,
  type ReconstructionErrorMatrix,
  type ReconstructionErrors,
} from './reconstruction.js';

/**
 * What a variant of autoencoder gives: a network, and the layer whose output is the code. A variant
 * is a file of this folder with a function from its options to a recipe.
 */
export interface AutoencoderRecipe {
  readonly spec: NetworkSpec;
  readonly codeLayer: number;
}

export interface ReconstructionErrorOptions extends PredictOptions {
  /** Whether the result also holds the error of each single value. Default false. */
  readonly matrix?: boolean | undefined;
}

/** A network that learns to give back its input through a narrow code. */
export class Autoencoder<Output extends string = string> extends Model {
  override readonly kind = 'autoencoder';
  readonly #codeLayer: number;

  /** @internal Models are made by `autoencoder` and `load`. */
  constructor({ spec, codeLayer }: AutoencoderRecipe) {
    super(new Engine(spec, { prepareData, defaultLoss: 'meanSquaredError' }));
    this.#codeLayer = codeLayer;
  }

  /** Columns of the code. */
  get codeSize(): number {
    return sizeAfter(this.spec, this.#codeLayer + 1);
  }

  /**
   * Trains the network to give back its inputs; see `Sequential.fit` for the run and its errors.
   *
   * @param inputs [rows, inputSize].
   * @param options As of `Sequential.fit`; the default loss is `'meanSquaredError'`.
   */
  fit<
    Metric extends NameLike<MetricName> = never,
    Loss extends NameLike<LossNameFor<Output>> = never,
    Optimizer extends NameLike<OptimizerName> = never,
  >(
    inputs: Inputs,
    options?: FitOptions<Inputs, Output, Metric, Loss, Optimizer> &
      FitChecks<Output, Metric, Loss, Optimizer>,
  ): TrainingRun<Metric> {
    return this.engine.fit<Metric>(inputs, options);
  }

  /**
   * Mean loss and metrics of the reconstruction.
   *
   * @throws ArgumentError, ShapeError, DataError
   */
  async evaluate<
    Metric extends NameLike<MetricName> = never,
    Loss extends NameLike<LossNameFor<Output>> = never,
  >(
    inputs: Inputs,
    options?: EvaluateOptions<Output, Metric, Loss> &
      Pick<FitChecks<Output, Metric, Loss, never>, 'loss' | 'metrics'>,
  ): Promise<ValidationResult<Metric>> {
    return this.engine.evaluate<Metric>(inputs, options);
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

  /** @internal */
  protected override record(): ModelRecord {
    const { kind, spec, annotations } = this;
    return { kind, spec, codeLayer: this.#codeLayer, annotations };
  }
}

const prepareData: PrepareData = (inputs, { inputSize }, path) =>
  prepareInputsOnly(inputs, inputSize, path === '' ? 'inputs' : path);
