import { adam, autoencoder } from 'layerwise';
import { lineChart } from '../pictures/lineChart.ts';
import { palette } from '../pictures/svg.ts';
import { pixels, readMnist } from '../shared/mnist.ts';
import type { Fact, FactResult } from './fact.ts';
import { PrincipalComponents } from './pca.ts';
import { atMost, near } from './rows.ts';

/** A deep autoencoder and the principal components, both with 30 numbers for an image. */

const code = 30;
const epochs = 20;

export const deepAutoencoder: Fact = {
  name: 'deepAutoencoder',
  title: 'A deep autoencoder beside the principal components',
  text: `784-1000-500-250-30 and back, the network with which deep autoencoders began. Theirs had to be pre-trained layer
by layer; with He's first weights, silu units, Adam and a learning rate that falls along a cosine ours learns as a whole,
in ${epochs} epochs. The errors are squared errors summed over the pixels of an image, averaged over the test images.`,
  isQuick: false,
  measure,
};

async function measure(): Promise<FactResult> {
  const { training, test } = await readMnist(60_000, 0);
  const model = autoencoder({
    inputSize: pixels,
    hidden: [1000, 500, 250],
    code,
    activation: 'silu',
    outputActivation: 'sigmoid',
    seed: 1,
  });
  const history = await model.fit(training.inputs, {
    epochs,
    batchSize: 128,
    optimizer: adam({ learningRate: 0.003 }),
    schedule: { type: 'cosine', warmupEpochs: 0.5 },
    validation: { data: test.inputs },
  });
  const components = new PrincipalComponents(training, code).errorsOf(test);
  return resultOf({
    training: history.epochs.map(({ loss }) => pixels * loss),
    test: history.epochs.map(({ validation }) => pixels * (validation?.loss ?? Number.NaN)),
    components: components.reduce((sum, error) => sum + error, 0) / components.length,
  });
}

/** Squared errors per image. */
interface Errors {
  /** While training, by epoch. */
  readonly training: readonly number[];
  /** Of the test images after each epoch. */
  readonly test: readonly number[];
  /** Of the test images from their principal components. */
  readonly components: number;
}

function resultOf({ training, test, components }: Errors): FactResult {
  const format = (error: number) => error.toFixed(2);
  const source = 'Hinton & Salakhutdinov 2006';
  const pointsOf = (errors: readonly number[]) =>
    errors.map((error, at) => [at + 1, error] as const);
  return {
    rows: [
      atMost(3, {
        fact: 'Deep autoencoder 784-1000-500-250-30: squared error per test image',
        measured: test.at(-1) ?? Number.NaN,
        format,
        source,
      }),
      near(13.87, 0.05, {
        fact: 'Principal components, 30 of them: the same',
        measured: components,
        format,
        source,
      }),
    ],
    pictures: [
      {
        name: 'deep-autoencoder',
        title: 'Squared error per image by epoch, far below that of the principal components',
        drawing: lineChart({
          title: '784-1000-500-250-30',
          x: { label: 'epoch' },
          y: { label: 'squared error per image, logarithmic', logarithmic: true },
          series: [
            { name: 'training images', color: palette[0], points: pointsOf(training) },
            { name: 'test images', color: palette[1], points: pointsOf(test) },
            {
              name: 'principal components',
              color: palette[5],
              dashed: true,
              points: pointsOf(test.map(() => components)),
            },
          ],
        }),
      },
    ],
  };
}
