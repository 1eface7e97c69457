import { describe, expect, test } from 'vitest';
import {
  ArgumentError,
  activation,
  activityPenalty,
  autoencoder,
  batchNorm,
  type DenseLayer,
  DivergenceError,
  dense,
  dropout,
  gradientCheck,
  type Layer,
  layerNorm,
  maxout,
  prelu,
  type Sequential,
  sequential,
  variationalAutoencoder,
} from '../../lib/index.js';
import { gradientReport } from '../../lib/model/gradientCheck.js';
import { randomNumbers } from './data.js';

const random = randomNumbers(8);
const table = (rows: number, columns: number): number[][] =>
  Array.from({ length: rows }, () => Array.from({ length: columns }, () => 2 * random() - 1));
const inputs = table(12, 5);
const classes = inputs.map((_, row) => row % 3);
const numbers = table(12, 2);

const network = (...layers: Layer[]): Sequential => sequential(layers, { inputSize: 5, seed: 3 });
const softmax: DenseLayer = dense(3, { activation: 'softmax' });

describe('a gradient check', () => {
  test.each<[string, Layer[]]>([
    ['tanh', [dense(8, { activation: 'tanh' })]],
    ['relu, which bends', [dense(8, { activation: 'relu' }), dense(8, { activation: 'relu' })]],
    ['batchNorm', [dense(8), batchNorm(), activation('elu')]],
    ['layerNorm and prelu', [dense(8), layerNorm(), prelu()]],
    ['dropout, held still by the seed', [dense(16), dropout({ rate: 0.3 })]],
    ['maxout', [maxout(6, { pieces: 3 })]],
    ['penalties', [dense(8, { activation: 'sigmoid' }), activityPenalty({ l1: 0.1 })]],
  ])('passes %s', async (name, layers) => {
    const bends = /relu|maxout/.test(name);
    const report = await gradientCheck(network(...layers, softmax), { inputs, targets: classes });
    expect(report.passed).toBe(true);
    expect(report.worst?.relativeError).toBeLessThan(0.01);
    // Entries at which the loss bends are uncertain; a bias before batchNorm has no gradient at all.
    const room = bends ? 0.2 : 0.03;
    for (const { name, relativeUncertainty } of report.parameters) {
      const isCancelled = name === '0.bias' && layers[1]?.type === 'batchNorm';
      if (!isCancelled) expect(relativeUncertainty).toBeLessThan(room);
    }
  });

  test('passes other losses, weighted rows and autoencoders', async () => {
    const regressor = network(dense(6, { activation: 'gelu' }), dense(2));
    for (const loss of ['meanSquaredError', 'huber', 'logCosh'] as const) {
      const weights = inputs.map((_, row) => 0.5 + row / 10);
      const data = { inputs, targets: numbers, weights };
      expect((await gradientCheck(regressor, data, { loss })).passed).toBe(true);
    }
    const coder = autoencoder({ inputSize: 5, hidden: [6], code: 2 });
    expect((await gradientCheck(coder, inputs)).passed).toBe(true);
    const variational = variationalAutoencoder({ inputSize: 5, hidden: [6], code: 2 });
    expect((await gradientCheck(variational, inputs)).passed).toBe(true);
  });

  test('reports each tensor with its entries, and leaves the model as it is', async () => {
    const model = network(dense(40, { activation: 'tanh' }), softmax);
    const before = model.parameters.map(({ name }) => model.getParameter(name));
    const report = await gradientCheck(model, { inputs, targets: classes }, { entries: 7 });
    expect(
      report.parameters.map(({ name, layer, entries }) => [name, layer, entries.length]),
    ).toEqual([
      ['0.weight', 0, 7],
      ['0.bias', 0, 7],
      ['2.weight', 1, 7],
      ['2.bias', 1, 3],
    ]);
    const [weights] = report.parameters;
    const paths = weights?.entries.map(({ path }) => path) ?? [];
    expect(new Set(paths).size).toBe(7);
    for (const path of paths) {
      const [, unit, input] = /^0\.weight\[(\d+)\]\[(\d+)\]$/.exec(path) ?? [];
      expect(Number(unit)).toBeLessThan(40);
      expect(Number(input)).toBeLessThan(5);
    }
    expect(paths).toContain(weights?.worst.path);
    const { loss } = await model.evaluate({ inputs, targets: classes });
    expect(report.loss).toBeCloseTo(loss, 5);
    expect(model.parameters.map(({ name }) => model.getParameter(name))).toEqual(before);
    const again = await gradientCheck(model, { inputs, targets: classes }, { entries: 7 });
    expect(again).toEqual(report);
    const other = await gradientCheck(
      model,
      { inputs, targets: classes },
      { entries: 7, seed: 9, threads: 2 },
    );
    expect(other.parameters[0]?.entries.map(({ path }) => path)).not.toEqual(paths);
  });

  test('measures what a textbook computes', async () => {
    const model = sequential([dense(1)], { inputSize: 1 });
    model.setParameter('0.weight', [3]);
    model.setParameter('0.bias', [1]);
    const report = await gradientCheck(model, { inputs: [[1], [2]], targets: [0, 0] });
    // Errors 4 and 7: dw = 2 (4 + 14) / 2, db = 2 (4 + 7) / 2.
    expect(report.loss).toBeCloseTo((16 + 49) / 2, 5);
    expect(report.parameters[0]?.worst.backpropagated).toBeCloseTo(18, 5);
    expect(report.parameters[0]?.worst.numerical).toBeCloseTo(18, 3);
    expect(report.parameters[1]?.worst.numerical).toBeCloseTo(11, 3);
  });

  test('finds a wrong gradient, and does not blame rounding', () => {
    const entries = [0, 1, 2, 3].map((index) => ({
      index,
      backpropagated: index,
      numerical: index + 1e-5,
      uncertainty: 2e-5,
    }));
    const report = (change: object, place: number) =>
      gradientReport(
        {
          loss: 1,
          parameters: [
            { name: '0.bias', layer: 0, shape: [4], entries },
            {
              ...{ name: '0.weight', layer: 0, shape: [2, 2] },
              entries: entries.map((entry) =>
                entry.index === place ? { ...entry, ...change } : entry,
              ),
            },
          ],
        },
        0.01,
      );
    expect(report({}, 0)).toMatchObject({ passed: true });
    const wrong = report({ backpropagated: -2 }, 2);
    expect(wrong).toMatchObject({
      passed: false,
      parameters: [{ passed: true }, { passed: false }],
      worst: { name: '0.weight', worst: { path: '0.weight[1][0]', backpropagated: -2 } },
    });
    expect(report({ numerical: 2.3, uncertainty: 0.5 }, 2).passed).toBe(true);
  });

  test('refuses what it cannot check', async () => {
    const model = network(softmax);
    const data = { inputs, targets: classes };
    const check = (options: object) => gradientCheck(model, data, options);
    await expect(check({ entries: 0 })).rejects.toThrow('entries: expected an integer');
    await expect(check({ tolerance: 0 })).rejects.toThrow('tolerance: expected');
    await expect(check({ loss: 'binaryCrossEntropy' })).rejects.toThrow(ArgumentError);
    await expect(check({ epsilon: 1 })).rejects.toThrow('epsilon');
    await expect(gradientCheck(model, { inputs, targets: [1] })).rejects.toThrow('targets');
    const huge = sequential([dense(1), dense(1)], { inputSize: 1 });
    const far = { inputs: [[1e30]], targets: [0] };
    await expect(gradientCheck(huge, far)).rejects.toThrow(DivergenceError);
  });
});
