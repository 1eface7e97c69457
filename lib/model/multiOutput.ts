import { requireList } from '../checks.js';
import type { Inputs, Matrix } from '../data/matrix.js';
import { type Layer, mostLayers } from '../network/layers/index.js';
import {
  type NetworkOutput,
  type NetworkSpec,
  type OutputActivation,
  outputsOf,
  withFrozenLayers,
} from '../network/network.js';
import { Engine } from './engine.js';
import { type PredictOptions, resolvePrediction, syncOptions } from './fitOptions.js';
import { allocateFloats, forward, forwardSync } from './forward.js';
import { requireLayerNumbers } from './frozenLayers.js';
import { Model } from './model.js';
import type { ModelRecord } from './modelFile.js';
import type {
  MultiOutputData,
  MultiOutputEvaluateOptions,
  MultiOutputEvent,
  MultiOutputFitOptions,
  MultiOutputHistory,
  MultiOutputResult,
  OutputActivations,
} from './multiOutputTypes.js';
import type { MultiOutputStream } from './rowStream.js';
import { networkOf, type SequentialOptions } from './sequential.js';
import { supervisedChunks } from './streamChunks.js';
import type { TrainingRun } from './trainingRun.js';
import { prepareSupervised } from './upload.js';

/**
 * A network that ends with several heads on the same layer, each of which gives an output of its own and
 * learns by a loss of its own. `Outputs` are the activations that they end with, by their names.
 */
export class MultiOutput<Outputs extends OutputActivations = OutputActivations> extends Model {
  override readonly kind = 'multiOutput';

  /** @internal Models are made by `multiOutput` and `load`. */
  constructor(spec: NetworkSpec) {
    super(
      new Engine(spec, {
        prepareData: prepareSupervised,
        chunks: supervisedChunks,
        dataForm: '{ inputs, targets }',
      }),
    );
  }

  /**
   * The outputs in their order: name, columns, the first column among those of all outputs (where the
   * model is used by hand, as `trainer` does, they lie beside each other), activation.
   */
  get outputs(): readonly NetworkOutput[] {
    return outputsOf(this.spec);
  }

  /** Columns of all outputs together. */
  get outputSize(): number {
    return this.engine.network.outputSize;
  }

  /**
   * Trains on a thread of its own, as `Sequential.fit`. The loss is the sum over the outputs of
   * weight * loss; every event has the loss and the metrics of each output beside it, as `outputs`.
   *
   * @param data Targets, and the names of classes, by the names of the outputs.
   * Rejects as `Sequential.fit` does; the paths are such as `outputs.price.loss` and `targets.price[3]`.
   */
  fit(
    data:
      | MultiOutputData<Extract<keyof Outputs, string>>
      | MultiOutputStream<Extract<keyof Outputs, string>>,
    options?: MultiOutputFitOptions<Outputs>,
  ): MultiOutputRun<Extract<keyof Outputs, string>> {
    return this.engine.fit(data, options) as unknown as MultiOutputRun<
      Extract<keyof Outputs, string>
    >;
  }

  /**
   * Mean losses and metrics over the data, of the network and of each output.
   *
   * @throws ArgumentError, ShapeError, DataError
   */
  async evaluate(
    data: MultiOutputData<Extract<keyof Outputs, string>>,
    options?: MultiOutputEvaluateOptions<Outputs>,
  ): Promise<MultiOutputResult<Extract<keyof Outputs, string>>> {
    const result = await this.engine.evaluate<never>(data, options);
    return result as MultiOutputResult<Extract<keyof Outputs, string>>;
  }

  /**
   * The outputs for some rows by their names, computed on threads of the process; the event loop
   * stays free.
   *
   * @param inputs [rows, inputSize].
   * @returns Of each output [rows, columns].
   * @throws ArgumentError, ShapeError, DataError
   */
  async predict(
    inputs: Inputs,
    options: PredictOptions = {},
  ): Promise<Record<keyof Outputs, Matrix>> {
    return this.#split(
      await forward(inputs, this.engine.range('inputs'), resolvePrediction(options)),
    );
  }

  /** As `predict`, on the caller's thread: the right form for a few rows. */
  predictSync(
    inputs: Inputs,
    options?: Pick<PredictOptions, 'precision'>,
  ): Record<keyof Outputs, Matrix> {
    const { precision } = syncOptions(options, ['precision']);
    return this.#split(forwardSync(inputs, this.engine.whole(precision)));
  }

  /**
   * A copy of the model, with the same weights, in which exactly these layers are frozen: training
   * leaves them as they are. The heads together are the last layer.
   *
   * @param layers Numbers of layers, from 0; an empty array for a copy that learns as a whole.
   * @throws ArgumentError, MemoryError
   */
  withFrozenLayers(layers: readonly number[]): MultiOutput<Outputs> {
    const frozen = requireLayerNumbers(layers, this.spec);
    const copy = new MultiOutput<Outputs>(withFrozenLayers(this.spec, frozen));
    copy.adoptFrom(this);
    return copy;
  }

  /** @internal */
  protected override record(): ModelRecord {
    const { kind, spec, annotations } = this;
    return { kind, spec, annotations };
  }

  #split(all: Matrix): Record<keyof Outputs, Matrix> {
    const parts = this.outputs.map((output) => [output.name, columnsOf(all, output)] as const);
    return Object.fromEntries(parts) as Record<keyof Outputs, Matrix>;
  }
}

/** A run of a network of several outputs. */
export type MultiOutputRun<Name extends string = string> = TrainingRun<
  never,
  MultiOutputEvent<Name>,
  MultiOutputHistory<Name>
>;

/** Layers as `sequential` takes them, so that the compiler infers what they end with. */
type AnyHead = Pick<Layer, 'type'> | readonly Pick<Layer, 'type'>[];

/** The activation that a head ends with. */
type HeadActivation<Given> = Given extends readonly unknown[]
  ? OutputActivation<Given>
  : OutputActivation<readonly [Given]>;

/**
 * Builds a network with several outputs, with its first weights: layers that all outputs share, and a head
 * for each output, which is a layer or several one after the other.
 *
 * ```ts
 * const model = multiOutput(
 *   [dense(64, { activation: 'relu' })],
 *   {
 *     digit: dense(10, { activation: 'softmax' }),
 *     place: [dense(16, { activation: 'relu' }), dense(2)],
 *     urgent: dense(1, { activation: 'sigmoid' }),
 *   },
 *   { inputSize: 784 },
 * );
 * ```
 *
 * @param layers One after the other, before the heads; may be empty.
 * @param heads By the names of the outputs: letters, digits, _ and -, with a letter first. The order of the
 * names is that of the outputs.
 * @throws ArgumentError with the path of the layer, NativeBinaryError, MemoryError.
 */
export function multiOutput<const Heads extends Readonly<Record<string, AnyHead>>>(
  layers: readonly Pick<Layer, 'type'>[],
  heads: Heads,
  options: SequentialOptions,
): MultiOutput<{ readonly [Name in keyof Heads]: HeadActivation<Heads[Name]> }> {
  const before = requireList(layers, 'layers', { of: 'layers', most: mostLayers });
  return new MultiOutput(networkOf([...before, { type: 'heads', heads }], options));
}

/** The columns of one output out of those of all. */
function columnsOf({ values, rows, columns: all }: Matrix, output: NetworkOutput): Matrix {
  const { columns, start } = output;
  const own = allocateFloats(rows * columns);
  for (let row = 0; row < rows; row++) {
    const first = row * all + start;
    own.set(values.subarray(first, first + columns), row * columns);
  }
  return { values: own, rows, columns };
}
