import type { Card } from '../cards.js';
import { importPackage, packageVersion } from '../common/packages.js';
import { denseParameters } from '../common/parameters.js';
import type {
  AccuracyJob,
  AccuracyResult,
  CaseFiles,
  LossCheck,
  TrainResult,
} from '../common/protocol.js';
import { readClasses, readImages, readInputs, readTargetMatrix, readWeights } from './caseFiles.js';
import {
  type Driver,
  type PredictionSession,
  secondsSince,
  type TrainingSession,
} from './driver.js';

/**
 * TensorFlow.js, with the WASM backend or as tfjs-node: `tf.sequential` and `model.fit`, which does not
 * yield between batches here.
 */

interface Tensor {
  readonly shape: readonly number[];
  slice(begin: number, size: number): Tensor;
  dispose(): void;
  data(): Promise<Float32Array>;
}

interface FitOptions {
  readonly batchSize: number;
  readonly epochs: number;
  readonly shuffle: boolean;
  readonly verbose: 0;
  readonly yieldEvery: 'never';
}

interface Model {
  add(layer: Layer): void;
  compile(options: { optimizer: object; loss: string }): void;
  fit(x: Tensor, y: Tensor, options: FitOptions): Promise<{ history: { loss: number[] } }>;
  predict(x: Tensor): Tensor;
}

interface Layer {
  setWeights(weights: Tensor[]): void;
}

/** What is used of `@tensorflow/tfjs`. */
interface TensorFlow {
  readonly layers: {
    dense(options: object): Layer;
    batchNormalization(options: object): Layer;
    activation(options: object): Layer;
  };
  readonly train: { adam(rate: number, beta1: number, beta2: number, epsilon: number): object };
  sequential(): Model;
  tensor(values: Float32Array, shape: number[]): Tensor;
  tensor1d(values: Int32Array, type: 'int32'): Tensor;
  oneHot(indices: Tensor, depth: number): Tensor;
  cast(x: Tensor, type: 'float32'): Tensor;
  zeros(shape: number[]): Tensor;
  setBackend(name: string): Promise<boolean>;
  ready(): Promise<void>;
}

interface WasmBackend {
  setThreadsCount(threads: number): void;
}

const losses = {
  crossEntropy: 'categoricalCrossentropy',
  meanSquaredError: 'meanSquaredError',
} as const;

/** (outputs, inputs) to (inputs, outputs) */
function transposed(values: Float32Array, outputs: number, inputs: number): Float32Array {
  const result = new Float32Array(values.length);
  for (let i = 0; i < outputs; i += 1) {
    for (let j = 0; j < inputs; j += 1) {
      result[j * outputs + i] = values[i * inputs + j] as number;
    }
  }
  return result;
}

/** With the weights of the case, or else the framework's own first weights. */
function build(tf: TensorFlow, card: Card, files?: CaseFiles): Model {
  const model = tf.sequential();
  for (const dense of denseParameters(card)) {
    const { inputs, outputs, batchNorm } = dense;
    const fused = !batchNorm && dense.activation !== 'linear';
    const layer = tf.layers.dense({
      units: outputs,
      inputShape: [inputs],
      useBias: !batchNorm,
      ...(fused && { activation: dense.activation }),
    });
    model.add(layer);
    if (files) {
      const weights = transposed(readWeights(files, dense.module), outputs, inputs);
      const kernel = tf.tensor(weights, [inputs, outputs]);
      layer.setWeights(batchNorm ? [kernel] : [kernel, tf.zeros([outputs])]);
    }
    if (!batchNorm) continue;
    model.add(tf.layers.batchNormalization({ momentum: 0.9, epsilon: 1e-5 }));
    model.add(tf.layers.activation({ activation: dense.activation }));
  }
  model.compile({
    optimizer: tf.train.adam(1e-3, 0.9, 0.999, 1e-8),
    loss: losses[card.loss],
  });
  return model;
}

function targetTensor(tf: TensorFlow, files: CaseFiles, outputs: number): Tensor {
  if (files.card.targets === 'classes') {
    const classes = tf.tensor1d(readClasses(files), 'int32');
    return tf.cast(tf.oneHot(classes, outputs), 'float32');
  }
  return tf.tensor(readTargetMatrix(files), [files.card.rows, outputs]);
}

class TfjsTraining implements TrainingSession {
  readonly #tf: TensorFlow;
  readonly #files: CaseFiles;
  readonly #card: Card;
  readonly #x: Tensor;
  readonly #y: Tensor;
  readonly #model: Model;

  constructor(tf: TensorFlow, files: CaseFiles) {
    this.#tf = tf;
    this.#files = files;
    this.#card = files.card;
    const outputs = this.#card.layers.at(-1)?.units ?? 0;
    this.#x = tf.tensor(readInputs(files), [this.#card.rows, this.#card.inputs]);
    this.#y = targetTensor(tf, files, outputs);
    this.#model = build(tf, files.card, files);
  }

  async check({ rows, epochs }: LossCheck): Promise<readonly number[]> {
    const model = build(this.#tf, this.#card, this.#files);
    return (await this.#fit(model, rows, epochs, false)).history.loss;
  }

  async train(wanted: number): Promise<TrainResult> {
    const { batchSize, rows: all } = this.#card;
    const rows = Math.min(all, Math.ceil(wanted / batchSize) * batchSize);
    const epochs = Math.ceil(wanted / rows);
    const start = performance.now();
    await this.#fit(this.#model, rows, epochs, true);
    return { rows: rows * epochs, seconds: secondsSince(start) };
  }

  async #fit(model: Model, rows: number, epochs: number, shuffle: boolean) {
    const whole = rows === this.#card.rows;
    const x = whole ? this.#x : this.#x.slice(0, rows);
    const y = whole ? this.#y : this.#y.slice(0, rows);
    const { batchSize } = this.#card;
    const options = { batchSize, epochs, shuffle, verbose: 0, yieldEvery: 'never' } as const;
    const history = await model.fit(x, y, options);
    if (!whole) {
      x.dispose();
      y.dispose();
    }
    return history;
  }
}

class TfjsPrediction implements PredictionSession {
  readonly #tf: TensorFlow;
  readonly #inputs: Float32Array;
  readonly #columns: number;
  readonly #model: Model;

  constructor(tf: TensorFlow, files: CaseFiles) {
    this.#tf = tf;
    this.#inputs = readInputs(files);
    this.#columns = files.card.inputs;
    this.#model = build(tf, files.card, files);
  }

  async predict(batch: number, calls: number) {
    const rows = this.#inputs.subarray(0, batch * this.#columns);
    let outputs: Float32Array = new Float32Array();
    const start = performance.now();
    for (let call = 0; call < calls; call += 1) {
      const x = this.#tf.tensor(rows, [batch, this.#columns]);
      const y = this.#model.predict(x);
      outputs = await y.data();
      x.dispose();
      y.dispose();
    }
    return { seconds: secondsSince(start), outputs };
  }
}

/** Images as numbers in [0, 1], and labels as rows of zeros and a one. */
function imageTensors(tf: TensorFlow, directory: string, part: 'train' | 't10k') {
  const { rows, pixels, labels } = readImages(directory, part);
  const x = tf.tensor(
    Float32Array.from(pixels, (pixel) => pixel / 255),
    [rows, 784],
  );
  const classes = tf.tensor1d(Int32Array.from(labels), 'int32');
  return { x, y: tf.cast(tf.oneHot(classes, 10), 'float32'), labels };
}

async function accuracyOf(model: Model, x: Tensor, labels: Uint8Array): Promise<number> {
  const outputs = model.predict(x);
  const values = await outputs.data();
  outputs.dispose();
  const hits = labels.reduce((sum, label, row) => {
    const scores = values.subarray(row * 10, row * 10 + 10);
    return sum + (scores.indexOf(Math.max(...scores)) === label ? 1 : 0);
  }, 0);
  return hits / labels.length;
}

async function trainToAccuracy(tf: TensorFlow, job: AccuracyJob): Promise<AccuracyResult> {
  const train = imageTensors(tf, job.directory, 'train');
  const test = imageTensors(tf, job.directory, 't10k');
  const model = build(tf, job.card);
  const { batchSize } = job.card;
  const options = { batchSize, epochs: 1, shuffle: true, verbose: 0, yieldEvery: 'never' } as const;
  const start = performance.now();
  let result = { seconds: 0, epochs: 0, accuracy: 0, reached: false };
  while (result.epochs < job.maximumEpochs && result.seconds < job.maximumSeconds) {
    await model.fit(train.x, train.y, options);
    const accuracy = await accuracyOf(model, test.x, test.labels);
    const seconds = secondsSince(start);
    const reached = accuracy >= job.accuracy;
    result = { seconds, epochs: result.epochs + 1, accuracy, reached };
    if (reached) break;
  }
  return result;
}

function tfjsDriver(
  load: (threads: number) => Promise<TensorFlow>,
  version: () => Promise<string>,
): Driver {
  return {
    version,
    openTraining: async (files) => new TfjsTraining(await load(files.threads), files),
    openPrediction: async (files) => new TfjsPrediction(await load(files.threads), files),
    trainToAccuracy: async (job) => trainToAccuracy(await load(job.threads), job),
  };
}

export function wasmDriver(): Driver {
  const load = async (threads: number) => {
    const tf = await importPackage<TensorFlow>('@tensorflow/tfjs');
    const wasm = await importPackage<WasmBackend>('@tensorflow/tfjs-backend-wasm');
    wasm.setThreadsCount(threads);
    await tf.setBackend('wasm');
    await tf.ready();
    return tf;
  };
  return tfjsDriver(load, async () => packageVersion('@tensorflow/tfjs') ?? '');
}

/** Over the native library of TensorFlow, which reads its threads from the environment. */
export function nodeDriver(): Driver {
  const name = '@tensorflow/tfjs-node';
  const load = async () => {
    const tf = await importPackage<TensorFlow>(name);
    await tf.ready();
    return tf;
  };
  return tfjsDriver(load, async () => packageVersion(name) ?? '');
}
