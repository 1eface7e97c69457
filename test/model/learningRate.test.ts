import { describe, expect, test } from 'vitest';
import {
  adam,
  autoencoder,
  customLoss,
  DivergenceError,
  dense,
  dropout,
  findLearningRate,
  type Sequential,
  sequential,
  sgd,
} from '../../lib/index.js';
import { learningRateCurve } from '../../lib/model/learningRate.js';
import { clusters, randomNumbers } from './data.js';

const data = clusters(300);
const classifier = () =>
  sequential([dense(16, { activation: 'tanh' }), dense(3, { activation: 'softmax' })], {
    inputSize: 2,
    seed: 2,
  });
const weightsOf = (model: Sequential) =>
  model.parameters.map(({ name }) => Array.from(model.getParameter(name)));

describe('the range test of learning rates', () => {
  test('grows the rate exponentially, and leaves the model as it is', async () => {
    const model = classifier();
    const before = weightsOf(model);
    const { points } = await findLearningRate(model, data, {
      optimizer: 'sgd',
      from: 1e-4,
      to: 1e-2,
      steps: 21,
    });
    expect(points).toHaveLength(21);
    expect(points[0]?.learningRate).toBeCloseTo(1e-4, 10);
    expect(points[10]?.learningRate).toBeCloseTo(1e-3, 8);
    expect(points[20]?.learningRate).toBeCloseTo(1e-2, 8);
    expect(weightsOf(model)).toEqual(before);
  });

  test('weighs the rows of each class as fit does', async () => {
    const classWeights = [3, 1, 0.5];
    const weights = Array.from(data.targets, (label) => classWeights[label] ?? 0);
    const test = (given: object, options: object) =>
      findLearningRate(classifier(), { ...data, ...given }, { steps: 20, ...options });
    const byClass = await test({}, { classWeights });
    expect(byClass.points).toEqual((await test({ weights }, {})).points);
    expect(byClass.points).not.toEqual((await test({}, {})).points);
    const balanced = await test({}, { classWeights: 'balanced' });
    const counts = [0, 1, 2].map((one) => data.targets.filter((label) => label === one).length);
    const ofClass = counts.map((count) => data.targets.length / (3 * count));
    const same = await test({}, { classWeights: ofClass });
    expect(balanced.points[19]?.loss).toBeCloseTo(same.points[19]?.loss ?? 0, 5);
    await expect(test({}, { classWeights: [1] })).rejects.toThrow(/^classWeights: expected 3/);
  });

  test('trains as a loop by hand with these rates', async () => {
    // One weight, one row: w falls by rate * 2 (w - 1), as the input is 1 and the target too.
    const model = sequential([dense(1, { bias: false })], { inputSize: 1 });
    model.setParameter('0.weight', [3]);
    const { points } = await findLearningRate(
      model,
      { inputs: [[1]], targets: [1] },
      { optimizer: 'sgd', from: 0.01, to: 0.1, steps: 6, smoothing: 0.5 },
    );
    let [weight, average, past] = [3, 0, 0];
    for (const { learningRate, loss, smoothed } of points) {
      const exact = (weight - 1) ** 2;
      average = (average + exact) / 2;
      past = (past + 1) / 2;
      expect(loss).toBeCloseTo(exact, 5);
      expect(smoothed).toBeCloseTo(average / past, 5);
      weight -= learningRate * 2 * (weight - 1);
    }
  });

  test('gives the same curve for the same seed, at any number of threads', async () => {
    const model = sequential(
      [
        dense(64, { activation: 'relu' }),
        dropout({ rate: 0.2 }),
        dense(3, { activation: 'softmax' }),
      ],
      { inputSize: 2 },
    );
    const curve = (seed: number, threads: number) =>
      findLearningRate(model, data, { seed, threads, gradientClipping: { norm: 1 } });
    const first = await curve(1, 1);
    expect(await curve(1, 3)).toEqual(first);
    expect((await curve(2, 1)).points).not.toEqual(first.points);
  });

  test.each(['sgd', 'adam'] as const)(
    'suggests a rate for %s that learns faster than far lower ones, and does not diverge',
    async (optimizer) => {
      const { suggestion, lowest, steepest } = await findLearningRate(classifier(), data, {
        optimizer,
      });
      expect(suggestion).toBeLessThanOrEqual(lowest / 10);
      expect(steepest).toBeLessThanOrEqual(lowest);
      const lossWith = async (rate: number) => {
        const make = optimizer === 'sgd' ? sgd : adam;
        const options = { epochs: 5, optimizer: make({ learningRate: rate }) };
        const history = await classifier().fit(data, options);
        return history.epochs.at(-1)?.loss ?? Number.NaN;
      };
      const loss = await lossWith(suggestion ?? Number.NaN);
      expect(loss).toBeLessThan(0.3); // 1.1 at the start
      expect(loss).toBeLessThan((await lossWith((suggestion ?? 1) / 100)) / 2);
    },
  );

  test('ends where the training diverges', async () => {
    const model = sequential([dense(1)], { inputSize: 2, seed: 1 });
    const targets = Array.from({ length: 300 }, (_, row) => row % 7);
    const curve = await findLearningRate(
      model,
      { inputs: data.inputs, targets },
      { optimizer: 'sgd' },
    );
    // The loss is a parabola: sgd diverges above 2 / its largest curvature, which is less than 20 here.
    expect(curve.divergence).toBeGreaterThan(0.1);
    expect(curve.divergence).toBeLessThan(10);
    expect(curve.points.at(-1)?.learningRate).toBeLessThanOrEqual(curve.divergence ?? 0);
    expect(curve.points.length).toBeLessThan(100);
    expect(curve.lowest).toBeLessThan(curve.divergence ?? 0);
  });

  test('takes autoencoders', async () => {
    const random = randomNumbers(4);
    const rows = Float32Array.from({ length: 400 }, random);
    const curve = await findLearningRate(autoencoder({ inputSize: 4, code: 2 }), rows);
    expect(curve.suggestion).toBeGreaterThan(1e-5);
  });

  test('suggests nothing where the loss does not fall', async () => {
    const model = sequential([dense(1)], { inputSize: 1 });
    const nothing = { inputs: [[0], [0]], targets: [0, 0] };
    const curve = await findLearningRate(model, nothing, { optimizer: 'sgd' });
    expect(curve).toMatchObject({ suggestion: null, steepest: null, divergence: null });
  });

  test('finds the steepest descent on the way to the lowest loss', () => {
    const losses = [10, 9.5, 7, 6, 5.8, 6, 2, 40];
    const points = losses.map((smoothed, step) => ({
      learningRate: 10 ** (step - 6),
      loss: smoothed,
      smoothed,
    }));
    const curve = learningRateCurve({ points: points.slice(0, 6), diverged: false });
    expect(curve.steepest).toBeCloseTo(1e-4, 12); // from 9.5 to 6 around it
    expect(curve.lowest).toBeCloseTo(1e-2, 12);
    expect(curve.suggestion).toBeCloseTo(1e-4, 12);
    expect(curve.divergence).toBeNull();
    const all = learningRateCurve({ points, diverged: true });
    expect(all).toMatchObject({ lowest: 1, divergence: 10 });
  });

  test.each([
    [{ from: 0 }, 'from: expected'],
    [{ from: 1, to: 0.1 }, 'to: expected'],
    [{ steps: 1 }, 'steps: expected'],
    [{ smoothing: 1 }, 'smoothing: expected'],
    [{ divergence: 1 }, 'divergence: expected'],
    [{ optimizer: 'lbfgs' }, 'optimizer: expected'],
    [{ batchSize: 301 }, 'batchSize: expected at most the 300 rows'],
    [{ epochs: 3 }, 'epochs'],
    [{ loss: 'binaryCrossEntropy' }, 'loss: expected'],
    [{ loss: customLoss(() => ({ loss: 0, gradient: [] })) }, 'loss: expected a loss of the table'],
  ])('refuses %j', async (options, message) => {
    const test = findLearningRate(classifier(), data, options as object);
    await expect(test).rejects.toThrow(message);
  });

  test('refuses a network whose loss is not finite', async () => {
    const model = sequential([dense(1), dense(1)], { inputSize: 1 });
    const far = { inputs: [[1e30]], targets: [0] };
    await expect(findLearningRate(model, far)).rejects.toThrow(DivergenceError);
  });
});
