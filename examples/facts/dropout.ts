import { adam, dense, dropout as dropoutLayer, sequential } from 'layerwise';
import { lineChart } from '../pictures/lineChart.ts';
import { palette } from '../pictures/svg.ts';
import { pixels, readMnist } from '../shared/mnist.ts';
import type { Fact, FactResult } from './fact.ts';
import { atLeast, percent } from './rows.ts';

/** A classifier of digits with two hidden layers and dropout. */

const epochs = 20;

export const dropout: Fact = {
  name: 'dropout',
  title: 'Dropout',
  text: `784-512-512-10 with relu units, a fifth of which are dropped while training: the network of the best-known
example of Keras, which "gets to 98.40 % test accuracy after 20 epochs". Adam, with a learning rate that falls along a
cosine, batches of 128.`,
  isQuick: false,
  measure,
};

async function measure(): Promise<FactResult> {
  const { training, test } = await readMnist(60_000, 0);
  const model = sequential(
    [
      dense(512, { activation: 'relu' }),
      dropoutLayer({ rate: 0.2 }),
      dense(512, { activation: 'relu' }),
      dropoutLayer({ rate: 0.2 }),
      dense(10, { activation: 'softmax' }),
    ],
    { inputSize: pixels, seed: 1 },
  );
  const history = await model.fit(training, {
    epochs,
    batchSize: 128,
    optimizer: adam({ learningRate: 0.001 }),
    schedule: 'cosine',
    metrics: ['accuracy'],
    validation: { data: test },
  });
  const { metrics } = await model.evaluate(test, { metrics: ['accuracy'] });
  return {
    rows: [
      atLeast(0.984, {
        fact: '784-512-512-10 with dropout: accuracy on the test images',
        measured: metrics.accuracy,
        format: percent,
        source: 'Srivastava et al. 2014; mnist_mlp.py of Keras',
      }),
    ],
    pictures: [
      {
        name: 'dropout',
        title: 'Errors by epoch on training and test images',
        drawing: lineChart({
          title: '784-512-512-10 with dropout',
          x: { label: 'epoch' },
          y: {
            label: 'told wrong, logarithmic',
            logarithmic: true,
            format: (share) => `${Number((100 * share).toPrecision(2))} %`,
          },
          series: [
            {
              name: 'training images, some units dropped',
              color: palette[0],
              points: history.epochs.map(
                (epoch, at) => [at + 1, 1 - epoch.metrics.accuracy] as const,
              ),
            },
            {
              name: 'test images',
              color: palette[1],
              points: history.epochs.map(
                ({ validation }, at) => [at + 1, 1 - (validation?.metrics.accuracy ?? 0)] as const,
              ),
            },
          ],
        }),
      },
    ],
  };
}
