import { dense, type InitializerName, momentum, sequential } from 'layerwise';
import { lineChart } from '../pictures/lineChart.ts';
import { palette } from '../pictures/svg.ts';
import { type Mnist, pixels, readMnist } from '../shared/mnist.ts';
import type { Fact, FactResult, Scale } from './fact.ts';
import { atLeast, percent } from './rows.ts';

/** Whether a very deep network of relu layers learns at all depends on its first weights. */

const layers = 30;
const width = 100;
const settings = {
  published: { rows: 30_000, epochs: 5, starts: 3 },
  quick: { rows: 6000, epochs: 6, starts: 2 },
} as const;

const starts: readonly { readonly name: string; readonly initializer: InitializerName }[] = [
  { name: "He's weights", initializer: 'heNormal' },
  { name: 'N(0, 0.01²)', initializer: 'smallRandom' },
  { name: "Xavier's", initializer: 'glorotNormal' },
];

export const depth: Fact = {
  name: 'depth',
  title: 'Thirty layers of relu',
  text: `A network of ${layers} relu layers of ${width} units learns the digits from He's first weights, with plain
stochastic gradient descent with momentum. From small random ones nothing arrives at its end, and no gradient at its
beginning: the loss stays at that of guessing, ln 10 = 2.303. With Xavier's, which are √2 smaller than He's, the signal
falls to (1/√2)³⁰ = 3 · 10⁻⁵, and most of the training is spent on making up for it. (The first 30,000 digits.)`,
  isQuick: true,
  measure,
};

async function measure(scale: Scale): Promise<FactResult> {
  const { rows, epochs, starts: count } = settings[scale];
  const mnist = await readMnist(rows, 0);
  const runs = [];
  for (const { name, initializer } of starts.slice(0, count)) {
    runs.push({ name, ...(await train(mnist, initializer, epochs)) });
  }
  const [he, small] = runs;
  return {
    rows: [
      atLeast(0.8, {
        fact: "30 relu layers, He's weights: digits told apart",
        measured: he?.accuracy ?? 0,
        format: percent,
        source: 'He et al. 2015',
      }),
      atLeast(2.29, {
        fact: 'The same with small random weights: loss, which is 2.303 for guessing',
        measured: small?.losses.at(-1) ?? 0,
        format: (loss) => loss.toFixed(3),
        source: 'He et al. 2015',
      }),
    ],
    pictures: [
      {
        name: 'depth',
        title: "Loss of a network of 30 relu layers: it falls from He's weights alone",
        drawing: lineChart({
          title: `${layers} layers of relu`,
          x: { label: 'epoch' },
          y: { label: 'cross-entropy', range: [0, 2.5] },
          series: runs.map(({ name, losses }, index) => ({
            name,
            color: palette[index] ?? '',
            points: losses.map((loss, epoch) => [epoch + 1, loss] as const),
          })),
        }),
      },
    ],
  };
}

async function train({ training, test }: Mnist, initializer: InitializerName, epochs: number) {
  const hidden = Array.from({ length: layers }, () =>
    dense(width, { activation: 'relu', kernelInitializer: initializer }),
  );
  const output = dense(10, { activation: 'softmax', kernelInitializer: initializer });
  const model = sequential([...hidden, output], { inputSize: pixels, seed: 1 });
  const history = await model.fit(training, {
    epochs,
    optimizer: momentum({ learningRate: 0.001 }),
  });
  const { metrics } = await model.evaluate(test, { metrics: ['accuracy'] });
  return { losses: history.epochs.map(({ loss }) => loss), accuracy: metrics.accuracy };
}
