import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DataError, dense, matrix, metrics, sequential } from '../../lib/index.js';
import { RandomStream } from '../../lib/random.js';

/** Metrics while a model trains or is evaluated, beside the functions over its predictions. */

/** A layer whose outputs are its inputs, before the activation. */
function passingOn(columns: number, activation: 'softmax' | 'sigmoid' | 'linear') {
  return sequential([dense(columns, { activation, kernelInitializer: 'identity' })], {
    inputSize: columns,
  });
}

/** Inputs in steps of a half, so that many outputs are equal. */
function coarse(random: RandomStream, rows: number, columns: number) {
  const values = Float32Array.from({ length: rows * columns }, () => random.below(9) / 2 - 2);
  return matrix(values, rows, columns);
}

const anyRows = fc.record({
  seed: fc.nat(1000),
  rows: fc.integer({ min: 6, max: 70 }),
  columns: fc.integer({ min: 2, max: 5 }),
});
const few = { numRuns: 25 };

function columnOf({ values, columns }: { values: ArrayLike<number>; columns: number }, j: number) {
  return Float32Array.from(
    { length: values.length / columns },
    (_, i) => values[i * columns + j] ?? 0,
  );
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

describe('an evaluation agrees with the functions over predictions', () => {
  test('of one class out of several', async () => {
    const property = fc.asyncProperty(anyRows, async ({ seed, rows, columns }) => {
      const random = new RandomStream(seed);
      const model = passingOn(columns, 'softmax');
      const inputs = coarse(random, rows, columns);
      // Every class occurs.
      const classes = Array.from({ length: rows }, (_, i) =>
        i < columns ? i : random.below(columns),
      );
      const data = { inputs, targets: classes };
      const measured = await model.evaluate(data, {
        metrics: [
          'accuracy',
          { type: 'topKAccuracy', k: 2 },
          'precision',
          { type: 'recall', class: 1 },
          { type: 'f1', average: 'micro' },
          'logLoss',
          'rocAuc',
          { type: 'prAuc', class: 0 },
        ],
      });
      const outputs = await model.predict(inputs);
      const predicted = metrics.classesOf(outputs);
      const areas = Array.from({ length: columns }, (_, j) =>
        metrics.rocAuc(
          columnOf(outputs, j),
          classes.map((one) => (one === j ? 1 : 0)),
        ),
      );
      const isFirst = classes.map((one) => (one === 0 ? 1 : 0));
      const expected = {
        accuracy: metrics.accuracy(predicted, classes),
        topKAccuracy: metrics.topKAccuracy(outputs, classes, { k: 2 }),
        precision: metrics.precision(predicted, classes),
        recall: metrics.recall(predicted, classes, { class: 1 }),
        f1: metrics.f1(predicted, classes, { average: 'micro' }),
        logLoss: metrics.logLoss(outputs, classes),
        rocAuc: mean(areas),
        prAuc: metrics.prAuc(columnOf(outputs, 0), isFirst),
      };
      expectClose(measured.metrics, expected);
    });
    await fc.assert(property, few);
  });

  test('of one yes or no', async () => {
    const model = passingOn(1, 'sigmoid');
    const property = fc.asyncProperty(anyRows, async ({ seed, rows }) => {
      const random = new RandomStream(seed);
      const inputs = coarse(random, rows, 1);
      const targets = Array.from({ length: rows }, (_, i) => (i < 2 ? i : random.below(2)));
      const measured = await model.evaluate(
        { inputs, targets },
        {
          metrics: [
            'accuracy',
            { type: 'precision', class: 1 },
            'recall',
            'f1',
            'rocAuc',
            'prAuc',
            'logLoss',
          ],
        },
      );
      const scores = (await model.predict(inputs)).values;
      const predicted = metrics.classesOf(scores);
      expectClose(measured.metrics, {
        accuracy: metrics.accuracy(predicted, targets),
        precision: metrics.precision(predicted, targets, { class: 1 }),
        recall: metrics.recall(predicted, targets),
        f1: metrics.f1(predicted, targets),
        rocAuc: metrics.rocAuc(scores, targets),
        prAuc: metrics.prAuc(scores, targets),
        logLoss: metrics.logLoss(scores, targets),
      });
    });
    await fc.assert(property, few);
  });

  test('of several labels, each by itself', async () => {
    const property = fc.asyncProperty(anyRows, async ({ seed, rows, columns }) => {
      const random = new RandomStream(seed);
      const model = passingOn(columns, 'sigmoid');
      const inputs = coarse(random, rows, columns);
      const labels = Array.from({ length: rows }, (_, i) =>
        Array.from({ length: columns }, () => (i < 2 ? i : random.below(2))),
      );
      const measured = await model.evaluate(
        { inputs, targets: labels },
        { metrics: ['f1', 'rocAuc', 'prAuc', 'logLoss'] },
      );
      const outputs = await model.predict(inputs);
      const ofLabels = (of: (scores: Float32Array, truths: number[]) => number) =>
        mean(
          Array.from({ length: columns }, (_, j) =>
            of(
              columnOf(outputs, j),
              labels.map((row) => row[j] as number),
            ),
          ),
        );
      expectClose(measured.metrics, {
        f1: ofLabels((scores, truths) =>
          metrics.f1(metrics.classesOf(scores), truths, { class: 1 }),
        ),
        rocAuc: ofLabels(metrics.rocAuc),
        prAuc: ofLabels(metrics.prAuc),
        logLoss: ofLabels(metrics.logLoss),
      });
    });
    await fc.assert(property, few);
  });

  test('of numbers', async () => {
    const property = fc.asyncProperty(anyRows, async ({ seed, rows, columns }) => {
      const random = new RandomStream(seed);
      const model = passingOn(columns, 'linear');
      const inputs = coarse(random, rows, columns);
      const targets = coarse(random, rows, columns);
      const measured = await model.evaluate(
        { inputs, targets },
        { metrics: ['rootMeanSquaredError', 'meanAbsoluteError', 'r2'] },
      );
      const outputs = await model.predict(inputs);
      expectClose(measured.metrics, {
        rootMeanSquaredError: metrics.rootMeanSquaredError(outputs, targets),
        meanAbsoluteError: metrics.meanAbsoluteError(outputs, targets),
        r2: metrics.r2(outputs, targets),
      });
    });
    await fc.assert(property, few);
  });
});

function expectClose(measured: Record<string, number>, expected: Record<string, number>): void {
  expect(Object.keys(measured)).toEqual(Object.keys(expected));
  for (const [name, value] of Object.entries(expected)) {
    expect(measured[name], name).toBeCloseTo(value, 6);
  }
}

const signs = (rows: number, seed: number) => {
  const random = new RandomStream(seed);
  const inputs = Array.from({ length: rows }, () => [random.normal(), random.normal()]);
  return { inputs, targets: inputs.map(([x = 0, y = 0]) => (x * y > 0 ? 1 : 0)) };
};

const classifier = () =>
  sequential([dense(8, { activation: 'tanh' }), dense(1, { activation: 'sigmoid' })], {
    inputSize: 2,
  });

describe('a training', () => {
  test('tells its metrics with every epoch, and restores the best by one of them', async () => {
    const held = signs(60, 2);
    const model = classifier();
    const history = await model.fit(signs(120, 1), {
      epochs: 12,
      optimizer: { type: 'adam', learningRate: 0.2 },
      metrics: ['rocAuc', { type: 'f1', class: 1 }],
      validation: { data: held },
      monitor: 'validation.rocAuc',
      earlyStopping: { patience: 50 },
    });
    const areas = history.epochs.map(({ validation }) => validation?.metrics.rocAuc ?? Number.NaN);
    const best = Math.max(...areas);
    expect(history.bestEpoch).toBe(areas.indexOf(best) + 1);
    const { metrics: restored } = await model.evaluate(held, { metrics: ['rocAuc'] });
    expect(restored.rocAuc).toBeCloseTo(best, 9);
    expect(history.epochs[0]?.metrics).toEqual({
      rocAuc: expect.any(Number),
      f1: expect.any(Number),
    });
  });

  test('lowers its rate when what it monitors stays as it is', async () => {
    const history = await classifier().fit(signs(40, 1), {
      epochs: 6,
      // Nothing moves, so nothing gets better.
      optimizer: { type: 'sgd', learningRate: 1e-30 },
      schedule: { type: 'reduceOnPlateau', patience: 1, factor: 0.5 },
      metrics: ['f1'],
      monitor: 'f1',
    });
    const rates = history.epochs.map(({ learningRate }) => learningRate / 1e-30);
    expect(rates.map((rate) => Math.round(rate * 100) / 100)).toEqual([1, 1, 1, 0.5, 0.5, 0.25]);
  });

  test('says which metric does not fit, and what would', async () => {
    const regressor = sequential([dense(1)], { inputSize: 2 });
    await expect(regressor.fit(signs(10, 1), { metrics: ['r2', 'f1'] })).rejects.toThrow(
      /^metrics\[1\]: expected a metric of numbers, .*rootMeanSquaredError.*, received f1\. .*sigmoid/,
    );
    const ones = { inputs: [[1, 2]], targets: [1] };
    await expect(classifier().evaluate(ones, { metrics: ['rocAuc'] })).rejects.toThrow(DataError);
    const fit = classifier().fit(signs(10, 1), { metrics: ['rocAuc'], validation: { data: ones } });
    await expect(fit).rejects.toThrow(/^metrics\[0\]: expected rows of label 0 .*for validation/);
  });
});
