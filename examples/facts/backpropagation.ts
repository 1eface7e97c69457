import {
  dense,
  gradientCheck,
  type Layer,
  layerNorm,
  matrix,
  type Sequential,
  sequential,
} from 'layerwise';
import { lineChart } from '../pictures/lineChart.ts';
import { palette } from '../pictures/svg.ts';
import type { Fact, FactResult } from './fact.ts';
import { gaussians } from './random.ts';
import { atMost, significant } from './rows.ts';

/** Gradients by backpropagation beside those by finite differences of the loss. */

const rows = 16;
const inputSize = 5;
const outputs = 3;
const networks: readonly { readonly name: string; readonly layers: readonly Layer[] }[] = [
  {
    name: 'tanh, softmax, cross-entropy',
    layers: [
      dense(8, { activation: 'tanh' }),
      dense(8, { activation: 'tanh' }),
      dense(outputs, { activation: 'softmax' }),
    ],
  },
  {
    name: 'gelu, layer normalisation, squared error',
    layers: [dense(8, { activation: 'gelu' }), layerNorm(), dense(outputs)],
  },
  {
    name: 'silu, sigmoid, binary cross-entropy',
    layers: [dense(8, { activation: 'silu' }), dense(outputs, { activation: 'sigmoid' })],
  },
];

export const backpropagation: Fact = {
  name: 'backpropagation',
  title: 'Backpropagation and finite differences',
  text: `The derivative of the loss by each weight, once by backpropagation and once by moving the weight a little to both
sides and measuring the loss. The difference of the two, as a share of their size, is that of rounding to single precision
and of the finite step: the picture shows how it falls with the square of the step until rounding takes over. (Central
differences, |g - n| / (|g| + |n|) over all weights of a network; the table has what \`gradientCheck\` finds, which
extrapolates such steps to zero.)`,
  isQuick: true,
  measure,
};

async function measure(): Promise<FactResult> {
  const results = [];
  for (const { name, layers } of networks) {
    const model = sequential(layers, { inputSize, seed: 1 });
    const differences = [];
    for (const step of steps) differences.push(await differencesOf(model, step));
    results.push({ name, differences, ...(await checkedGradients(model)) });
  }
  return {
    rows: results.map(({ name, gradient, numerical }) =>
      atMost(1e-3, {
        fact: `Backpropagation and finite differences: how far they are apart (${name})`,
        measured: distance(gradient, numerical),
        source: 'Rumelhart, Hinton & Williams 1986',
      }),
    ),
    pictures: [
      {
        name: 'backpropagation',
        title: 'Difference of the gradients by the step of the finite differences',
        drawing: lineChart({
          title: 'Backpropagation and finite differences',
          x: { label: 'step', logarithmic: true, format: significant },
          y: { label: 'difference', logarithmic: true, format: significant },
          series: results.map(({ name, differences, gradient }, index) => ({
            name,
            color: palette[index] ?? '',
            points: steps.map(
              (step, at) => [step, distance(gradient, differences[at] ?? [])] as const,
            ),
          })),
        }),
      },
    ],
  };
}

/** Powers of two, which are added to weights with the least rounding. */
const steps = [-1, -2, -3, -4, -5, -6, -8, -10, -12].map((exponent) => 2 ** exponent);

const next = gaussians(5);
const data = {
  inputs: matrix(Float32Array.from({ length: rows * inputSize }, next), rows, inputSize),
  // Shares that add up to 1: fit for every loss.
  targets: Array.from({ length: rows }, (_, row) =>
    Array.from({ length: outputs }, (_unused, output) => (row % outputs === output ? 0.8 : 0.1)),
  ),
};

/** By every weight, in the order of the tensors and their elements. */
async function checkedGradients(model: Sequential) {
  const { parameters } = await gradientCheck(model, data, { entries: 1000 });
  const entries = parameters.flatMap((parameter) => parameter.entries);
  return {
    gradient: entries.map(({ backpropagated }) => backpropagated),
    numerical: entries.map(({ numerical }) => numerical),
  };
}

async function differencesOf(model: Sequential, step: number): Promise<number[]> {
  const differences: number[] = [];
  for (const { name } of model.parameters) {
    const values = model.getParameter(name);
    for (const [index, value] of values.entries()) {
      const lossAt = async (moved: number) => {
        model.setParameter(name, values.with(index, moved));
        return (await model.evaluate(data, { threads: 1 })).loss;
      };
      const rise = (await lossAt(value + step)) - (await lossAt(value - step));
      differences.push(rise / (2 * step));
    }
    model.setParameter(name, values);
  }
  return differences;
}

function distance(left: readonly number[], right: readonly number[]): number {
  const length = (values: readonly number[]) => Math.hypot(...values);
  const apart = length(left.map((value, index) => value - (right[index] ?? 0)));
  return apart / (length(left) + length(right));
}
