import { adam, dense, type Sequential, sequential } from 'layerwise';
import { type Mnist, pixels } from '../shared/mnist.ts';
import { type Phase, type TrainingResult, trainInPhases } from './training.ts';

/** Learns which digit an image shows: 784 grey levels in, 10 probabilities out. */

/** Large steps first, then smaller ones that settle what the large ones left open. */
const phases: readonly Phase[] = [
  { epochs: 6, learningRate: 1e-3, batchSize: 128, seed: 1 },
  { epochs: 3, learningRate: 1e-4, batchSize: 256, seed: 2 },
];

export interface TrainedClassifier {
  readonly model: Sequential;
  readonly training: TrainingResult;
  /** Share of the test images whose digit is right. */
  readonly accuracy: number;
}

export async function trainClassifier(mnist: Mnist): Promise<TrainedClassifier> {
  const model = sequential(
    [
      dense(512, { activation: 'relu' }),
      dense(128, { activation: 'relu' }),
      dense(10, { activation: 'softmax' }),
    ],
    { inputSize: pixels, seed: 1 },
  );
  const { training, validation, test } = mnist;
  const result = await trainInPhases({
    name: 'classifier ',
    rows: training.targets.length,
    phases,
    fit: (phase) =>
      model.fit(training, {
        epochs: phase.epochs,
        batchSize: phase.batchSize,
        seed: phase.seed,
        optimizer: adam({ learningRate: phase.learningRate }),
        metrics: ['accuracy'],
        validation: { data: validation },
      }),
  });
  const { metrics } = await model.evaluate(test, { metrics: ['accuracy'] });
  return { model, training: result, accuracy: metrics.accuracy };
}
