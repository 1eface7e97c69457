import { adam, autoencoder, matrix, metrics } from 'layerwise';
import { barChart } from '../pictures/barChart.ts';
import { palette } from '../pictures/svg.ts';
import { type Digits, type Mnist, pixels, readMnist, rowsOf } from '../shared/mnist.ts';
import type { Fact, FactResult, Scale } from './fact.ts';
import { PrincipalComponents } from './pca.ts';
import { atLeast } from './rows.ts';

/** Whether the error of an autoencoder tells digits of a kind that it has never seen. */

const code = 8;
const settings = {
  published: { rows: 12_000, tested: 10_000, digits: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] },
  quick: { rows: 2000, tested: 1000, digits: [2] },
} as const;

export const anomalies: Fact = {
  name: 'anomalies',
  title: 'A digit as the anomaly',
  text: `One digit is kept from the training, and is the anomaly among the test images. The score of an image is the error
of its reconstruction from ${code} numbers: by an autoencoder 784-256-64-${code}, and by as many principal components. The
area under the curve (ROC-AUC) is the probability that an anomaly scores above an image of a known digit. The autoencoder
is the better detector. For the 1 both are worse than chance, as in the literature: it is so simple that both give it back
well without having seen one. (The first 12,000 digits.)`,
  isQuick: true,
  measure,
};

interface Comparison {
  readonly digit: number;
  readonly autoencoder: number;
  readonly components: number;
}

async function measure(scale: Scale): Promise<FactResult> {
  const { rows, tested, digits } = settings[scale];
  const mnist = await readMnist(rows, 0);
  const test = rowsOf(mnist.test, 0, tested);
  const results: Comparison[] = [];
  for (const digit of digits) results.push(await compare(digit, { ...mnist, test }));
  const mean = (of: (result: Comparison) => number) =>
    results.reduce((sum, result) => sum + of(result), 0) / results.length;
  const components = mean((result) => result.components);
  const source = 'An & Cho 2015';
  return {
    rows: [
      atLeast(components, {
        fact: 'A digit as the anomaly: mean ROC-AUC of autoencoders, expected that of principal components',
        measured: mean((result) => result.autoencoder),
        source,
      }),
      atLeast(0.8, {
        fact: 'Share of the digits for which the autoencoder is the better detector',
        measured: mean((result) => (result.autoencoder > result.components ? 1 : 0)),
        source,
      }),
    ],
    pictures: [
      {
        name: 'anomalies',
        title:
          'ROC-AUC by the digit that is the anomaly, of autoencoders and of principal components',
        drawing: barChart({
          title: 'One digit as the anomaly',
          groups: results.map(({ digit }) => String(digit)),
          label: 'ROC-AUC',
          range: [0, 1],
          series: [
            {
              name: 'autoencoder',
              color: palette[0],
              values: results.map((result) => result.autoencoder),
            },
            {
              name: 'principal components',
              color: palette[1],
              values: results.map((result) => result.components),
            },
          ],
        }),
      },
    ],
  };
}

async function compare(digit: number, { training, test }: Mnist): Promise<Comparison> {
  const known = without(digit, training);
  const isAnomaly = Array.from(test.targets, (target) => (target === digit ? 1 : 0));
  const model = autoencoder({
    inputSize: pixels,
    hidden: [256, 64],
    code,
    outputActivation: 'sigmoid',
    seed: 1,
  });
  await model.fit(known.inputs, {
    epochs: 10,
    batchSize: 64,
    optimizer: adam({ learningRate: 0.002 }),
    schedule: 'cosine',
  });
  const components = new PrincipalComponents(known, code);
  return {
    digit,
    autoencoder: metrics.rocAuc(await model.score(test.inputs), isAnomaly),
    components: metrics.rocAuc(components.errorsOf(test), isAnomaly),
  };
}

function without(digit: number, { inputs, targets }: Digits): Digits {
  const kept = Array.from(targets.keys()).filter((row) => targets[row] !== digit);
  const values = new Uint8Array(kept.length * pixels);
  kept.forEach((row, at) => {
    values.set(inputs.values.subarray(row * pixels, (row + 1) * pixels), at * pixels);
  });
  return {
    inputs: matrix(values, kept.length, pixels, { scale: 1 / 255 }),
    targets: Uint8Array.from(kept, (row) => targets[row] ?? 0),
  };
}
