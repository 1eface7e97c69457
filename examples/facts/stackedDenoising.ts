import {
  type Autoencoder,
  adam,
  dropout,
  type Layer,
  maskingNoise,
  type Sequential,
  sequential,
  stackedAutoencoder,
} from 'layerwise';
import { imageGrid } from '../pictures/imageGrid.ts';
import { imageSize, pixels, readMnist } from '../shared/mnist.ts';
import type { Fact, FactResult } from './fact.ts';
import { atMost, percent } from './rows.ts';

/** A stack of denoising autoencoders, pre-trained without labels and fine-tuned with them. */

const units = [600, 600, 600];
const corruption = maskingNoise({ rate: 0.25 });
const epochs = { pretraining: 2, fineTuning: 20 };

export const stackedDenoising: Fact = {
  name: 'stackedDenoising',
  title: 'A stacked denoising autoencoder, fine-tuned',
  text: `Three layers of ${units[0]} relu units learn one after the other to give back what was there before a quarter of
their input was made zero, ${epochs.pretraining} epochs each. With a softmax layer on top the stack is then fine-tuned to
tell the digits, ${epochs.fineTuning} epochs, with the input still corrupted so and a quarter of the units dropped. The
published figure is 1.28 %, of three layers of sigmoid units; the bar is 1.4 %. The picture shows what some units of the
first layer look for after the pre-training: parts of strokes.`,
  isQuick: false,
  measure,
};

async function measure(): Promise<FactResult> {
  const { training, test } = await readMnist(60_000, 0);
  const stack = stackedAutoencoder({
    inputSize: pixels,
    layers: units,
    activation: 'relu',
    codeActivation: 'relu',
    outputActivation: 'sigmoid',
    corruption,
    seed: 1,
  });
  await stack.pretrain(training.inputs, {
    epochs: epochs.pretraining,
    batchSize: 128,
    optimizer: adam({ learningRate: 0.001 }),
    schedule: 'cosine',
  });
  const classifier = noisyClassifierOf(stack);
  await classifier.fit(training, {
    epochs: epochs.fineTuning,
    batchSize: 128,
    optimizer: adam({ learningRate: 0.001 }),
    schedule: { type: 'cosine', warmupEpochs: 0.5 },
  });
  const { metrics } = await classifier.evaluate(test, { metrics: ['accuracy'] });
  return {
    rows: [
      atMost(0.014, {
        fact: 'Stacked denoising autoencoder, fine-tuned: test images told wrong',
        measured: 1 - metrics.accuracy,
        format: percent,
        source: 'Vincent et al. 2010 (1.28 %)',
      }),
    ],
    pictures: [
      {
        name: 'stacked-denoising',
        title: 'Weights of thirty units of the first layer after pre-training',
        drawing: imageGrid({
          title: 'What units of the first layer look for',
          size: imageSize,
          bands: [[0, 1, 2].map((row) => ({ label: '', images: filtersOf(stack, 10 * row) }))],
        }),
      },
    ],
  };
}

/** The classifier of the stack, with the corruption in front and dropout behind its hidden layers. */
function noisyClassifierOf(stack: Autoencoder): Sequential<'softmax'> {
  const plain = stack.toClassifier(10);
  const output = plain.spec.layers.length - 1;
  const layers: Layer[] = plain.spec.layers.flatMap((layer, index): Layer[] =>
    index < output ? [layer, dropout({ rate: 0.25 })] : [layer],
  );
  const model = sequential([corruption, ...layers], { inputSize: pixels, seed: 1 });
  // Neither the corruption nor dropout has tensors: those of both networks are the same, in the same order.
  model.parameters.forEach(({ name }, index) => {
    model.setParameter(name, plain.getParameter(plain.parameters[index]?.name ?? ''));
  });
  return model as Sequential<'softmax'>;
}

/** The weights of ten units of the first layer as grey levels. */
function filtersOf(stack: Autoencoder, first: number): Float32Array[] {
  const name = stack.parameters.find(({ shape }) => shape.length === 2)?.name ?? '';
  const weights = stack.getParameter(name);
  return Array.from({ length: 10 }, (_, index) => {
    const unit = first + index;
    const filter = weights.subarray(unit * pixels, (unit + 1) * pixels);
    const largest = filter.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0);
    return filter.map((weight) => 0.5 + weight / (2 * largest));
  });
}
