import { type Autoencoder, adam, autoencoder } from 'layerwise';
import { type Mnist, pixels } from '../shared/mnist.ts';
import { type Phase, type TrainingResult, trainInPhases } from './training.ts';

/** Learns to give back an image from 32 numbers: 784-128-32-128-784. */

/** Large steps first, then smaller ones that settle what the large ones left open. */
const phases: readonly Phase[] = [
  { epochs: 10, learningRate: 4e-3, batchSize: 128, seed: 1 },
  { epochs: 4, learningRate: 4e-4, batchSize: 256, seed: 2 },
];

export interface TrainedAutoencoder {
  readonly model: Autoencoder;
  readonly training: TrainingResult;
  /** Mean squared error per pixel (0 to 1) over the test images. */
  readonly error: number;
}

export async function trainAutoencoder(mnist: Mnist): Promise<TrainedAutoencoder> {
  const model = autoencoder({
    inputSize: pixels,
    hidden: [128],
    code: 32,
    outputActivation: 'sigmoid',
    seed: 1,
  });
  const { training, validation, test } = mnist;
  const result = await trainInPhases({
    name: 'autoencoder',
    rows: training.targets.length,
    phases,
    fit: (phase) =>
      model.fit(training.inputs, {
        epochs: phase.epochs,
        batchSize: phase.batchSize,
        seed: phase.seed,
        optimizer: adam({ learningRate: phase.learningRate }),
        validation: { data: validation.inputs },
      }),
  });
  const { loss } = await model.evaluate(test.inputs);
  return { model, training: result, error: loss };
}
