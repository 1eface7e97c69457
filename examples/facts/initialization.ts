import {
  type ActivationName,
  dense,
  type InitializerName,
  type InitializerSpec,
  type Matrix,
  sequential,
} from 'layerwise';
import { histograms } from '../pictures/histograms.ts';
import { imageGrid } from '../pictures/imageGrid.ts';
import { imageSize, pixels, readMnist } from '../shared/mnist.ts';
import type { Fact, FactResult, FactRow, Scale } from './fact.ts';
import { gaussians } from './random.ts';
import { atLeast, atMost, between, near, percent, significant } from './rows.ts';

/** What first weights do to the signal in a deep network, and to units that start alike. */

const depth = 10;
const widths = { published: 500, quick: 200 } as const;
const rows = 300;

interface Case {
  readonly name: string;
  readonly activation: ActivationName;
  readonly kernelInitializer: InitializerName | InitializerSpec;
}

const cases: readonly Case[] = [
  { name: 'N(0, 0.01²), tanh', activation: 'tanh', kernelInitializer: 'smallRandom' },
  {
    name: 'N(0, 1), tanh',
    activation: 'tanh',
    kernelInitializer: { type: 'normal', mean: 0, standardDeviation: 1 },
  },
  { name: 'Xavier, tanh', activation: 'tanh', kernelInitializer: 'glorotNormal' },
  { name: 'Xavier, relu', activation: 'relu', kernelInitializer: 'glorotNormal' },
  { name: 'He, relu', activation: 'relu', kernelInitializer: 'heNormal' },
];

export const initialization: Fact = {
  name: 'initialization',
  title: 'First weights',
  text: `Ten layers of ${widths.published} units get inputs of variance 1. The histograms show
the activations behind each layer (of relu those above 0), and below them their spread (the root of the mean square).

Small random weights let the signal vanish: each layer multiplies its spread by 0.01 · √${widths.published} = 0.22. Weights of
variance 1 saturate tanh: nearly all activations are ±1, where its derivative is almost 0. Xavier's weights keep the
spread under tanh; under relu, which drops half of what comes in, it falls by √2 a layer. He's make up for that.

Units of a layer that start with the same weights get the same gradients, and stay equal however long they train. The
second picture has the weights of ten hidden units after training on digits: those that started at zero are ten copies
of one.`,
  isQuick: true,
  measure,
};

async function measure(scale: Scale): Promise<FactResult> {
  const layersOf = cases.map((one) => activationsOf(one, widths[scale]));
  const equal = await unitsAfterTraining('zeros');
  const different = await unitsAfterTraining('glorotNormal');
  return {
    rows: [...spreadRows(layersOf), equalityRow(equal)],
    pictures: [
      {
        name: 'initialization',
        title: 'Histograms of the activations behind ten layers for five kinds of first weights',
        drawing: histograms(
          'Activations behind ten layers',
          Array.from({ length: depth }, (_, layer) => `layer ${layer + 1}`),
          cases.map(({ name, activation }, index) => ({
            name,
            range: activation === 'tanh' ? [-1, 1] : [0, 4],
            // The zeros of relu, half of all, would dwarf the others.
            columns: (layersOf[index] ?? []).map((values) =>
              activation === 'relu' ? values.filter((value) => value > 0) : values,
            ),
            notes: (layersOf[index] ?? []).map((values) => significant(spreadOf(values))),
          })),
        ),
      },
      {
        name: 'equal-units',
        title: 'Weights of ten hidden units: all the same after a start at zero',
        drawing: imageGrid({
          title: 'Weights of ten hidden units after training',
          size: imageSize,
          bands: [
            [
              { label: 'zeros', images: shades(equal) },
              { label: "Xavier's", images: shades(different) },
            ],
          ],
        }),
      },
    ],
  };
}

/** The activations behind each layer. */
function activationsOf({ activation, kernelInitializer }: Case, width: number): Float32Array[] {
  const values = Float32Array.from({ length: rows * width }, gaussians(1));
  let signal: Matrix = { values, rows, columns: width };
  return Array.from({ length: depth }, (_, layer) => {
    const layers = [dense(width, { activation, kernelInitializer })];
    signal = sequential(layers, { inputSize: width, seed: layer + 1 }).predictSync(signal);
    return signal.values;
  });
}

function spreadRows(layersOf: readonly (readonly Float32Array[])[]): FactRow[] {
  const [small, unit, xavierTanh, xavierRelu, heRelu] = layersOf.map((layers) => {
    const spreads = layers.map(spreadOf);
    const last = spreads[depth - 1] ?? 0;
    const values = layers[depth - 1] ?? new Float32Array();
    const saturated = values.filter((value) => Math.abs(value) > 0.99).length / values.length;
    return { last, kept: last / (spreads[0] ?? 1), saturated };
  });
  return [
    atMost(1e-6, {
      fact: 'Small random weights: spread behind ten tanh layers',
      measured: small?.last ?? Number.NaN,
      source: 'Glorot & Bengio 2010',
    }),
    atLeast(0.8, {
      fact: 'Weights of variance 1: share of tanh activations that are saturated (beyond ±0.99)',
      measured: unit?.saturated ?? Number.NaN,
      format: percent,
      source: 'Glorot & Bengio 2010',
    }),
    atLeast(0.25, {
      fact: "Xavier's weights, tanh: spread behind layer 10, as a multiple of that behind layer 1",
      measured: xavierTanh?.kept ?? Number.NaN,
      source: 'Glorot & Bengio 2010',
    }),
    near(Math.SQRT1_2 ** (depth - 1), 0.01, {
      fact: "Xavier's weights, relu: the same, in theory (1/√2)⁹",
      measured: xavierRelu?.kept ?? Number.NaN,
      source: 'He et al. 2015',
    }),
    between(0.5, 2, {
      fact: "He's weights, relu: the same",
      measured: heRelu?.kept ?? Number.NaN,
      source: 'He et al. 2015',
    }),
  ];
}

/** The weights of each of ten hidden units, trained on 2,000 digits. */
async function unitsAfterTraining(kernelInitializer: InitializerName): Promise<Float32Array[]> {
  const { training } = await readMnist(2000, 0);
  const model = sequential(
    [
      dense(10, { activation: 'sigmoid', kernelInitializer }),
      dense(10, { activation: 'softmax', kernelInitializer }),
    ],
    { inputSize: pixels, seed: 1 },
  );
  await model.fit(training, { epochs: 5 });
  const weights = model.getParameter('0.weight');
  return Array.from({ length: 10 }, (_, unit) =>
    weights.subarray(unit * pixels, (unit + 1) * pixels),
  );
}

function equalityRow([first = new Float32Array(pixels), ...others]: Float32Array[]): FactRow {
  const differences = others.map((unit) => unit.map((weight, at) => weight - (first[at] ?? 0)));
  const difference = largestOf(differences);
  const largest = largestOf([first]);
  return {
    fact: 'Weights of zero: largest difference between the units of a layer after training',
    expected: '0',
    measured: `${difference} (weights grew to ${significant(largest)})`,
    holds: difference === 0 && largest > 0,
    source: 'Rumelhart, Hinton & Williams 1986',
  };
}

/** Weights as grey levels: 0 is grey, the largest of all is black or white. */
function shades(units: readonly Float32Array[]): Float32Array[] {
  const largest = largestOf(units);
  return units.map((unit) => unit.map((weight) => 0.5 + weight / (2 * largest)));
}

/** The largest absolute value. */
function largestOf(lists: readonly Float32Array[]): number {
  return Math.max(
    ...lists.map((values) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)),
  );
}

/** The root of the mean square. */
function spreadOf(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
}
