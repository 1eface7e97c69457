import { describe, expect, test } from 'vitest';
import { ArgumentError } from '../../lib/errors.js';
import {
  resolveBatchSize,
  resolveEvaluation,
  resolveFit,
  resolvePrediction,
  syncOptions,
} from '../../lib/model/fitOptions.js';

const context = {
  outputs: [{ name: '', columns: 3, start: 0, activation: 'softmax' }],
  modelSeed: 7,
} as const;

const adam = { type: 'adam', learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

describe('the options of fit', () => {
  test('have the documented defaults', () => {
    const { objective, training, ...others } = resolveFit({}, context);
    expect(training).toMatchObject({
      epochs: 10,
      batchSize: undefined,
      optimizer: { type: 'adam' },
      schedule: { type: 'constant' },
      accumulateBatches: 1,
      gradientClipping: undefined,
      decayBiases: true,
      averaging: undefined,
      monitor: undefined,
      earlyStopping: undefined,
      statistics: undefined,
      warmStart: false,
      shuffle: true,
      seed: 7,
      threads: undefined,
      precision: undefined,
    });
    expect(others).toEqual({
      validation: undefined,
      handleSignals: false,
      signal: undefined,
      onEvent: undefined,
      checkpoint: undefined,
      resume: false,
    });
    expect(objective).toMatchObject([
      { loss: { type: 'crossEntropy' }, weight: 1, metrics: [], classWeights: undefined },
    ]);
  });

  test('have defaults of their own inside', () => {
    const { training } = resolveFit(
      { averaging: {}, earlyStopping: {}, statistics: true, gradientClipping: { norm: 1 } },
      context,
    );
    expect(training).toMatchObject({
      averaging: { decay: 0.999 },
      earlyStopping: { monitor: undefined, patience: 10, minDelta: 0, restoreBest: true },
      statistics: { everyEpochs: undefined, everyUpdates: undefined, rows: undefined },
      gradientClipping: { norm: 1, value: undefined },
    });
    expect(resolveFit({ statistics: false }, context).training.statistics).toBeUndefined();
  });

  test('take undefined for what is not given', () => {
    const names = Object.keys(resolveFit({}, context).training);
    const given = Object.fromEntries(names.map((name) => [name, undefined]));
    expect(resolveFit(given, context)).toEqual(resolveFit({}, context));
  });

  test('name all of them where one is not known', () => {
    expect(() => resolveFit({ epoch: 3 }, context)).toThrow(
      expect.objectContaining({
        path: 'epoch',
        expected: expect.stringMatching(
          /^one of the options epochs, batchSize, optimizer.* metrics and classWeights$/,
        ),
        remedy: "Did you mean 'epochs'?",
      }),
    );
  });

  test('monitor what is measured', () => {
    const { training } = resolveFit(
      { metrics: ['f1'], validation: 0.2, monitor: 'validation.f1' },
      context,
    );
    expect(training.monitor).toBe('validation.f1');
    expect(() => resolveFit({ metrics: ['f1'], monitor: 'validation.f1' }, context)).toThrow(
      'Give `validation: 0.1`, say',
    );
  });

  test('give an optimizer all of its parameters', () => {
    expect(resolveFit({ optimizer: 'adam' }, context).training.optimizer).toMatchObject(adam);
  });
});

describe('the rows of a batch', () => {
  const sizeOf = (options: object, rows: number) =>
    resolveBatchSize(resolveFit(options, context), rows);

  test('are 32, or those that train if there are fewer', () => {
    expect(sizeOf({}, 100)).toBe(32);
    expect(sizeOf({}, 20)).toBe(20);
    expect(sizeOf({ validation: 0.5 }, 20)).toBe(10);
    expect(sizeOf({ validation: { data: {} } }, 20)).toBe(20);
    expect(sizeOf({ batchSize: 10, validation: 0.5 }, 20)).toBe(10);
  });

  test('are not more than train', () => {
    expect(() => sizeOf({ batchSize: 11, validation: 0.5 }, 20)).toThrow(
      expect.objectContaining({ path: 'batchSize', expected: 'at most the 10 rows that train' }),
    );
    expect(() => sizeOf({ validation: 0.01 }, 20)).toThrow(
      expect.objectContaining({ path: 'validation.split', received: '0.01 of 20 rows' }),
    );
  });
});

test('evaluate takes no options of a training', () => {
  expect(resolveEvaluation({ batchSize: 5, threads: 2 }, context)).toMatchObject({
    batchSize: 5,
    threads: 2,
    precision: undefined,
  });
  expect(() => resolveEvaluation({ classWeights: 'balanced' }, context)).toThrow(ArgumentError);
  expect(() => resolveEvaluation({ epochs: 1 }, context)).toThrow(ArgumentError);
});

test('a prediction takes threads and a precision', () => {
  expect(resolvePrediction({ precision: 'bf16' })).toEqual({
    threads: undefined,
    precision: 'bf16',
  });
  expect(() => resolvePrediction({ precision: 'half' })).toThrow('float32 and bf16');
  expect(() => resolvePrediction({ batchSize: 1 })).toThrow(ArgumentError);
});

test('a synchronous prediction has the options that its caller names', () => {
  const output = new Float32Array(1);
  const known = ['output', 'precision'];
  expect(syncOptions({ output }, known)).toEqual({ output, precision: undefined });
  expect(syncOptions({ precision: 'bf16' }, known).precision).toBe('bf16');
  expect(syncOptions(undefined, known)).toEqual({});
  expect(() => syncOptions({ outputs: output }, known)).toThrow("Did you mean 'output'?");
  expect(() => syncOptions({ output }, ['precision'])).toThrow(ArgumentError);
  expect(() => syncOptions({ precision: 'bf8' }, known)).toThrow(
    expect.objectContaining({ path: 'precision' }),
  );
});
