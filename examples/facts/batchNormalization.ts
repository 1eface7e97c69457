import { activation, batchNorm, dense, type Layer, sequential, sgd } from 'layerwise';
import { lineChart } from '../pictures/lineChart.ts';
import { palette } from '../pictures/svg.ts';
import { type Mnist, pixels, readMnist } from '../shared/mnist.ts';
import type { Fact, FactResult, Scale } from './fact.ts';
import { atLeast, atMost, percent } from './rows.ts';

/** Three layers of 100 sigmoid units in batches of 60, with batch normalisation and without. */

const settings = { published: { rows: 60_000 }, quick: { rows: 6000 } } as const;
const epochs = 5;
/** Small, the best for the network without normalisation, and ten times that. */
const rates = [0.1, 2, 20] as const;

export const batchNormalization: Fact = {
  name: 'batchNormalization',
  title: 'Batch normalisation',
  text: `The network of the paper that introduced it: 784-100-100-100-10 with sigmoid units, stochastic gradient descent,
batches of 60. At a small learning rate the network with normalisation is further after one epoch than the other after
five. At the rate that suits the one without best, it is still the better one. At ten times that rate the one without
learns nothing at all, and the normalised one loses next to nothing.`,
  isQuick: true,
  measure,
};

async function measure(scale: Scale): Promise<FactResult> {
  const mnist = await readMnist(settings[scale].rows, 0);
  const plain: number[][] = [];
  const normalised: number[][] = [];
  for (const rate of rates) {
    plain.push(await accuraciesOf(plainLayer, rate, mnist));
    normalised.push(await accuraciesOf(normalisedLayer, rate, mnist));
  }
  const [slow = [], best = [], tenfold = []] = plain;
  const [slowNormalised = [], bestNormalised = [], tenfoldNormalised = []] = normalised;
  const source = 'Ioffe & Szegedy 2015';
  const last = epochs - 1;
  return {
    rows: [
      atLeast(slow[last] ?? 1, {
        fact: 'Batch normalisation is faster: accuracy after one epoch, expected that of five without',
        measured: slowNormalised[0] ?? 0,
        format: percent,
        source,
      }),
      atLeast(best[last] ?? 1, {
        fact: 'It is better: accuracy at the best rate of the network without, expected the accuracy of that',
        measured: bestNormalised[last] ?? 0,
        format: percent,
        source,
      }),
      atMost(0.02, {
        fact: 'It tolerates ten times that learning rate: accuracy that is lost by it',
        measured: (bestNormalised[last] ?? 0) - (tenfoldNormalised[last] ?? 0),
        format: percent,
        source,
      }),
      atMost(0.2, {
        fact: 'Ten times that learning rate without it: accuracy',
        measured: tenfold[last] ?? 1,
        format: percent,
        source,
      }),
    ],
    pictures: [
      {
        name: 'batch-normalization',
        title: 'Errors by epoch at three learning rates, with batch normalisation and without',
        drawing: lineChart({
          title: '784-100-100-100-10, sigmoid, batches of 60',
          x: { label: 'epoch' },
          y: {
            label: 'test images told wrong, logarithmic',
            logarithmic: true,
            format: (share) => `${Math.round(100 * share)} %`,
          },
          series: rates.flatMap((rate, index) => {
            const color = palette[index] ?? '';
            return [
              { name: `normalised, rate ${rate}`, color, points: pointsOf(normalised[index]) },
              {
                name: `without, rate ${rate}`,
                color,
                dashed: true,
                points: pointsOf(plain[index]),
              },
            ];
          }),
        }),
      },
    ],
  };
}

function plainLayer(): Layer[] {
  return [dense(100, { activation: 'sigmoid' })];
}

function normalisedLayer(): Layer[] {
  return [dense(100, { bias: false }), batchNorm(), activation('sigmoid')];
}

/** Shares of the test images that are told right, after each epoch. */
async function accuraciesOf(
  layerOf: () => Layer[],
  learningRate: number,
  { training, test }: Mnist,
): Promise<number[]> {
  const hidden = [1, 2, 3].flatMap(layerOf);
  const model = sequential([...hidden, dense(10, { activation: 'softmax' })], {
    inputSize: pixels,
    seed: 1,
  });
  const { epochs: results } = await model.fit(training, {
    epochs,
    batchSize: 60,
    optimizer: sgd({ learningRate }),
    metrics: ['accuracy'],
    validation: { data: test },
  });
  return results.map(({ validation }) => validation?.metrics.accuracy ?? 0);
}

function pointsOf(accuracies: readonly number[] = []): (readonly [number, number])[] {
  return accuracies.map((accuracy, index) => [index + 1, 1 - accuracy] as const);
}
