import {
  type Autoencoder,
  autoencoder,
  contractiveAutoencoder,
  type Layer,
  type MultiOutput,
  multiOutput,
  type Sequential,
  sequential,
  sparseAutoencoder,
  variationalAutoencoder,
} from '../../../lib/index.js';
import { activationTable, layerTable } from '../../../lib/network/generated.js';
import { RandomStream } from '../../../lib/random.js';

/** Networks of all layers and activations, drawn by a seed, with weights as training may leave them. */

/** A layer as plain data. */
type Given = Readonly<Record<string, unknown>> & { readonly type: string };

/** One for each type of layer that keeps the number of columns; those that change it stand elsewhere. */
const sameSize: Readonly<Record<string, (random: RandomStream, size: number) => Given>> = {
  activation: (random, size) => ({ type: 'activation', activation: anyActivation(random, size) }),
  batchNorm: (random) => ({ type: 'batchNorm', scale: coin(random), shift: coin(random) }),
  layerNorm: (random) => ({ type: 'layerNorm', scale: coin(random), shift: coin(random) }),
  prelu: (random) => ({ type: 'prelu', shared: coin(random) }),
  scaling: () => ({ type: 'scaling' }),
  dropout: () => ({ type: 'dropout' }),
  alphaDropout: () => ({ type: 'alphaDropout' }),
  maskingNoise: () => ({ type: 'maskingNoise' }),
  gaussianNoise: () => ({ type: 'gaussianNoise' }),
  saltAndPepperNoise: () => ({ type: 'saltAndPepperNoise' }),
  swapNoise: () => ({ type: 'swapNoise' }),
  activityPenalty: () => ({ type: 'activityPenalty', l1: 0.01 }),
};

/** The types of layers that the networks of this file have among them. */
export const drawnLayers = new Set<string>([
  ...Object.keys(sameSize),
  ...['dense', 'maxout', 'residual', 'embedding', 'heads', 'gaussianSampling'],
  'contractivePenalty',
]);

/** Those that there are. */
export const allLayers: readonly string[] = layerTable.map(({ name }) => name);

function coin(random: RandomStream): boolean {
  return random.below(2) === 1;
}

function oneOf<Item>(random: RandomStream, items: readonly Item[]): Item {
  return items[random.below(items.length)] as Item;
}

/** An activation with its parameters away from their defaults. */
export function anyActivation(random: RandomStream, size: number, name?: string) {
  const row = activationTable.find((each) => each.name === name) ?? oneOf(random, activationTable);
  const parameters = row.parameters.map((parameter) => {
    if (parameter.name === 'k') return [parameter.name, 1 + random.below(size)] as const;
    if (typeof parameter.default === 'boolean') return [parameter.name, coin(random)] as const;
    return [parameter.name, 0.25 + 1.5 * random.uniform()] as const;
  });
  return { type: row.name, ...Object.fromEntries(parameters) };
}

function anyDense(random: RandomStream, units: number): Given {
  return {
    ...{ type: 'dense', units, bias: random.below(4) > 0 },
    activation: anyActivation(random, units),
    ...(random.below(4) === 0 && { parametrisation: 'ntk' }),
  };
}

/** Layers that give `size` columns from as many. */
function anyBlock(random: RandomStream, size: number, depth: number): Given[] {
  const width = 1 + random.below(12);
  const inner = depth > 0 ? [anyResidual(random, width, depth - 1)] : [];
  return [
    anyDense(random, width),
    ...inner,
    oneOf(random, inOrder(random, width)),
    anyDense(random, size),
  ];
}

function inOrder(random: RandomStream, size: number): Given[] {
  return Object.values(sameSize).map((make) => make(random, size));
}

function anyResidual(random: RandomStream, size: number, depth: number): Given {
  return { type: 'residual', layers: anyBlock(random, size, depth), projection: coin(random) };
}

function anyLayers(random: RandomStream, inputSize: number): { layers: Given[]; size: number } {
  const layers: Given[] = [];
  let size = inputSize;
  for (let count = 2 + random.below(5); count > 0; count--) {
    const units = 1 + random.below(16);
    const kind = random.below(5);
    if (kind === 0) layers.push(anyResidual(random, size, 1));
    else if (kind === 1) layers.push({ type: 'maxout', units, pieces: 1 + random.below(4) });
    else if (kind === 2) layers.push(anyDense(random, units));
    else layers.push(oneOf(random, inOrder(random, size)));
    if (kind === 1 || kind === 2) size = units;
  }
  return { layers, size };
}

/** A model and rows for it. */
export interface Drawn<Kind extends Sequential | MultiOutput | Autoencoder> {
  readonly model: Kind;
  /** Row after row. */
  readonly rows: Float32Array<ArrayBuffer>;
}

const rowCount = 9;

export function drawnSequential(seed: number): Drawn<Sequential> {
  const random = new RandomStream(seed, 1);
  const inputSize = 3 + random.below(10);
  const hasEmbedding = coin(random);
  const columns = [
    { input: 1, levels: 5, units: 3 },
    { input: 0, levels: 4, units: 2 },
  ];
  const first = hasEmbedding ? [{ type: 'embedding', columns }] : [];
  const { layers } = anyLayers(random, hasEmbedding ? inputSize + 3 : inputSize);
  const model = built([...first, ...layers], inputSize, seed);
  const rows = numbers(random, rowCount * inputSize);
  for (let row = 0; hasEmbedding && row < rowCount; row++) {
    rows[row * inputSize] = random.below(4);
    rows[row * inputSize + 1] = random.below(5);
  }
  return { model: trained(model, random), rows };
}

function built(layers: readonly Given[], inputSize: number, seed: number): Sequential {
  return sequential(layers as unknown as readonly Layer[], { inputSize, seed }) as Sequential;
}

/** A network of one layer. */
export function networkOf(layer: Given, inputSize: number): Drawn<Sequential> {
  const random = new RandomStream(17, 2);
  const model = trained(built([layer], inputSize, 3), random);
  return { model, rows: numbers(random, rowCount * inputSize) };
}

export function drawnMultiOutput(seed: number): Drawn<MultiOutput> {
  const random = new RandomStream(seed, 3);
  const inputSize = 2 + random.below(8);
  const { layers, size } = anyLayers(random, inputSize);
  const heads = {
    price: [anyDense(random, 4), anyDense(random, 1)],
    input: [oneOf(random, inOrder(random, size))],
    kind: anyDense(random, 3),
  };
  const model = multiOutput(
    layers as unknown as readonly Layer[],
    heads as unknown as Readonly<Record<string, Layer>>,
    { inputSize, seed },
  );
  const drawn = trained(model as unknown as MultiOutput, random);
  return { model: drawn, rows: numbers(random, rowCount * inputSize) };
}

export function drawnAutoencoder(seed: number): Drawn<Autoencoder> {
  const random = new RandomStream(seed, 4);
  const inputSize = 4 + random.below(8);
  const hidden = coin(random) ? [6 + random.below(6)] : [];
  const options = { inputSize, hidden, code: 3, seed };
  const make = [
    () => autoencoder({ ...options, tied: coin(random), batchNorm: coin(random) }),
    () => autoencoder({ ...options, outputs: groupsOf(inputSize) }),
    () => variationalAutoencoder(options),
    () => contractiveAutoencoder(options),
    () => sparseAutoencoder({ inputSize, code: 6, seed, sparsity: { k: 2 } }),
  ];
  const model = oneOf(random, make)() as unknown as Autoencoder;
  return { model: trained(model, random), rows: numbers(random, rowCount * inputSize) };
}

function groupsOf(inputSize: number) {
  return [{ columns: inputSize - 3 }, { columns: 3, activation: 'softmax' }] as const;
}

function numbers(random: RandomStream, count: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: count }, () => random.normal());
}

/** Gives a model other tensors than those that it begins with: means, variances and slopes too. */
function trained<Kind extends Sequential | MultiOutput | Autoencoder>(
  model: Kind,
  random: RandomStream,
): Kind {
  for (const { name } of model.parameters) {
    const isVariance = name.endsWith('running_var');
    const values = model.getParameter(name).map((value) => {
      const moved = value + 0.2 * random.normal();
      return isVariance ? 0.5 + Math.abs(moved) : moved;
    });
    model.setParameter(name, values);
  }
  return model;
}
