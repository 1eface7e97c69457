import { isFloat32Array, plainView } from '../builtins.js';
import { requireBoolean, requireKnownKeys, requireNumber, requireObject } from '../checks.js';
import { type Inputs, rowSource } from '../data/matrix.js';
import { ShapeError } from '../errors.js';
import { callNative, type NativeNetwork, type NativeTrainer } from '../native.js';
import type { NetworkSpec } from '../network/network.js';
import type { ModelContents } from './checkpoints/runStore.js';
import {
  readTrainerState,
  type TrainerIdentity,
  writeTrainerState,
} from './checkpoints/trainerState.js';
import { allFloats, allocateFloats } from './forward.js';
import type { Parameter } from './parameter.js';
import type { ResolvedTrainer } from './trainerOptions.js';

/** A tensor with its values, row after row. */
export interface ParameterValues extends Parameter {
  readonly values: Float32Array<ArrayBuffer>;
}

export interface ForwardOptions {
  /**
   * Whether a backward pass follows: dropout and noise are active, and batch normalisation uses the
   * statistics of the batch and keeps them.
   *
   * @default true
   */
  readonly training?: boolean | undefined;
}

/** What a trainer needs of the model that it trains. */
export interface TrainedModel {
  readonly spec: NetworkSpec;
  readonly network: NativeNetwork;
  /** The model as a file holds it. */
  contents(): ModelContents;
  settle(asking: NativeTrainer): void;
  stepped(trainer: NativeTrainer): void;
}

/**
 * A training loop by hand: `forward`, `backward`, `step`, for as many batches as you like. Every call
 * computes on this thread (and the threads of the option) and has ended when it returns.
 *
 * The model and its trainer share their weights: `predict`, `save`, `setParameter` and `fit` of the model
 * see every step, and the next `forward` sees what they have changed. Several trainers of one model, each
 * with an optimizer of its own, take turns. While a run of `fit` trains the model, `forward` and `step`
 * throw a StateError.
 */
export class Trainer {
  /** Rows of a forward pass at most. */
  readonly batchSize: number;
  readonly #model: TrainedModel;
  readonly #native: NativeTrainer;
  readonly #inputSize: number;
  readonly #outputSize: number;
  readonly #options: ResolvedTrainer;
  readonly #memory: Float32Array<ArrayBuffer>;
  readonly #parameters: readonly Parameter[];
  /** What the last forward pass gave; a pass of as many rows gives it again. */
  #outputs: Float32Array<ArrayBuffer>;
  #rows = 0;
  #learningRate: number;

  /** @internal Trainers are made by `model.trainer`. */
  constructor(model: TrainedModel, options: ResolvedTrainer) {
    const { batchSize, optimizer } = options;
    const { network } = model;
    this.#model = model;
    this.#options = options;
    this.batchSize = batchSize;
    this.#learningRate = optimizer.learningRate;
    this.#inputSize = network.inputSize;
    this.#outputSize = network.outputSize;
    this.#parameters = network.parameters();
    this.#native = callNative((core) => new core.Trainer(network, options));
    this.#memory = allocateFloats(batchSize * this.#outputSize);
    this.#outputs = this.#memory;
  }

  /** Of the next steps; at first that of the optimizer. Set it for a schedule of your own. */
  get learningRate(): number {
    return this.#learningRate;
  }

  /** @throws ArgumentError for anything but a finite number of 0 or more. */
  set learningRate(value: number) {
    this.#learningRate = requireNumber(value, 'learningRate', { minimum: 0 });
  }

  /** Steps that this trainer has made. */
  get steps(): number {
    return this.#native.updates;
  }

  /**
   * The outputs for a batch of rows.
   *
   * @param inputs [rows, inputSize], at most `batchSize` rows; for training through a `batchNorm` that
   * is not frozen 2 or more.
   * @returns [rows, outputSize], row after row: a view of memory that the next `forward` writes over. Copy
   * it (`outputs.slice()`) to keep it.
   * @throws ArgumentError, ShapeError, DataError (inputs that are not finite), DivergenceError (outputs
   * that are not), StateError while a run trains the model
   */
  forward(inputs: Inputs, options: ForwardOptions = {}): Float32Array<ArrayBuffer> {
    const given = requireObject(options, 'options');
    requireKnownKeys(given, ['training'], '');
    const { training = true } = given;
    const isTraining = requireBoolean(training, 'training');
    const { rows, floats } = batchOf(inputs, this.#inputSize, 'inputs');
    this.#requireFits(rows);
    const length = rows * this.#outputSize;
    if (this.#outputs.length !== length) this.#outputs = this.#memory.subarray(0, length);
    this.#model.settle(this.#native);
    this.#rows = 0;
    callNative(() => this.#native.forward(floats, rows, isTraining, this.#outputs));
    this.#rows = rows;
    return this.#outputs;
  }

  /**
   * Sends the gradient of your loss back through the network, once for each `forward`. The gradients of
   * the weights are added to those of earlier calls since the last `step`: several batches may make one
   * step. Penalties of layers (`activityPenalty`, the divergence of `gaussianSampling`) add their own
   * gradient, as the mean over the rows of the batch.
   *
   * @param outputGradient [rows, outputSize] in the form of `inputs`: the derivative of the loss by each
   * output. For the mean over the rows it contains the 1 / rows.
   * @throws StateError without a `forward` for training before it; ArgumentError, ShapeError, DataError
   */
  backward(outputGradient: Inputs): void {
    const { rows, floats } = batchOf(outputGradient, this.#outputSize, 'outputGradient');
    this.#requireRowsOfForward(rows);
    callNative(() => this.#native.backward(floats));
  }

  /**
   * The derivative of the loss by each input of the last `backward`; the option `inputGradient` keeps it.
   *
   * @returns [rows, inputSize], row after row.
   * @throws StateError without the option, or before a `backward`.
   */
  inputGradient(): Float32Array<ArrayBuffer> {
    const gradient = allocateFloats(this.#rows * this.#inputSize);
    callNative(() => this.#native.inputGradient(gradient));
    return gradient;
  }

  /**
   * Updates the weights with the gradients since the last step, which are used up: they are zero again.
   *
   * @throws StateError without a `backward` before it, and while a run trains the model.
   */
  step(): void {
    this.#model.settle(this.#native);
    callNative(() => this.#native.step(this.#learningRate));
    this.#model.stepped(this.#native);
  }

  /** Forgets the gradients since the last step. */
  zeroGradients(): void {
    callNative(() => this.#native.zeroGradients());
  }

  /** The gradients since the last step, of every tensor that is trained; zeros where there are none. */
  gradients(): readonly ParameterValues[] {
    return this.#parameters
      .filter((parameter) => parameter.trainable)
      .map((parameter) => {
        const values = callNative(() => this.#native.gradient(parameter.name));
        return { ...parameter, values: plainView(values) };
      });
  }

  /** The tensors of the model with their values, in the order of its layers. */
  parameters(): readonly ParameterValues[] {
    const { network } = this.#model;
    return this.#parameters.map((parameter) => {
      const values = callNative(() => network.getParameter(parameter.name));
      return { ...parameter, values: plainView(values) };
    });
  }

  /**
   * Writes the state of the trainer, so that another process can go on with the loop, bit by bit: the weights, what the
   * optimizer knows, the number of steps, the gradients since the last one, the learning rate. It is that of this moment,
   * whatever happens until it is written. The file is replaced as a whole or not at all; it is a saved model, too. What
   * your loop knows besides (the place in the data, say) is yours to keep.
   *
   * @throws ArgumentError, StateError when the file is written but cannot take its place, errors of the system.
   */
  async saveState(path: string): Promise<void> {
    const { tensors } = callNative(() => this.#native.state());
    const state = { tensors, learningRate: this.#learningRate };
    await writeTrainerState(path, this.#identity, state, this.#model.contents());
  }

  /**
   * Goes on from what `saveState` of a trainer with the same network and options has written; `threads` and
   * `inputGradient` may differ. Model and trainer have its weights then; the next call has to be `forward`.
   *
   * @throws FileFormatError for a file that is damaged or something else; StateError, which names what differs, for
   * another network, other options, another instruction set or a version with other bits, and while a run trains the
   * model; errors of the system. Nothing has changed then.
   */
  async loadState(path: string): Promise<void> {
    const { tensors, learningRate } = await readTrainerState(path, this.#identity);
    this.#model.settle(this.#native);
    callNative(() => this.#native.setState({ tensors }));
    this.#rows = 0;
    this.#learningRate = learningRate;
    this.#model.stepped(this.#native);
  }

  get #identity(): TrainerIdentity {
    return { spec: this.#model.spec, options: this.#options };
  }

  #requireFits(rows: number): void {
    if (rows <= this.batchSize) return;
    throw new ShapeError({
      path: 'inputs',
      expected: `at most ${this.batchSize} rows, the batchSize of the trainer`,
      received: `${rows}`,
      remedy: 'Give fewer rows, or make the trainer with a larger batchSize.',
    });
  }

  /** Where there was no forward pass, the core says so. */
  #requireRowsOfForward(rows: number): void {
    if (this.#rows === 0 || rows === this.#rows) return;
    throw new ShapeError({
      path: 'outputGradient',
      expected: `${this.#rows} rows, as many as the last forward pass had`,
      received: `${rows}`,
    });
  }
}

/** All rows as float32. A Float32Array of whole rows is taken as it is, with no object around it. */
function batchOf(
  values: Inputs,
  columns: number,
  path: string,
): { readonly rows: number; readonly floats: Float32Array } {
  if (isFloat32Array(values) && values.length > 0 && values.length % columns === 0) {
    return { rows: values.length / columns, floats: values };
  }
  const source = rowSource(values, columns, path);
  return { rows: source.rows, floats: allFloats(source) };
}
