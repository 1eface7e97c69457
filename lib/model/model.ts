import { isArray, isFloat32Array, plainView } from '../builtins.js';
import {
  describeValue,
  listOf,
  remedyFor,
  requireKnownKeys,
  requireObject,
  requirePath,
} from '../checks.js';
import type { Inputs } from '../data/matrix.js';
import { numbersOf } from '../data/rows.js';
import { ArgumentError, ShapeError } from '../errors.js';
import type { ExportedModel } from '../export/exported.js';
import type { ExportedNetwork } from '../export/onnx/networks.js';
import { callNative } from '../native.js';
import type { NetworkSpec } from '../network/network.js';
import { type ActivationsOptions, type LayerActivations, layerActivations } from './activations.js';
import type { Engine } from './engine.js';
import { answerForeignMethods } from './foreignMethods.js';
import { type JsonObject, requireJson } from './json.js';
import { type LoadedWeights, type LoadWeightsOptions, readWeights } from './loadWeights.js';
import {
  type Attachments,
  type ModelKind,
  type ModelRecord,
  type SavedMember,
  saveModel,
  tensorsOf,
} from './modelFile.js';
import type { Parameter } from './parameter.js';
import { summaryOf } from './summary.js';
import type { Trainer } from './trainer.js';
import type { TrainerOptions } from './trainerOptions.js';

const titles: Readonly<Record<ModelKind, string>> = {
  sequential: 'Sequential',
  multiOutput: 'MultiOutput',
  autoencoder: 'Autoencoder',
};

/** What every kind of model has in common. The memory is freed with the object; nothing to dispose. */
export abstract class Model {
  abstract readonly kind: ModelKind;
  #annotations: JsonObject = {};
  /** @internal What else a file of the model says: see `ModelRecord.attachments`. */
  attachments: Attachments = {};
  #byName: ReadonlyMap<string, Parameter> | undefined;
  /** @internal */
  readonly engine: Engine;

  static {
    answerForeignMethods(Model.prototype);
  }

  /** @internal */
  protected constructor(engine: Engine) {
    this.engine = engine;
    engine.describe = () => this.member().record;
  }

  /** The network as plain frozen data, with every default filled in. */
  get spec(): NetworkSpec {
    return this.engine.spec;
  }

  /** Plain data of your own that is saved with the model. Default `{}`. */
  get annotations(): JsonObject {
    return this.#annotations;
  }

  /** @throws ArgumentError when the value is not plain data of JSON. */
  set annotations(value: object) {
    const object = requireObject(value, 'annotations');
    requireJson(object, 'annotations');
    this.#annotations = object as JsonObject;
  }

  /** Columns of the input. */
  get inputSize(): number {
    return this.engine.network.inputSize;
  }

  /** The tensors of the network, in the order of its layers. */
  get parameters(): readonly Parameter[] {
    return this.engine.network.parameters();
  }

  /**
   * A copy of a tensor, row after row. While a run trains, the state after its last whole epoch.
   *
   * @throws ArgumentError for an unknown name.
   */
  getParameter(name: string): Float32Array<ArrayBuffer> {
    this.#requireParameter(name);
    return plainView(callNative(() => this.engine.network.getParameter(name)));
  }

  /**
   * Replaces a tensor; the values are copied.
   *
   * @throws ArgumentError for an unknown name, ShapeError for another length, DataError for values
   * that are not finite and for variances below 0 (`running_var`), StateError while a run trains.
   */
  setParameter(name: string, values: Float32Array | readonly number[]): void {
    const { shape } = this.#requireParameter(name);
    const length = shape.reduce((product, side) => product * side, 1);
    this.engine.setParameter(name, floatsOf(values, length, `parameters['${name}']`));
  }

  /**
   * Takes weights from a safetensors file of any library: PyTorch's `state_dict`, a model saved here. Tensors are float32,
   * float64, float16 or bfloat16. What does not fit is an error, and then nothing has changed.
   *
   * ```ts
   * const { ignored } = await model.loadWeights('classifier.safetensors', {
   *   names: { '0.weight': 'fc1.weight', '0.bias': 'fc1.bias', '2.weight': 'fc2.weight', '2.bias': 'fc2.bias' },
   * });
   * ```
   *
   * @param options.names What the tensors are called in the file.
   * @param options.layout `'keras'` where weights are [inputs, outputs].
   * @returns The tensors that were set, and those of the file that were not asked for.
   * @throws ArgumentError for a tensor that the file does not have, with the nearest name; ShapeError, DataError as
   * `setParameter`; FileFormatError for a damaged file or other types of numbers; StateError while a run trains
   */
  async loadWeights(path: string, options: LoadWeightsOptions = {}): Promise<LoadedWeights> {
    const { values, report } = await readWeights(requirePath(path), this.parameters, options);
    for (const [name, floats] of values) this.engine.setParameter(name, floats);
    return report;
  }

  /**
   * A training loop by hand, for what `fit` does not do: other losses, several networks that train each
   * other, updates that depend on the outcome. The trainer computes on this thread, with the memory and
   * the threads of a run of its own, which are freed with the object.
   *
   * ```ts
   * const trainer = model.trainer({ optimizer: 'adam', batchSize: 64 });
   * const outputs = trainer.forward(inputs);
   * trainer.backward(outputs.map((y, i) => (2 * (y - targets[i])) / outputs.length));
   * trainer.step();
   * ```
   *
   * @throws ArgumentError, StateError while a run trains the model, MemoryError
   */
  trainer(options?: TrainerOptions): Trainer {
    return this.engine.trainer(options ?? {});
  }

  /**
   * What the layers give for some rows, after their activations: what a histogram of each layer is drawn
   * from, or what a code in the middle of a network is read from. To see what comes before an activation
   * too, put it behind its layer: `dense(64), activation('relu')`. As when predicting, layers of noise
   * pass their input on and batch normalisation uses its running statistics. Computed on threads of the
   * process; the event loop stays free. A run that trains meanwhile goes on: its layers are those of
   * whole epochs, but perhaps not of the same one.
   *
   * ```ts
   * for (const { path, outputs } of await model.activations(rows)) console.log(path, outputs.values);
   * const [hidden] = await model.activations(rows, { layers: [0] });
   * ```
   *
   * @param inputs [rows, inputSize].
   * @returns One record for each layer, in the order of `layers`; all are in the memory at once.
   * @throws ArgumentError, also for a layer that the network does not have; ShapeError, DataError,
   * MemoryError
   */
  async activations(
    inputs: Inputs,
    options: ActivationsOptions = {},
  ): Promise<readonly LayerActivations[]> {
    return layerActivations(this.engine, inputs, options);
  }

  /**
   * A table of layers, shapes, activations, parameters (also how many of them training changes) and
   * memory, as text.
   */
  summary(): string {
    const { spec, network } = this.engine;
    return summaryOf({
      title: titles[this.kind],
      spec,
      layers: network.layers(),
      bytes: network.bytes,
    });
  }

  /**
   * Saves the model as a safetensors file, which `load` reads, and PyTorch too: the names and
   * layouts of the tensors are those of `nn.Sequential`. The file is replaced as a whole or not at
   * all, and keeps its rights; one that cannot be replaced, a mount point say, is written in place
   * once all bytes are on the disk. While a run trains, the state after its last whole epoch is
   * saved.
   *
   * @throws ArgumentError when `annotations` is not plain data, or the path leads to a folder, a pipe
   * or a device; StateError when the file is written but cannot take its place: it is kept, and the
   * error says where; errors of the system.
   */
  async save(path: string): Promise<void> {
    const { record, network } = this.member();
    await saveModel(path, record, network);
  }

  /**
   * Writes the network as an ONNX file, which onnxruntime and other programs run without this package: rows go in as
   * `input`, float32 of shape [batch, inputSize], with any number of rows, and come out as `output`; of a network of several
   * outputs under their names. It computes what `predict` does: layers of noise pass their input on. The file is replaced
   * as a whole or not at all. While a run trains, the state after its last whole epoch is exported.
   *
   * ```ts
   * const { inputs, outputs } = await model.export('model.onnx');
   * outputs[0]; // { name: 'output', type: 'float', shape: ['batch', 3] }
   * ```
   *
   * @param options None; an autoencoder has parts, see `Autoencoder.export`.
   * @returns What the file takes and gives.
   * @throws ArgumentError for a network of 2 GB or more, which ONNX has no room for; otherwise as `save`.
   */
  async export(
    path: string,
    options: Readonly<Record<string, never>> = {},
  ): Promise<ExportedModel> {
    requirePath(path);
    requireNoPart(options);
    const { exportNetwork } = await import('../export/onnx/networks.js');
    return await exportNetwork(path, this.exported());
  }

  /** @internal What an exported file is made of. @param prefix of the names of the tensors */
  exported(prefix = ''): ExportedNetwork {
    return { spec: this.spec, tensors: tensorsOf(this.engine.network, prefix), prefix };
  }

  /** @internal The network as a file holds it. */
  member(): SavedMember {
    const { attachments, engine } = this;
    return { record: { ...this.record(), attachments }, network: engine.network };
  }

  /** @internal Takes the tensors and the annotations of a model of the same shapes. */
  adoptFrom(other: Model): void {
    const values = callNative(() => other.engine.network.getParameters());
    for (const [index, { name }] of other.parameters.entries()) {
      this.engine.setParameter(name, values[index] as Float32Array);
    }
    this.annotations = other.annotations;
  }

  /** @internal Whether a value is one, and no object that only looks like it. */
  static isModel(value: unknown): value is Model {
    return typeof value === 'object' && value !== null && #annotations in value;
  }

  /** @internal What is saved besides the tensors. */
  protected abstract record(): ModelRecord;

  #requireParameter(name: string): Parameter {
    // Kept, as whoever asks for one of many tensors asks for all of them.
    this.#byName ??= new Map(this.parameters.map((parameter) => [parameter.name, parameter]));
    const found = this.#byName.get(name);
    if (found !== undefined) return found;
    const names = [...this.#byName.keys()];
    throw new ArgumentError({
      path: 'name',
      expected: `one of the parameters ${listOf(names.slice(0, shownNames))}`,
      received: describeValue(name),
      remedy: typeof name === 'string' ? remedyFor(name, names) : '',
    });
  }
}

/** @throws ArgumentError for the part of what has none */
function requireNoPart(options: unknown): void {
  const given = requireObject(options, 'options');
  if (given.part === undefined) {
    requireKnownKeys(given, ['part'], '');
    return;
  }
  throw new ArgumentError({
    path: 'part',
    expected: 'no such option for a model that is no autoencoder',
    received: describeValue(given.part),
    remedy: 'Leave it out: the whole network is exported.',
  });
}

/** Names that the error of an unknown one shows. */
const shownNames = 40;

/** @throws ArgumentError, ShapeError, DataError */
function floatsOf(values: unknown, length: number, path: string): Float32Array {
  const isFloats = isFloat32Array(values);
  if (!isFloats && !isArray(values)) {
    throw new ArgumentError({
      path,
      expected: 'a Float32Array or an array of numbers',
      received: describeValue(values),
    });
  }
  if (values.length !== length) {
    const received = String(values.length);
    throw new ShapeError({ path, expected: `${length} values`, received });
  }
  return isFloats ? plainView(values) : Float32Array.from(numbersOf(values, path));
}

/** @throws ArgumentError for anything but a model of this library. */
export function requireModel(value: unknown): void {
  if (Model.isModel(value)) return;
  throw new ArgumentError({
    path: 'model',
    expected: 'a model, as sequential, multiOutput, autoencoder or load give it',
    received: describeValue(value),
  });
}

/** The kinds of models, with the data that each is trained with. */
export type Trainable = Model & { fit(data: never, options?: never): unknown };
