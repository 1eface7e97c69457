import { activityPenalty, adam, sparseAutoencoder } from 'layerwise';
import { lineChart } from '../pictures/lineChart.ts';
import { palette } from '../pictures/svg.ts';
import { type Mnist, pixels, readMnist } from '../shared/mnist.ts';
import type { Fact, FactResult, Scale } from './fact.ts';
import { atLeast, near } from './rows.ts';

/** Whether a penalty on the code brings its mean activation down to a target. */

const settings = {
  published: { code: 200, rows: 10_000, epochs: 6, targets: [0.05, 0.1, 0.2] },
  quick: { code: 80, rows: 3000, epochs: 8, targets: [0.05] },
} as const;

export const sparseCodes: Fact = {
  name: 'sparseCodes',
  title: 'Sparse codes',
  text: `An autoencoder with ${settings.published.code} sigmoid units as its code. A penalty, the Kullback-Leibler divergence of each unit's
mean activation from a target, brings the mean activation from one half down to that target; without it the code is
active all over. (Measured on the test images; the first 10,000 digits to learn from.)`,
  isQuick: true,
  measure,
};

async function measure(scale: Scale): Promise<FactResult> {
  const { code, rows, epochs, targets } = settings[scale];
  const mnist = await readMnist(rows, 0);
  const free = await activationsOf({ code, target: undefined, epochs }, mnist);
  const runs = [];
  for (const target of targets) {
    runs.push({ target, means: await activationsOf({ code, target, epochs }, mnist) });
  }
  return {
    rows: [
      ...runs.map(({ target, means }) =>
        near(target, target / 5, {
          fact: `Sparse code with a target of ${target}: mean activation`,
          measured: means.at(-1) ?? 0,
          source: 'Lee, Ekanadham & Ng 2008; Ng 2011',
        }),
      ),
      atLeast(0.3, {
        fact: 'The same code without a penalty: mean activation',
        measured: free.at(-1) ?? 0,
        source: 'Ng 2011',
      }),
    ],
    pictures: [
      {
        name: 'sparse-codes',
        title: 'Mean activation of codes by epoch: each falls to its target',
        drawing: lineChart({
          title: `Mean activation of ${code} units of code`,
          x: { label: 'epoch' },
          y: { label: 'mean activation', range: [0, 0.8] },
          series: [{ target: undefined, means: free }, ...runs].map(({ target, means }, index) => ({
            name: target === undefined ? 'no penalty' : `target ${target}`,
            color: palette[index] ?? '',
            points: means.map((mean, epoch) => [epoch, mean] as const),
          })),
        }),
      },
    ],
  };
}

interface Training {
  readonly code: number;
  readonly target: number | undefined;
  readonly epochs: number;
}

/** The mean of all numbers of the codes of the test images, before the training and after each epoch. */
async function activationsOf(
  { code, target, epochs }: Training,
  { training, test }: Mnist,
): Promise<number[]> {
  const model = sparseAutoencoder({
    inputSize: pixels,
    code,
    codeActivation: 'sigmoid',
    outputActivation: 'sigmoid',
    sparsity: activityPenalty(
      target === undefined ? { klWeight: 0 } : { klWeight: 0.1, klTarget: target },
    ),
    seed: 1,
  });
  const mean = async () => {
    const { values } = await model.encode(test.inputs);
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  };
  const means = [await mean()];
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const optimizer = adam({ learningRate: 0.001 });
    await model.fit(training.inputs, { epochs: 1, batchSize: 100, optimizer, seed: epoch });
    means.push(await mean());
  }
  return means;
}
