import type { Card } from '../cards.js';
import { denseParameters } from '../common/parameters.js';
import {
  type AccuracyJob,
  type AccuracyResult,
  type CaseFiles,
  type LossCheck,
  type TrainResult,
  Unsupported,
} from '../common/protocol.js';
import { readClasses, readImages, readInputs, readTargetMatrix, readWeights } from './caseFiles.js';
import {
  type Driver,
  type PredictionSession,
  secondsSince,
  type TrainingSession,
} from './driver.js';
import { layerwise, layerwiseVersion } from './library.js';

/**
 * layerwise through its public functions. The cards are data, so the names of layers and losses are known
 * only at run time: the interfaces below are the library's own with plain strings in place of its literals.
 */

interface Epoch {
  readonly loss: number;
  readonly seconds: number;
}

interface Event {
  readonly type: 'progress' | 'epoch';
}

interface Options {
  readonly epochs: number;
  readonly batchSize: number;
  readonly optimizer: object;
  readonly loss: string;
  readonly shuffle: boolean;
  readonly threads: number;
  readonly precision?: 'bf16';
  readonly onEvent?: (event: Event) => void;
}

interface Matrix {
  readonly values: Float32Array;
}

interface PredictOptions {
  readonly precision?: 'bf16';
}

interface Model {
  fit(data: unknown, options: Options): PromiseLike<{ readonly epochs: readonly Epoch[] }>;
  setParameter(name: string, values: Float32Array): void;
  predict(inputs: unknown, options: PredictOptions & { threads: number }): Promise<Matrix>;
  predictSync(inputs: unknown, options?: PredictOptions): Matrix;
}

const sequential = layerwise.sequential as unknown as (layers: object[], options: object) => Model;
const autoencoder = layerwise.autoencoder as unknown as (options: object) => Model;

function layersOf(card: Card): object[] {
  return card.layers.flatMap(({ units, activation, batchNorm }): object[] =>
    batchNorm
      ? [
          { type: 'dense', units, bias: false },
          { type: 'batchNorm' },
          { type: 'activation', activation },
        ]
      : [{ type: 'dense', units, activation }],
  );
}

function createAutoencoder(card: Card): Model {
  const encoder = card.layers.slice(0, card.layers.length / 2);
  const activation = encoder[0]?.activation;
  return autoencoder({
    inputSize: card.inputs,
    hidden: encoder.slice(0, -1).map((layer) => layer.units),
    code: encoder.at(-1)?.units,
    activation,
    codeActivation: activation,
    outputActivation: card.layers.at(-1)?.activation,
  });
}

function createSequential(card: Card): Model {
  try {
    return sequential(layersOf(card), { inputSize: card.inputs });
  } catch (error) {
    if (card.layers.some((layer) => layer.batchNorm)) throw new Unsupported('has no batch norm');
    throw error;
  }
}

function build(files: CaseFiles): Model {
  const { card } = files;
  const model = card.targets === 'inputs' ? createAutoencoder(card) : createSequential(card);
  for (const { module } of denseParameters(card)) {
    model.setParameter(`${module}.weight`, readWeights(files, module));
  }
  return model;
}

function dataOf(files: CaseFiles, rows: number): unknown {
  const { card } = files;
  const inputs = layerwise.matrix(
    readInputs(files).subarray(0, rows * card.inputs),
    rows,
    card.inputs,
  );
  if (card.targets === 'inputs') return inputs;
  if (card.targets === 'classes') return { inputs, targets: readClasses(files).subarray(0, rows) };
  const columns = card.layers.at(-1)?.units ?? 0;
  const targets = readTargetMatrix(files).subarray(0, rows * columns);
  return { inputs, targets: layerwise.matrix(targets, rows, columns) };
}

class LayerwiseTraining implements TrainingSession {
  readonly #files: CaseFiles;
  readonly #data: unknown;
  readonly #model: Model;
  readonly #options: Omit<Options, 'epochs' | 'shuffle'>;

  constructor(files: CaseFiles, bf16: boolean) {
    this.#files = files;
    this.#data = dataOf(files, files.card.rows);
    this.#model = build(files);
    this.#options = {
      batchSize: files.card.batchSize,
      optimizer: { type: 'adam', learningRate: 1e-3 },
      loss: files.card.loss,
      threads: files.threads,
      ...(bf16 && { precision: 'bf16' as const }),
    };
  }

  async check({ rows, epochs }: LossCheck): Promise<readonly number[]> {
    const data = dataOf(this.#files, rows);
    const options = { ...this.#options, epochs, shuffle: false };
    const history = await build(this.#files).fit(data, options);
    return history.epochs.map((epoch) => epoch.loss);
  }

  /**
   * The first epoch of a call is not counted, so that the copy of the data, which comes once however long
   * the training, is told apart from the training. Of the clock here and the library's own, the one that
   * shows more time is taken.
   */
  async train(wanted: number): Promise<TrainResult> {
    const { rows } = this.#files.card;
    const epochs = Math.ceil(wanted / rows);
    let afterFirst: number | undefined;
    const start = performance.now();
    const history = await this.#model.fit(this.#data, {
      ...this.#options,
      epochs: epochs + 1,
      shuffle: true,
      onEvent: (event) => {
        if (event.type === 'epoch') afterFirst ??= performance.now();
      },
    });
    const all = secondsSince(start);
    const seen = secondsSince(afterFirst ?? start);
    const told = history.epochs.slice(1).reduce((sum, epoch) => sum + epoch.seconds, 0);
    const startSeconds = Math.max(0, all - told - (history.epochs[0]?.seconds ?? 0));
    return { rows: epochs * rows, seconds: Math.max(seen, told), startSeconds };
  }
}

class LayerwisePrediction implements PredictionSession {
  readonly #model: Model;
  readonly #inputs: Float32Array;
  readonly #files: CaseFiles;
  readonly #options: PredictOptions | undefined;

  constructor(files: CaseFiles, bf16: boolean) {
    this.#model = build(files);
    this.#inputs = readInputs(files);
    this.#files = files;
    this.#options = bf16 ? { precision: 'bf16' } : undefined;
  }

  /** Few rows with the synchronous call, as a user would; many on several threads if there are. */
  async predict(batch: number, calls: number) {
    const { card, threads } = this.#files;
    const rows = this.#inputs.subarray(0, batch * card.inputs);
    const synchronous = threads === 1 || batch < 256;
    let outputs: Float32Array = new Float32Array();
    const start = performance.now();
    for (let call = 0; call < calls; call += 1) {
      const result = synchronous
        ? this.#model.predictSync(rows, this.#options)
        : await this.#model.predict(rows, { ...this.#options, threads });
      outputs = result.values;
    }
    return { seconds: secondsSince(start), outputs };
  }
}

async function trainToAccuracy(job: AccuracyJob): Promise<AccuracyResult> {
  const train = readImages(job.directory, 'train');
  const test = readImages(job.directory, 't10k');
  const { card, threads, seed } = job;
  const model = layerwise.sequential(
    [
      layerwise.dense(512, { activation: 'relu' }),
      layerwise.dense(256, { activation: 'relu' }),
      layerwise.dense(10, { activation: 'softmax' }),
    ],
    { inputSize: card.inputs, seed },
  );
  const dataOfImages = ({ pixels, rows, labels }: typeof train) => ({
    inputs: layerwise.matrix(pixels, rows, card.inputs, { scale: 1 / 255 }),
    targets: labels,
  });
  const start = performance.now();
  const run = model.fit(dataOfImages(train), {
    epochs: job.maximumEpochs,
    batchSize: card.batchSize,
    metrics: ['accuracy'],
    validation: { data: dataOfImages(test) },
    threads,
  });
  let result = { seconds: 0, epochs: 0, accuracy: 0, reached: false };
  for await (const event of run) {
    if (event.type !== 'epoch' || result.reached) continue;
    const accuracy = event.validation?.metrics.accuracy ?? 0;
    const seconds = secondsSince(start);
    result = { seconds, epochs: event.epoch, accuracy, reached: accuracy >= job.accuracy };
    if (result.reached || seconds > job.maximumSeconds) run.stop();
  }
  await run;
  return result;
}

/** Trains one step, because an option that the library does not know shows only there. */
async function requireBf16(session: LayerwiseTraining, card: Card): Promise<void> {
  try {
    await session.check({ rows: card.batchSize, epochs: 1 });
  } catch (error) {
    if (error instanceof layerwise.ArgumentError) throw new Unsupported('has no bf16');
    throw error;
  }
}

export function layerwiseDriver(bf16: boolean): Driver {
  return {
    version: async () => layerwiseVersion,
    openTraining: async (files) => {
      const session = new LayerwiseTraining(files, bf16);
      if (bf16) await requireBf16(session, files.card);
      return session;
    },
    openPrediction: async (files) => new LayerwisePrediction(files, bf16),
    ...(!bf16 && { trainToAccuracy }),
  };
}
