import { describe, expect, test } from 'vitest';
import {
  adamW,
  DivergenceError,
  dense,
  type Sequential,
  sequential,
  sgd,
  type TrainingEvent,
} from '../../lib/index.js';
import { clusters, randomNumbers } from './data.js';

const classifier = () =>
  sequential([dense(16, { activation: 'relu' }), dense(3, { activation: 'softmax' })], {
    inputSize: 2,
    seed: 1,
  });

const weightsOf = (model: Sequential) =>
  model.parameters.map(({ name }) => Array.from(model.getParameter(name)));

describe('early stopping', () => {
  test('ends the run, and the model has the weights of the best epoch', async () => {
    // Classes that have nothing to do with the inputs can only be learnt by heart.
    const { inputs } = clusters(60);
    const random = randomNumbers(3);
    const data = { inputs, targets: Array.from({ length: 60 }, () => Math.floor(random() * 3)) };
    const fit = { epochs: 400, validation: 0.5, optimizer: sgd({ learningRate: 0.5 }) };
    const model = classifier();
    const history = await model.fit(data, { ...fit, earlyStopping: { patience: 4 } });
    expect(history.stopReason).toBe('stoppedEarly');
    const best = history.bestEpoch ?? 0;
    expect(history.epochs).toHaveLength(best + 4);
    const losses = history.epochs.map((epoch) => epoch.validation?.loss ?? Number.NaN);
    expect(Math.min(...losses)).toBe(losses[best - 1]);
    const again = classifier();
    await again.fit(data, { ...fit, epochs: best });
    expect(weightsOf(again)).toEqual(weightsOf(model));
  });

  test('watches the loss of the training without a validation', async () => {
    const history = await classifier().fit(clusters(60), {
      epochs: 50,
      earlyStopping: { patience: 2, minDelta: 100 },
    });
    expect(history.bestEpoch).toBe(1);
    expect(history.epochs).toHaveLength(3);
  });

  test('leaves a run alone that goes on improving', async () => {
    const history = await classifier().fit(clusters(60), {
      epochs: 3,
      batchSize: 60,
      earlyStopping: {},
    });
    expect(history.stopReason).toBe('completed');
    expect(history.bestEpoch).toBe(3);
  });

  test('is not there unless it is asked for', async () => {
    expect((await classifier().fit(clusters(60), { epochs: 1 })).bestEpoch).toBeNull();
  });
});

describe('a time limit', () => {
  test('ends the run with what it has', async () => {
    const history = await classifier().fit(clusters(60), { epochs: 1e9, timeLimit: 0.02 });
    expect(history.stopReason).toBe('timeLimit');
    expect(history.seconds).toBeGreaterThanOrEqual(0.02);
    expect(history.epochs.length).toBeGreaterThan(0);
  });

  test('leaves a run alone that ends before', async () => {
    const history = await classifier().fit(clusters(60), { epochs: 1, timeLimit: 1e6 });
    expect(history.stopReason).toBe('completed');
  });

  test.each([0, -1, Number.NaN, '1'])('is no %j', async (timeLimit) => {
    const run = classifier().fit(clusters(60), { epochs: 1, timeLimit: timeLimit as number });
    await expect(run).rejects.toMatchObject({ path: 'timeLimit' });
  });
});

describe('numbers that are not finite', () => {
  const regressor = () => sequential([dense(4), dense(1)], { inputSize: 2, seed: 1 });
  const rows = () => {
    const random = randomNumbers(5);
    const inputs = Array.from({ length: 40 }, () => [random(), random()]);
    return { inputs, targets: inputs.map(([x = 0, y = 0]) => [x + y]) };
  };
  const withOneFarAway = () => {
    const { inputs, targets } = rows();
    return { inputs: inputs.with(17, [1e30, 0]), targets };
  };
  const tooFast = { epochs: 4, batchSize: 8, optimizer: sgd({ learningRate: 1e6 }) };

  test('end a run, unless something else is asked for', async () => {
    await expect(regressor().fit(rows(), tooFast)).rejects.toBeInstanceOf(DivergenceError);
    const history = await regressor().fit(rows(), { epochs: 1 });
    expect(history.nonFinite).toEqual([]);
  });

  test('leave out the batch that has them', async () => {
    const options = { epochs: 3, batchSize: 8, shuffle: false, onNonFinite: 'skipBatch' } as const;
    const history = await regressor().fit(withOneFarAway(), options);
    expect(history.nonFinite).toEqual(
      [1, 2, 3].map((epoch) => ({ epoch, batch: 3, action: 'skipBatch' })),
    );
    expect(history.warnings).toMatchObject([
      {
        code: 'nonFinite',
        epoch: 1,
        path: 'loss',
        problem: 'numbers were not finite in epoch 1, batch 3: that update was left out',
      },
    ]);
    expect(history.epochs.every(({ loss }) => loss < 10)).toBe(true);
  });

  test('lower the learning rate and begin the epoch again', async () => {
    const model = regressor();
    const onNonFinite = { action: 'rollback', factor: 1e-4, times: 20 } as const;
    const told: string[] = [];
    const onEvent = (event: TrainingEvent) =>
      void (event.type !== 'progress' && told.push(event.type));
    const history = await model.fit(rows(), { ...tooFast, onNonFinite, onEvent });
    // Before the epoch that it was in.
    expect(told).toEqual(['warning', 'epoch', 'epoch', 'epoch', 'epoch']);
    expect(history.warnings[0]?.message).toContain('went back to the beginning of the epoch');
    const times = history.nonFinite.length;
    expect(times).toBeGreaterThan(1);
    expect(history.nonFinite.every(({ action }) => action === 'rollback')).toBe(true);
    expect(history.epochs).toHaveLength(4);
    expect(history.epochs.at(-1)?.learningRate).toBeCloseTo(1e6 * 1e-4 ** times, 6);
  });

  test('end a run that has gone back too often', async () => {
    const fit = regressor().fit(rows(), { ...tooFast, onNonFinite: 'rollback' });
    await expect(fit).rejects.toBeInstanceOf(DivergenceError);
  });

  test.each([
    ['ignore', 'onNonFinite'],
    [true, 'onNonFinite'],
    [{ action: 'skipBatch' }, 'onNonFinite'],
    [{ action: 'rollback', factor: 1 }, 'onNonFinite.factor'],
    [{ action: 'rollback', times: 0 }, 'onNonFinite.times'],
    [{ action: 'rollback', time: 1 }, 'time'],
  ])('are no matter of %j', async (onNonFinite, path) => {
    const run = regressor().fit(rows(), { epochs: 1, onNonFinite: onNonFinite as 'stop' });
    await expect(run).rejects.toMatchObject({ path: expect.stringContaining(path) });
  });

  test('have no place beside L-BFGS', async () => {
    const run = regressor().fit(rows(), { optimizer: 'lbfgs', onNonFinite: 'skipBatch' });
    await expect(run).rejects.toMatchObject({ path: 'onNonFinite' });
  });
});

test('accumulated batches train as one large batch does', async () => {
  const [large, small] = [classifier(), classifier()];
  const data = clusters(96);
  const whole = await large.fit(data, { epochs: 5, batchSize: 32 });
  const parts = await small.fit(data, { epochs: 5, batchSize: 8, accumulateBatches: 4 });
  expect(parts.epochs.at(-1)?.loss).toBeCloseTo(whole.epochs.at(-1)?.loss ?? 0, 4);
});

test('clipped gradients take small steps', async () => {
  const model = classifier();
  const before = weightsOf(model).flat();
  const optimizer = sgd({ learningRate: 1 });
  const gradientClipping = { norm: 0.01 };
  await model.fit(clusters(60), { epochs: 1, batchSize: 60, optimizer, gradientClipping });
  const steps = weightsOf(model)
    .flat()
    .map((weight, index) => weight - (before[index] ?? 0));
  expect(Math.hypot(...steps)).toBeCloseTo(0.01, 5);
});

test('averaged weights lag behind', async () => {
  const data = clusters(60);
  const options = { epochs: 1, batchSize: 60, optimizer: sgd({ learningRate: 0.5 }) };
  const after = async (epochs: number, decay?: number) => {
    const model = classifier();
    const averaging = decay === undefined ? undefined : { decay };
    await model.fit(data, { ...options, epochs, averaging });
    return weightsOf(model).flat();
  };
  const [first, second, averaged] = [await after(1), await after(2), await after(2, 0.75)];
  averaged.forEach((weight, index) => {
    const expected = 0.75 * (first[index] ?? 0) + 0.25 * (second[index] ?? 0);
    expect(weight).toBeCloseTo(expected, 5);
  });
});

test('weight decay spares the biases on request', async () => {
  const biasAfter = async (decayBiases: boolean) => {
    const model = sequential([dense(1)], { inputSize: 1 });
    model.setParameter('0.weight', [0]);
    model.setParameter('0.bias', [1]);
    const optimizer = adamW({ learningRate: 0.1, weightDecay: 0.5 });
    await model.fit({ inputs: [[0]], targets: [1] }, { epochs: 1, optimizer, decayBiases });
    return model.getParameter('0.bias')[0];
  };
  expect(await biasAfter(true)).toBeCloseTo(0.95, 6);
  expect(await biasAfter(false)).toBe(1);
});

test('lbfgs ends a run that has converged', async () => {
  const model = sequential([dense(1)], { inputSize: 1, seed: 1 });
  const data = { inputs: [[0], [1], [2], [3]], targets: [1, 3, 5, 7] };
  const history = await model.fit(data, { epochs: 100, optimizer: 'lbfgs' });
  expect(history.stopReason).toBe('converged');
  expect(history.epochs.length).toBeLessThan(20);
  expect(model.getParameter('0.weight')[0]).toBeCloseTo(2, 3);
  expect(model.getParameter('0.bias')[0]).toBeCloseTo(1, 3);
  const run = model.fit(data, { optimizer: 'lbfgs', schedule: 'cosine' });
  await expect(run).rejects.toThrow('schedule: expected no such option beside lbfgs');
});
