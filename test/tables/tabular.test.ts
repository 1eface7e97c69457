/** The network of RealMLP-TD-S, and its training. */

import { describe, expect, test } from 'vitest';
import { ArgumentError, type Sequential } from '../../lib/index.js';
import { tableModel, tabular } from '../../lib/tables/index.js';
import { readFixture } from '../training/fixtures.js';

interface Weights {
  readonly scale: readonly number[];
  readonly weights: readonly (readonly number[])[];
  readonly biases: readonly (readonly number[])[];
}

/** What PyTorch computed in double precision, by make-tabular-trajectory.py. */
interface Trajectory {
  readonly inputs: readonly number[];
  readonly targets: readonly number[];
  readonly start: Weights;
  /** Before each update. */
  readonly losses: readonly number[];
  readonly end: Weights;
}

const fixture = readFixture<{
  readonly inputSize: number;
  readonly rows: number;
  readonly hidden: readonly number[];
  readonly epochs: number;
  readonly tasks: Readonly<Record<'classification' | 'regression', Trajectory>>;
}>('tabular-trajectory.json');

/** The tensors of the network, in the order of the weights of the fixture. */
function tensorsOf({
  scale,
  weights,
  biases,
}: Weights): [name: string, values: readonly number[]][] {
  const modules = [1, 3, 5];
  return [
    ['0.weight', scale],
    ...modules.flatMap((module, i): [string, readonly number[]][] => [
      [`${module}.weight`, weights[i] as readonly number[]],
      [`${module}.bias`, biases[i] as readonly number[]],
    ]),
  ];
}

describe('tabular', () => {
  test.each(['classification', 'regression'] as const)('trains as in PyTorch: %s', async (task) => {
    const { inputSize, rows, hidden, epochs, tasks } = fixture;
    const { inputs, targets, start, losses, end } = tasks[task];
    const classes = task === 'classification' ? 3 : undefined;
    const { model, training } = tabular({ inputSize, classes, rows, hidden, epochs });
    for (const [name, values] of tensorsOf(start)) model.setParameter(name, values);
    const rowsOf = (values: readonly number[], columns: number) =>
      Array.from({ length: rows }, (_, i) => values.slice(i * columns, (i + 1) * columns));
    const history = await model.fit(
      { inputs: rowsOf(inputs, inputSize), targets: classes ? targets : rowsOf(targets, 1) },
      training,
    );
    for (const [i, { loss }] of history.epochs.entries()) {
      expect(Math.abs(loss - (losses[i] as number))).toBeLessThan(1e-4);
    }
    for (const [name, values] of tensorsOf(end)) {
      const learnt = model.getParameter(name);
      for (const [i, value] of values.entries()) {
        expect(Math.abs((learnt[i] as number) - value), `${name}[${i}]`).toBeLessThan(1e-4);
      }
    }
  });

  test('begins with the mean, and with the same probability of each class', () => {
    const predict = (model: Sequential) => [...model.predictSync([[1, -2, 3]]).values];
    expect(predict(tabular({ inputSize: 3 }).model)).toEqual([0]);
    expect(predict(tabular({ inputSize: 3, classes: 4 }).model)).toEqual([0.25, 0.25, 0.25, 0.25]);
  });

  test('has the published defaults', () => {
    const { model, training } = tabular({ inputSize: 10, classes: 2 });
    const sizes = model.spec.layers.flatMap((layer) => (layer.type === 'dense' ? layer.units : []));
    expect(sizes).toEqual([256, 256, 256, 2]);
    expect(training).toMatchObject({
      epochs: 256,
      batchSize: 256,
      loss: { type: 'crossEntropy', labelSmoothing: 0.1 },
      optimizer: { type: 'adam', learningRate: 0.04, beta2: 0.95 },
      schedule: { type: 'cosineLog' },
    });
    expect(tabular({ inputSize: 10 }).training.optimizer).toMatchObject({ learningRate: 0.07 });
    expect(tabular({ inputSize: 10, rows: 40 }).training.batchSize).toBe(40);
  });

  test('takes categories as indices', async () => {
    const embeddings = [{ input: 1, levels: 5, units: 3 }];
    const { model, training } = tabular({ inputSize: 2, embeddings, epochs: 30, hidden: [16] });
    const inputs = Array.from({ length: 256 }, (_, i) => [Math.sin(i), i % 5]);
    const effects = [0, 1, -1, 0.5, -0.5];
    const targets = inputs.map(([, level = 0]) => [effects[level] as number]);
    const history = await model.fit({ inputs, targets }, training);
    expect(history.epochs.at(-1)?.loss).toBeLessThan(0.1);
  });

  test('is the network of a table', async () => {
    const rows = Array.from({ length: 120 }, (_, i) => ({
      width: Math.sin(i),
      height: Math.cos(3 * i),
      kind: Math.sin(i) > 0.2 ? 'wide' : 'narrow',
    }));
    const options = { epochs: 20, hidden: [16, 16], batchSize: 32 };
    const { training } = tabular({ inputSize: 1, classes: 2, ...options });
    const model = tableModel({
      target: 'kind',
      build: ({ inputSize, outputSize, seed }) =>
        tabular({ inputSize, classes: outputSize, seed, ...options }).model,
    });
    await model.fit(rows, training);
    const { accuracy } = (await model.evaluate(rows)) as unknown as { accuracy: number };
    expect(accuracy).toBeGreaterThan(0.9);
  });

  test('is what a model of a table is asked for by its name', async () => {
    const rows = Array.from({ length: 300 }, (_, i) => ({
      width: Math.sin(i) + (i % 50 === 0 ? 30 : 0),
      shop: `s${i % 12}`,
      y: 5 * (i % 12) + Math.sin(i),
    }));
    const model = tableModel({ target: 'y', network: 'tabular', hidden: [32], members: 2 });
    const history = await model.fit(rows, { epochs: 100 });
    const [width] = model.schema.columns;
    expect(width).toMatchObject({ scaling: { type: 'robust' } });
    const types = model.members[0].spec.layers.map(({ type }) => type);
    expect(types).toEqual(['embedding', 'scaling', 'dense', 'dense']);
    expect(model.training).toMatchObject({
      batchSize: 150,
      optimizer: { type: 'adam', learningRate: 0.07, beta2: 0.95 },
    });
    expect(history.outOfFold?.r2).toBeGreaterThan(0.95);
    // It learns to the end of its schedule, where the rate is zero.
    expect(history.epochs.at(-1)?.learningRate).toBeLessThan(0.001);
  });

  test.each([
    [{ activation: 'tanh' }, 'activation'],
    [{ dropout: 0.1 }, 'dropout'],
    [{ build: () => tabular({ inputSize: 1 }).model }, 'build'],
    [{ target: undefined, autoencoder: true }, 'autoencoder'],
    [{ network: 'deep' }, 'network'],
  ])('of a table brings along what is its own: %j', (options, path) => {
    const given = { target: 'y', network: 'tabular', ...options } as never;
    expect(() => tableModel(given)).toThrow(expect.objectContaining({ path }));
  });

  test.each([
    [{ inputSize: 3, classes: 1 }, 'classes'],
    [{ inputSize: 3, classes: 2, outputs: 1 }, 'outputs'],
    [{ inputSize: 0 }, 'inputSize'],
    [{ inputSize: 3, epoch: 1 }, 'epoch'],
    [{ inputSize: 3, hidden: [0] }, 'units'],
  ])('checks its options: %j', (options, path) => {
    expect(() => tabular(options)).toThrow(ArgumentError);
    expect(() => tabular(options)).toThrow(path);
  });
});
