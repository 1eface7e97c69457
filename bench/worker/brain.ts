import { importPackage, packageVersion } from '../common/packages.js';
import { type CaseFiles, type TrainResult, Unsupported } from '../common/protocol.js';
import { readClasses, readInputs, readTargetMatrix } from './caseFiles.js';
import {
  type Driver,
  type PredictionSession,
  secondsSince,
  type TrainingSession,
} from './driver.js';

/**
 * brain.js: pure JavaScript. It has one activation for all layers and the squared error as its only loss,
 * and it updates the weights after every row; its losses are therefore not compared.
 */

interface Row {
  readonly input: Float32Array;
  readonly output: Float32Array;
}

interface Network {
  train(rows: readonly Row[], options: object): unknown;
  run(input: Float32Array): Float32Array;
}

interface Brain {
  readonly NeuralNetwork: new (options: object) => Network;
}

async function build({ card }: CaseFiles): Promise<Network> {
  if (card.layers.some((layer) => layer.batchNorm)) throw new Unsupported('has no batch norm');
  const { NeuralNetwork } = await importPackage<Brain>('brain.js');
  const units = card.layers.map((layer) => layer.units);
  return new NeuralNetwork({
    inputSize: card.inputs,
    outputSize: units.at(-1),
    hiddenLayers: units.slice(0, -1),
    activation: card.layers[0]?.activation,
    praxis: 'adam',
    learningRate: 1e-3,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
  });
}

function readRows(files: CaseFiles): Row[] {
  const { card } = files;
  const outputs = card.layers.at(-1)?.units ?? 0;
  const inputs = readInputs(files);
  const classes = card.targets === 'classes' ? readClasses(files) : undefined;
  const matrix = classes ? undefined : readTargetMatrix(files);
  return Array.from({ length: card.rows }, (_, row) => {
    const output =
      matrix?.subarray(row * outputs, (row + 1) * outputs) ?? new Float32Array(outputs);
    if (classes) output[classes[row] as number] = 1;
    return { input: inputs.subarray(row * card.inputs, (row + 1) * card.inputs), output };
  });
}

class BrainTraining implements TrainingSession {
  readonly #network: Network;
  readonly #rows: readonly Row[];

  constructor(network: Network, rows: readonly Row[]) {
    this.#network = network;
    this.#rows = rows;
  }

  async check(): Promise<null> {
    return null;
  }

  async train(wanted: number): Promise<TrainResult> {
    const rows = this.#rows.slice(0, Math.max(1, wanted));
    const epochs = Math.ceil(wanted / rows.length);
    const start = performance.now();
    this.#network.train(rows, { iterations: epochs, errorThresh: Number.MIN_VALUE });
    return { rows: rows.length * epochs, seconds: secondsSince(start) };
  }
}

class BrainPrediction implements PredictionSession {
  readonly #network: Network;
  readonly #rows: readonly Row[];

  constructor(network: Network, rows: readonly Row[]) {
    this.#network = network;
    this.#rows = rows;
  }

  async predict(batch: number, calls: number) {
    const rows = this.#rows.slice(0, batch);
    const start = performance.now();
    for (let call = 0; call < calls; call += 1) {
      for (const row of rows) this.#network.run(row.input);
    }
    const seconds = secondsSince(start);
    // Its weights are its own, so there is nothing to compare.
    return { seconds, outputs: new Float32Array([Number.NaN]) };
  }
}

export function brainDriver(): Driver {
  return {
    version: async () => packageVersion('brain.js') ?? '',
    openTraining: async (files) => new BrainTraining(await build(files), readRows(files)),
    openPrediction: async (files) => {
      const network = await build(files);
      const rows = readRows(files);
      network.train(rows.slice(0, 1), { iterations: 1 });
      return new BrainPrediction(network, rows);
    },
  };
}
