/** Statistics of layers while a model trains, against networks computed here in double precision. */

import { describe, expect, test } from 'vitest';
import {
  ArgumentError,
  activation,
  autoencoder,
  dense,
  dropout,
  type LayerStatistics,
  type Sequential,
  type Spread,
  sequential,
  sgd,
  type TrainingStatisticsEvent,
} from '../../lib/index.js';
import { randomNumbers } from '../model/data.js';

const rows = 30;
const widths = [4, 6, 5, 2] as const;
type Rows = readonly (readonly number[])[];

const random = randomNumbers(3);
const table = (count: number, columns: number): number[][] =>
  Array.from({ length: count }, () => Array.from({ length: columns }, () => 2 * random() - 1));
const inputs = table(rows, widths[0]);
const targets = table(rows, widths[3]);

/** Functions with their derivative from the output. */
const functions = {
  tanh: { f: Math.tanh, derivative: (y: number) => 1 - y * y },
  sigmoid: { f: (x: number) => 1 / (1 + Math.exp(-x)), derivative: (y: number) => y * (1 - y) },
  linear: { f: (x: number) => x, derivative: () => 1 },
} as const;
const activations = ['tanh', 'sigmoid', 'linear'] as const;

const network = () =>
  sequential(
    activations.map((name, layer) => dense(widths[layer + 1] as number, { activation: name })),
    { inputSize: widths[0], seed: 5 },
  );

function spreadOf(table: Rows): Spread {
  const values = table.flat();
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  const norm = Math.hypot(...values);
  return { mean, std: Math.sqrt(variance), norm };
}

/** The weights [units][inputs] and biases of each layer. */
function layersOf(model: Sequential): { weights: number[][]; bias: number[] }[] {
  const tensors = model.parameters.map(({ name }) => Array.from(model.getParameter(name)));
  return activations.map((_, layer) => {
    const [flat = [], bias = []] = tensors.slice(2 * layer);
    const columns = flat.length / bias.length;
    const weights = bias.map((_, unit) => flat.slice(unit * columns, (unit + 1) * columns));
    return { weights, bias };
  });
}

const dot = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);
const transposed = (m: Rows) => (m[0] ?? []).map((_, j) => m.map((row) => row[j] as number));

/** Forward and backward pass of the mean squared error, written as in a textbook. */
function backpropagate(model: Sequential) {
  const layers = layersOf(model);
  const values: Rows[] = [inputs];
  for (const [index, { weights, bias }] of layers.entries()) {
    const { f } = functions[activations[index] as 'tanh'];
    values.push(
      (values[index] as Rows).map((row) =>
        weights.map((weight, unit) => f(dot(row, weight) + (bias[unit] as number))),
      ),
    );
  }
  let gradient: Rows = (values[3] as Rows).map((row, i) =>
    row.map((y, j) => (2 * (y - (targets[i]?.[j] as number))) / (rows * row.length)),
  );
  return layers
    .map((layer, index) => ({ ...layer, index, outputs: values[index + 1] as Rows }))
    .reverse()
    .map(({ weights, bias, index, outputs }) => {
      const { derivative } = functions[activations[index] as 'tanh'];
      const deltas = gradient.map((row, i) =>
        row.map((value, j) => value * derivative(outputs[i]?.[j] as number)),
      );
      gradient = deltas.map((row) => transposed(weights).map((column) => dot(row, column)));
      const perUnit = transposed(deltas);
      const gradients = [
        perUnit.flatMap((delta) => transposed(values[index] as Rows).map((x) => dot(delta, x))),
        perUnit.map((delta) => delta.reduce((sum, value) => sum + value, 0)),
      ];
      return { outputs, deltas, gradients, parameters: [...weights, bias] };
    })
    .reverse();
}

function expectSpread(actual: Spread | null | undefined, exact: Spread): void {
  for (const part of ['mean', 'std', 'norm'] as const) {
    const tolerance = 2e-6 * Math.max(exact.std, Math.abs(exact.mean), 1e-3);
    const room = part === 'norm' ? tolerance * 20 : tolerance;
    expect(Math.abs((actual?.[part] ?? Number.NaN) - exact[part])).toBeLessThan(room);
  }
}

describe('the statistics of a run', () => {
  test('are those of a network computed the slow way', async () => {
    const model = network();
    const before = layersOf(model);
    const { statistics } = await model.fit(
      { inputs, targets },
      { epochs: 1, batchSize: rows, optimizer: sgd({ learningRate: 0.2 }), statistics: true },
    );
    expect(statistics).toHaveLength(1);
    expect(statistics[0]).toMatchObject({ epoch: 1, update: 1, rows });
    const exact = backpropagate(model);
    for (const [index, layer] of (statistics[0]?.layers ?? []).entries()) {
      const { outputs, deltas, gradients, parameters } = exact[index] as (typeof exact)[number];
      expect(layer).toMatchObject({ layer: index, path: `layers[${index}]`, type: 'dense' });
      expectSpread(layer.outputs, spreadOf(outputs));
      expectSpread(layer.outputGradients, spreadOf(deltas));
      expectSpread(layer.gradients, spreadOf(gradients));
      const { norm } = spreadOf(parameters);
      expect(layer.weightNorm).toBeCloseTo(norm, 5);
      const { weights = [], bias = [] } = before[index] ?? {};
      const change = [...weights, bias].map((row, i) =>
        row.map((value, j) => (parameters[i]?.[j] as number) - value),
      );
      expect(layer.updateRatio).toBeCloseTo(spreadOf(change).norm / norm, 6);
      expect(layer).toMatchObject({ deadUnits: 0, saturated: 0 });
    }
  });

  test('come as events before those of their epochs, and with the history', async () => {
    const heard: string[] = [];
    const seen: TrainingStatisticsEvent[] = [];
    const run = network().fit(
      { inputs, targets },
      {
        epochs: 4,
        statistics: { everyEpochs: 2, rows: 10 },
        onEvent: ({ type, epoch }) => type !== 'progress' && heard.push(`${type} ${epoch}`),
      },
    );
    const history = await run;
    for await (const event of run) if (event.type === 'statistics') seen.push(event);
    expect(heard).toEqual([
      ...['epoch 1', 'statistics 2', 'epoch 2', 'epoch 3', 'statistics 4', 'epoch 4'],
    ]);
    expect(seen.map(({ type: _, ...statistics }) => statistics)).toEqual(history.statistics);
    expect(history.statistics.map((statistics) => statistics.rows)).toEqual([10, 10]);
    expect((await network().fit({ inputs, targets }, { epochs: 2 })).statistics).toEqual([]);
  });

  test('come after updates, and leave the training as it is', async () => {
    const [watched, plain] = [network(), network()];
    const options = { epochs: 3, batchSize: 7 };
    const history = await watched.fit(
      { inputs, targets },
      { ...options, statistics: { everyUpdates: 4 } },
    );
    await plain.fit({ inputs, targets }, options);
    expect(history.statistics.map(({ update, epoch }) => [update, epoch])).toEqual([
      [4, 1],
      [8, 2],
      [12, 3],
    ]);
    expect(layersOf(watched)).toEqual(layersOf(plain));
  });

  test('are the same at any number of threads', async () => {
    const results = [1, 3].map(async (threads) => {
      const options = { epochs: 2, threads, statistics: true } as const;
      return (await network().fit({ inputs, targets }, options)).statistics;
    });
    const [first, second] = await Promise.all(results);
    expect(first).toEqual(second);
  });

  test('count dead rectifiers and saturated units', async () => {
    const model = sequential([dense(4, { activation: 'relu' }), dense(2)], { inputSize: 4 });
    model.setParameter('0.weight', new Float32Array(16));
    model.setParameter('0.bias', [-1, 1, -1, -1]);
    const { statistics } = await model.fit({ inputs, targets }, { epochs: 1, statistics: true });
    expect(statistics[0]?.layers[0]).toMatchObject({ deadUnits: 0.75, saturated: 0 });

    const deep = sequential([dense(4), activation('sigmoid'), dense(2)], { inputSize: 4 });
    deep.setParameter('0.weight', new Float32Array(16));
    deep.setParameter('0.bias', [-9, 0, 9, 3]);
    const other = await deep.fit({ inputs, targets }, { epochs: 1, statistics: true });
    const [linear, sigmoid] = other.statistics[0]?.layers ?? [];
    expect(linear).toMatchObject({ type: 'dense', saturated: 0 });
    expect(sigmoid).toMatchObject({ type: 'activation', saturated: 0.5, gradients: null });
  });

  test('know noise, rows as a whole, and inputs as targets', async () => {
    const classifier = sequential(
      [
        dropout({ rate: 0.5 }),
        dense(3, { activation: 'relu' }),
        dense(2, { activation: 'softmax' }),
      ],
      { inputSize: 4 },
    );
    const history = await classifier.fit(
      { inputs, targets: inputs.map((_, row) => row % 2) },
      { epochs: 1, statistics: true },
    );
    const layers: readonly LayerStatistics[] = history.statistics[0]?.layers ?? [];
    const [noise, , softmax] = layers;
    expect(noise).toMatchObject({ outputGradients: null, gradients: null, weightNorm: null });
    expect(noise?.outputs.std).toBeGreaterThan(spreadOf(inputs).std); // half are 0, half doubled
    expect(softmax?.saturated).toBeNull();
    expect(softmax?.outputs.mean).toBeCloseTo(0.5, 6); // of two shares that sum to 1

    const coder = autoencoder({ inputSize: 4, code: 2 });
    const coded = await coder.fit(inputs, { epochs: 2, optimizer: 'lbfgs', statistics: true });
    expect(coded.statistics.map(({ update }) => update)).toEqual([1, 2]);
  });
});

describe('the option statistics', () => {
  test.each([
    [{ everyEpochs: 0 }, 'statistics.everyEpochs'],
    [{ everyEpochs: 1, everyUpdates: 1 }, 'statistics: expected either everyEpochs'],
    [{ everyBatches: 1 }, 'statistics.everyBatches'],
    [{ rows: 0.5 }, 'statistics.rows'],
    ['yes', 'statistics: expected true, false, or an object'],
  ])('refuses %j', async (statistics, message) => {
    const run = network().fit({ inputs, targets }, { statistics } as object);
    await expect(run).rejects.toThrow(ArgumentError);
    await expect(run).rejects.toThrow(message);
  });
});
