/**
 * The networks that are measured. A new card is one row here; every driver builds it from this data.
 */

export type CardActivation = 'relu' | 'tanh' | 'sigmoid' | 'softmax' | 'linear';

export interface CardLayer {
  readonly units: number;
  readonly activation: CardActivation;
  /** Batch norm between the dense layer, then without bias, and the activation. */
  readonly batchNorm?: true;
}

export interface Card {
  readonly name: string;
  /** The network in words, for the report. */
  readonly title: string;
  readonly inputs: number;
  readonly layers: readonly CardLayer[];
  readonly loss: 'crossEntropy' | 'meanSquaredError';
  /** Class labels, the inputs themselves (autoencoder) or a matrix of numbers. */
  readonly targets: 'classes' | 'inputs' | 'matrix';
  readonly batchSize: number;
  /** Rows of an epoch, a multiple of the batch. */
  readonly rows: number;
  /** How far apart, relatively, the losses of frameworks may be after the same steps. Default 0.01. */
  readonly lossTolerance?: number;
}

/** Layers of one activation but for the last. */
export function layers(
  units: readonly number[],
  activation: CardActivation,
  output: CardActivation,
  batchNorm = false,
): CardLayer[] {
  return units.map((count, index) => ({
    units: count,
    activation: index === units.length - 1 ? output : activation,
    ...(batchNorm && index < units.length - 1 && { batchNorm: true as const }),
  }));
}

const twenty = Array.from({ length: 20 }, () => 256);
const ten = Array.from({ length: 10 }, () => 256);

export const cards: readonly Card[] = [
  {
    name: 'mlp-mnist',
    title: '784-512-256-10, relu, softmax, cross-entropy',
    inputs: 784,
    layers: layers([512, 256, 10], 'relu', 'softmax'),
    loss: 'crossEntropy',
    targets: 'classes',
    batchSize: 128,
    rows: 12_800,
  },
  {
    name: 'mlp-mnist-bn',
    title: '784-512-256-10, batch norm, relu, softmax, cross-entropy',
    inputs: 784,
    layers: layers([512, 256, 10], 'relu', 'softmax', true),
    loss: 'crossEntropy',
    targets: 'classes',
    batchSize: 128,
    rows: 12_800,
  },
  {
    name: 'ae-mnist',
    title: 'autoencoder 784-128-32-128-784, relu, sigmoid output, mean squared error',
    inputs: 784,
    layers: layers([128, 32, 128, 784], 'relu', 'sigmoid'),
    loss: 'meanSquaredError',
    targets: 'inputs',
    batchSize: 128,
    rows: 12_800,
  },
  {
    name: 'ae-tabular',
    title: 'autoencoder 30-16-8-16-30, tanh, linear output, mean squared error',
    inputs: 30,
    layers: layers([16, 8, 16, 30], 'tanh', 'linear'),
    loss: 'meanSquaredError',
    targets: 'inputs',
    batchSize: 32,
    rows: 64_000,
  },
  {
    name: 'deep-bn',
    title: '20 × (256, batch norm, relu), 10, softmax, cross-entropy',
    inputs: 256,
    layers: layers([...twenty, 10], 'relu', 'softmax', true),
    loss: 'crossEntropy',
    targets: 'classes',
    batchSize: 128,
    rows: 6_400,
    // Rounding differences grow through twenty batch norms.
    lossTolerance: 0.03,
  },
  {
    name: 'wide',
    title: '2048-2048-2048-2048, relu, linear output, mean squared error',
    inputs: 2048,
    layers: layers([2048, 2048, 2048], 'relu', 'linear'),
    loss: 'meanSquaredError',
    targets: 'matrix',
    batchSize: 256,
    rows: 2_048,
  },
  {
    name: 'sigmoid-deep',
    title: '10 × (256, sigmoid), 10, softmax, cross-entropy',
    inputs: 256,
    layers: layers([...ten, 10], 'sigmoid', 'softmax'),
    loss: 'crossEntropy',
    targets: 'classes',
    batchSize: 64,
    rows: 6_400,
  },
  {
    // The kind of network that SimpleChains.jl was made for, always with the whole data as one batch.
    name: 'full-batch',
    title: '4-32-16-4, tanh, linear output, mean squared error',
    inputs: 4,
    layers: layers([32, 16, 4], 'tanh', 'linear'),
    loss: 'meanSquaredError',
    targets: 'matrix',
    batchSize: 10_000,
    rows: 10_000,
  },
  {
    // The size of XOR, the first example of every course: nothing but what a step costs beside arithmetic.
    name: 'xor',
    title: '2-8-1, tanh, linear output, mean squared error',
    inputs: 2,
    layers: layers([8, 1], 'tanh', 'linear'),
    loss: 'meanSquaredError',
    targets: 'matrix',
    batchSize: 4,
    rows: 4,
  },
];

/** A size that is no multiple of anything beside the nearest round one. */
export interface OddPair {
  readonly name: string;
  readonly odd: Card;
  readonly round: Card;
}

function mlp(name: string, units: readonly number[], batchSize: number): Card {
  return {
    name,
    title: `784-${units.join('-')}, batch ${batchSize}`,
    inputs: 784,
    layers: layers(units, 'relu', 'linear'),
    loss: 'meanSquaredError',
    targets: 'matrix',
    batchSize,
    rows: batchSize * 96,
  };
}

/** Measured with layerwise alone, in operations per second. */
export const oddPairs: readonly OddPair[] = [
  {
    name: 'batch 100 beside 96',
    odd: mlp('odd-batch-100', [512, 256, 16], 100),
    round: mlp('odd-batch-96', [512, 256, 16], 96),
  },
  {
    name: 'widths 97 beside 96',
    odd: mlp('odd-width-97', [97, 97, 16], 128),
    round: mlp('odd-width-96', [96, 96, 16], 128),
  },
  {
    name: 'output 10 beside 16',
    odd: mlp('odd-output-10', [512, 256, 10], 128),
    round: mlp('odd-output-16', [512, 256, 16], 128),
  },
  {
    name: 'output 1 beside 16',
    odd: mlp('odd-output-1', [512, 256, 1], 128),
    round: mlp('odd-output-16', [512, 256, 16], 128),
  },
];

/** The card that the prediction, the batch sizes of which are below, and the MNIST job use. */
export const predictionCard = 'mlp-mnist';
export const predictionBatches = [1, 32, 1024] as const;

/** Shapes of matrix products: batch × inputs × outputs. */
export interface GemmShapeRow {
  readonly batch: number;
  readonly inputs: number;
  readonly outputs: number;
}

const cubes = [64, 128, 256, 512, 1024, 2048].map((size) => ({
  batch: size,
  inputs: size,
  outputs: size,
}));

export const gemmShapes: readonly GemmShapeRow[] = [
  ...cubes,
  { batch: 128, inputs: 784, outputs: 512 },
  { batch: 128, inputs: 512, outputs: 256 },
  { batch: 128, inputs: 784, outputs: 128 },
  { batch: 128, inputs: 256, outputs: 256 },
  { batch: 64, inputs: 256, outputs: 256 },
  { batch: 256, inputs: 2048, outputs: 2048 },
];

export const gemmForms = ['forward', 'inputGradient', 'weightGradient'] as const;
export type GemmForm = (typeof gemmForms)[number];

/** @throws Error when there is no such card. */
export function cardByName(name: string): Card {
  const card = cards.find((candidate) => candidate.name === name);
  if (!card) throw new Error(`no card ${name}: there are ${cards.map((c) => c.name).join(', ')}`);
  return card;
}
