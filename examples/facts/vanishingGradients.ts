import { type ActivationName, activation, dense, momentum, sequential, sgd } from 'layerwise';
import { type LineSeries, lineChart } from '../pictures/lineChart.ts';
import { type Drawing, palette, sideBySide } from '../pictures/svg.ts';
import { type Digits, type Mnist, pixels, readMnist } from '../shared/mnist.ts';
import type { Fact, FactResult, FactRow } from './fact.ts';
import { atLeast, atMost, between, near, percent, significant } from './rows.ts';

/** The slopes of activations, and what they leave of the gradient in a deep network. */

const layers = 10;
const width = 100;
const rows = 5000;
const names = ['sigmoid', 'tanh', 'relu'] as const satisfies readonly ActivationName[];

export const vanishingGradients: Fact = {
  name: 'vanishingGradients',
  title: 'Activations and the vanishing gradient',
  text: `The slope of sigmoid is 1/4 at most, that of tanh and relu 1. Behind ${layers} layers that matters: on its way
back, the gradient is multiplied by the slope once for each layer. In a network of ${layers} hidden layers of ${width}
sigmoid units the weights of the first layers get next to none of it, and the network does not learn; of relu units they
get as much as those at the end. (Xavier's first weights for sigmoid, He's for relu; the first ${rows} digits; plain
gradient descent with momentum. The plots of all activations are on [their page](activations.md).)`,
  isQuick: true,
  measure,
};

async function measure(): Promise<FactResult> {
  const mnist = await readMnist(rows, 0);
  const [sigmoid, relu] = [
    await gradientsOf('sigmoid', mnist.training),
    await gradientsOf('relu', mnist.training),
  ];
  return {
    rows: [
      ...names.map(slopeRow),
      atMost(1e-4, {
        fact: `Gradient of the second of ${layers} sigmoid layers, as a multiple of that of the last`,
        measured: ratioOf(sigmoid),
        source: 'Hochreiter 1991; Bengio, Simard & Frasconi 1994',
      }),
      between(0.2, 5, {
        fact: 'The same of relu layers',
        measured: ratioOf(relu),
        source: 'Glorot, Bordes & Bengio 2011',
      }),
      atMost(0.2, {
        fact: `${layers} layers of sigmoid: accuracy after five epochs, 0.1 being that of guessing`,
        measured: await accuracyOf('sigmoid', mnist),
        format: percent,
        source: 'Glorot & Bengio 2010',
      }),
      atLeast(0.85, {
        fact: `${layers} layers of relu: the same`,
        measured: await accuracyOf('relu', mnist),
        format: percent,
        source: 'Glorot, Bordes & Bengio 2011',
      }),
    ],
    pictures: [
      {
        name: 'activations',
        title: 'sigmoid, tanh and relu with their derivatives',
        drawing: activationCurves(),
      },
      {
        name: 'vanishing-gradients',
        title: 'Size of the gradient by layer: it vanishes towards the first sigmoid layers',
        drawing: lineChart({
          title: 'Gradients before the first update',
          x: { label: 'hidden layer' },
          y: { label: 'root mean square', logarithmic: true, format: significant },
          series: [seriesOf('sigmoid', sigmoid, 0), seriesOf('relu', relu, 2)],
        }),
      },
    ],
  };
}

// ---- The activations ----

const step = 0.02;
const xs = Array.from({ length: 301 }, (_, index) => (index - 150) * step);

/** f at each x, as the library computes it. */
function valuesOf(name: ActivationName, at: readonly number[]): Float32Array {
  const model = sequential([activation(name)], { inputSize: 1 });
  return model.predictSync(Float32Array.from(at)).values;
}

/** f' at each x, by differences. */
function slopesOf(name: ActivationName): number[] {
  const above = valuesOf(
    name,
    xs.map((x) => x + step / 2),
  );
  const below = valuesOf(
    name,
    xs.map((x) => x - step / 2),
  );
  return xs.map((_, index) => ((above[index] ?? 0) - (below[index] ?? 0)) / step);
}

function slopeRow(name: (typeof names)[number]): FactRow {
  return near(name === 'sigmoid' ? 0.25 : 1, 0.001, {
    fact: `Largest slope of ${name}`,
    measured: Math.max(...slopesOf(name)),
    source: 'by differentiation',
  });
}

function activationCurves(): Drawing {
  const chart = (title: string, range: readonly [number, number], of: typeof slopesOf) =>
    lineChart({
      title,
      dots: false,
      x: { label: 'x', range: [-3, 3] },
      y: { label: title, range },
      series: names.map((name, index): LineSeries => {
        const ys = of(name);
        const points = xs.map((x, at) => [x, ys[at] ?? 0] as const);
        return { name, color: palette[index] ?? '', points };
      }),
    });
  return sideBySide([
    chart('f(x)', [-1, 3], (name) => Array.from(valuesOf(name, xs))),
    chart('its slope', [0, 1], slopesOf),
  ]);
}

// ---- The gradients ----

function network(name: 'sigmoid' | 'relu') {
  const hidden = Array.from({ length: layers }, () => dense(width, { activation: name }));
  return sequential([...hidden, dense(10, { activation: 'softmax' })], {
    inputSize: pixels,
    seed: 1,
  });
}

/**
 * The root mean square of the gradient of each hidden layer. One step of gradient descent over all
 * rows subtracts the gradient times the learning rate, which is so large here that nothing is rounded off.
 */
async function gradientsOf(name: 'sigmoid' | 'relu', digits: Digits): Promise<number[]> {
  const learningRate = 1e6;
  const model = network(name);
  const weights = () =>
    model.parameters
      .filter(({ shape }) => shape.length === 2)
      .map((parameter) => model.getParameter(parameter.name));
  const before = weights();
  const optimizer = sgd({ learningRate });
  await model.fit(digits, { epochs: 1, batchSize: digits.targets.length, optimizer });
  const gradients = weights().map((after, layer) =>
    after.map((weight, index) => ((before[layer]?.[index] ?? 0) - weight) / learningRate),
  );
  return gradients.slice(0, layers).map(rootMeanSquare);
}

function rootMeanSquare(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
}

/** The first layer is another shape than the others, so the second stands for the beginning. */
function ratioOf(gradients: readonly number[]): number {
  return (gradients[1] ?? Number.NaN) / (gradients[layers - 1] ?? Number.NaN);
}

function seriesOf(name: string, gradients: readonly number[], place: number): LineSeries {
  const points = gradients.map((size, index) => [index + 1, size] as const);
  return { name, color: palette[place] ?? '', points };
}

async function accuracyOf(name: 'sigmoid' | 'relu', { training, test }: Mnist): Promise<number> {
  const model = network(name);
  await model.fit(training, { epochs: 5, optimizer: momentum({ learningRate: 0.01 }) });
  const { metrics } = await model.evaluate(test, { metrics: ['accuracy'] });
  return metrics.accuracy;
}
