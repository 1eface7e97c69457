/** Trainings that go wrong, each in a way of its own, and what the runs say about it. */

import { describe, expect, test } from 'vitest';
import {
  activation,
  autoencoder,
  batchNorm,
  type DenseLayer,
  dense,
  normal,
  type Sequential,
  type StatisticsOptions,
  sequential,
  sgd,
  type TrainingEvent,
  type TrainingWarning,
  type WarningCode,
} from '../../lib/index.js';
import { clusters, randomNumbers } from '../model/data.js';

const data = clusters(200);
const softmax = dense(3, { activation: 'softmax' });
const statistics = true;

const deep = (layers: number, layer: () => DenseLayer, seed = 1): Sequential =>
  sequential([...Array.from({ length: layers }, layer), softmax], { inputSize: 2, seed });

function find(
  { warnings }: { readonly warnings: readonly TrainingWarning[] },
  code: WarningCode,
): TrainingWarning {
  const found = warnings.filter((warning) => warning.code === code);
  expect(
    found.map((warning) => warning.code),
    `once ${code}`,
  ).toEqual([code]);
  return found[0] as TrainingWarning;
}

const codesOf = ({ warnings }: { readonly warnings: readonly TrainingWarning[] }): string[] =>
  warnings.map(({ code }) => code);

describe('a run warns', () => {
  test('when gradients vanish in a deep sigmoid network', async () => {
    const model = deep(10, () => dense(16, { activation: 'sigmoid' }));
    const history = await model.fit(data, { epochs: 3, statistics });
    const { path, problem, remedy, message, epoch } = find(history, 'vanishingGradients');
    expect({ path, epoch }).toEqual({ path: 'layers[0]', epoch: 1 });
    expect(problem).toMatch(/times smaller than that of layers\[10\]: [\d.e-]+ against [\d.e-]+$/);
    expect(remedy).toContain('relu');
    expect(message).toBe(`layers[0]: ${problem}. ${remedy}`);
    // As deep, with relu and its initializer.
    const healthy = deep(10, () => dense(16, { activation: 'relu' }));
    expect(codesOf(await healthy.fit(data, { epochs: 3, statistics }))).not.toContain(
      'vanishingGradients',
    );
  });

  test('when gradients explode on their way back', async () => {
    const kernelInitializer = normal({ standardDeviation: 3 });
    const model = deep(8, () => dense(16, { kernelInitializer }));
    const options = { epochs: 1, optimizer: sgd({ learningRate: 1e-12 }), statistics };
    const { path, problem } = find(await model.fit(data, options), 'explodingGradients');
    expect(path).toBe('layers[0]');
    expect(problem).toMatch(/times larger than that of layers\[8\]/);
  });

  test('when it learns its rows by heart, and the validation gets worse', async () => {
    const random = randomNumbers(9);
    const noise = (rows: number) => ({
      inputs: Array.from({ length: rows }, () => [random(), random(), random(), random()]),
      targets: Array.from({ length: rows }, () => Math.floor(3 * random())),
    });
    const [few, others] = [noise(40), noise(200)];
    const options = { epochs: 150, optimizer: 'adam', validation: { data: others } } as const;
    const wide = () =>
      sequential([dense(128, { activation: 'relu' }), softmax], { inputSize: 4, seed: 1 });
    const { path, problem, remedy } = find(await wide().fit(few, options), 'overfitting');
    expect(path).toBe('validation.loss');
    expect(problem).toMatch(
      /^it rises, while that of the training has fallen to [\d.e-]+: [\d.]+ in epoch \d+, /,
    );
    expect(remedy).toContain('earlyStopping');
    // Whoever goes back to the best epoch has done something about it.
    const stopped = await wide().fit(few, { ...options, earlyStopping: { patience: 50 } });
    expect(codesOf(stopped)).not.toContain('overfitting');
  });

  test('when a learning rate is too high', async () => {
    const model = sequential([dense(8, { activation: 'relu' }), dense(1)], {
      inputSize: 2,
      seed: 4,
    });
    const random = randomNumbers(5);
    const targets = Array.from({ length: 200 }, () => 2 * random() - 1);
    const far = { inputs: data.inputs, targets };
    const events: TrainingEvent[] = [];
    const run = model.fit(far, {
      epochs: 30,
      batchSize: 200,
      optimizer: sgd({ learningRate: 0.9 }),
      statistics,
      onEvent: (event) => events.push(event),
    });
    await run.catch(() => {}); // it may well diverge for good
    const warnings = events.filter((event) => event.type === 'warning');
    expect(find({ warnings }, 'lossRising').remedy).toContain('lower the learning rate');
    expect(find({ warnings }, 'largeUpdates').problem).toMatch(
      /^one update changes its weights by \d+ %/,
    );
  });

  test('when rectifiers are dead', async () => {
    const model = sequential([dense(20, { activation: 'relu' }), softmax], {
      inputSize: 2,
      seed: 1,
    });
    model.setParameter('0.bias', new Float32Array(20).fill(-100));
    const history = await model.fit(data, { epochs: 2, statistics });
    const { path, problem, remedy } = find(history, 'deadUnits');
    expect({ path, problem }).toEqual({
      path: 'layers[0]',
      problem: '100 % of its units give 0 for every row',
    });
    expect(remedy).toContain('leakyRelu');
  });

  test('when activations are saturated, but not at the output', async () => {
    const kernelInitializer = normal({ standardDeviation: 30 });
    const tanh = sequential([dense(20, { activation: 'tanh', kernelInitializer }), softmax], {
      inputSize: 2,
    });
    const { path, problem } = find(
      await tanh.fit(data, { epochs: 1, statistics }),
      'saturatedUnits',
    );
    expect(path).toBe('layers[0]');
    expect(problem).toMatch(/flat at \d+ % of its outputs$/);
    const sure = sequential([dense(1, { activation: 'sigmoid', kernelInitializer })], {
      inputSize: 2,
    });
    const targets = Array.from({ length: 200 }, (_, row) => row % 2);
    const history = await sure.fit({ inputs: data.inputs, targets }, { epochs: 1, statistics });
    expect(codesOf(history)).not.toContain('saturatedUnits');
  });

  test('when signals die out between small random weights', async () => {
    const kernelInitializer = normal({ standardDeviation: 0.01 });
    const model = deep(6, () => dense(16, { activation: 'tanh', kernelInitializer }));
    const options = { epochs: 1, optimizer: 'sgd', statistics } as const;
    const history = await model.fit(data, options);
    expect(find(history, 'vanishingOutputs').problem).toMatch(/a standard deviation of [\d.e-]+/);
    const normalised = sequential(
      [
        ...Array.from({ length: 6 }, () => [
          dense(16, { kernelInitializer }),
          batchNorm(),
          activation('tanh'),
        ]).flat(),
        softmax,
      ],
      { inputSize: 2 },
    );
    const other = await normalised.fit(data, options);
    expect(codesOf(other)).not.toContain('vanishingOutputs');
  });

  test('when all targets are the same', async () => {
    const classes = { inputs: data.inputs, targets: new Int32Array(200).fill(2) };
    const warned = await deep(1, () => dense(4)).fit(classes, { epochs: 1 });
    expect(find(warned, 'constantTargets')).toMatchObject({ epoch: 0, path: 'targets' });
    const model = sequential([dense(2)], { inputSize: 2 });
    const rows = Array.from({ length: 200 }, () => [1, 7]);
    const numbers = await model.fit({ inputs: data.inputs, targets: rows }, { epochs: 1 });
    expect(codesOf(numbers)).toEqual(['constantTargets']);
    const coder = autoencoder({ inputSize: 2, code: 1 });
    expect(codesOf(await coder.fit(new Float32Array(20).fill(3), { epochs: 1 }))).toEqual([
      'constantTargets',
    ]);
    // One row that differs is enough, and a single row is nothing to compare.
    rows[199] = [1, 8];
    const other = await model.fit({ inputs: data.inputs, targets: rows }, { epochs: 1 });
    expect(codesOf(other)).toEqual([]);
    expect(codesOf(await coder.fit([[1, 2]], { epochs: 1 }))).toEqual([]);
  });

  test('when the loss does not fall', async () => {
    const model = deep(1, () => dense(8, { activation: 'tanh' }));
    const idle = await model.fit(data, { epochs: 8, optimizer: sgd({ learningRate: 1e-9 }) });
    const { epoch, problem, remedy } = find(idle, 'lossNotFalling');
    expect(epoch).toBe(5);
    expect(problem).toMatch(
      /^it has not fallen in 5 epochs: [\d.]+ in the first one, [\d.]+ at best/,
    );
    expect(remedy).toContain('findLearningRate');
  });
});

describe('warnings', () => {
  test('come as events behind what they are about, once, and with the history', async () => {
    const heard: string[] = [];
    const targets = new Int32Array(200);
    const run = deep(10, () => dense(16, { activation: 'sigmoid' })).fit(
      { inputs: data.inputs, targets },
      {
        epochs: 3,
        statistics: { everyEpochs: 2 } satisfies StatisticsOptions,
        onEvent: (event) =>
          event.type !== 'progress' &&
          heard.push(event.type === 'warning' ? event.code : event.type),
      },
    );
    const history = await run;
    expect(heard).toEqual([
      ...['constantTargets', 'epoch', 'statistics', 'vanishingGradients', 'epoch', 'epoch'],
    ]);
    const seen: TrainingWarning[] = [];
    for await (const event of run) {
      if (event.type !== 'warning') continue;
      const { type: _, ...warning } = event;
      seen.push(warning);
    }
    expect(seen).toEqual(history.warnings);
  });

  test('do not come from a training that goes well', async () => {
    for (const name of ['relu', 'tanh', 'gelu'] as const) {
      const model = deep(3, () => dense(16, { activation: name }));
      const history = await model.fit(data, { epochs: 20, statistics, validation: 0.2 });
      expect(codesOf(history)).toEqual([]);
      expect(history.epochs.at(-1)?.loss).toBeLessThan(0.5);
    }
  });
});
