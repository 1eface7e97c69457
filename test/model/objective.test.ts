import { describe, expect, test } from 'vitest';
import { ArgumentError } from '../../lib/errors.js';
import { customLoss } from '../../lib/index.js';
import {
  customLossOf,
  metricNamesOf,
  nativeObjective,
  objectiveKeys,
  resolveObjective,
  resolveTableObjective,
} from '../../lib/model/objective.js';

const classes = { name: '', columns: 3, start: 0, activation: 'softmax' };
const one = { outputs: [classes] };
const two = {
  outputs: [
    { ...classes, name: 'digit' },
    { name: 'size', columns: 1, start: 3, activation: 'linear' },
  ],
};
const keys = ['loss', 'weight', 'metrics', 'classWeights'] as const;
const own = customLoss(() => ({ loss: 0, gradient: [] }));

describe('the objective of one output', () => {
  test('follows its end where no loss is given', () => {
    expect(resolveObjective({}, one, keys)).toEqual([
      {
        ...classes,
        loss: { type: 'crossEntropy', labelSmoothing: 0 },
        weight: 1,
        metrics: [],
        classWeights: undefined,
      },
    ]);
    const [autoencoder] = resolveObjective({}, { ...one, defaultLoss: 'meanSquaredError' }, keys);
    expect(autoencoder?.loss).toEqual({ type: 'meanSquaredError' });
  });

  test('goes to the core without what it has not', () => {
    const plain = nativeObjective(resolveObjective({}, one, keys));
    expect(JSON.parse(JSON.stringify(plain))).toEqual({
      loss: { type: 'crossEntropy', labelSmoothing: 0 },
    });
    const options = { loss: own, metrics: ['f1'], classWeights: { b: 2 } };
    const objective = resolveObjective(options, one, keys);
    expect(customLossOf(objective)).toBe(own);
    expect(nativeObjective(objective, [['a', 'b', 'c']])).toMatchObject({
      loss: undefined,
      metrics: [{ type: 'f1' }],
      classWeights: [1, 2, 1],
    });
    expect(() => nativeObjective(objective)).toThrow(
      expect.objectContaining({ path: 'classWeights.b', received: 'an unknown class' }),
    );
  });
});

describe('the objectives of several outputs', () => {
  test('stand in the option outputs', () => {
    expect(objectiveKeys(one, keys)).toEqual(['loss', 'metrics', 'classWeights']);
    expect(objectiveKeys(two, keys)).toEqual(['outputs']);
  });

  test('have defaults of their own, and weights', () => {
    const outputs = { digit: { metrics: ['accuracy'], weight: 2 } };
    const objective = resolveObjective({ outputs }, { ...two, defaultWeights: [5, 3] }, keys);
    expect(objective).toMatchObject([
      { name: 'digit', loss: { type: 'crossEntropy' }, weight: 2 },
      { name: 'size', loss: { type: 'meanSquaredError' }, weight: 3 },
    ]);
    expect(metricNamesOf(objective)).toEqual(['digit.accuracy']);
    expect(nativeObjective(objective)).toMatchObject({
      outputs: { digit: { weight: 2, metrics: [{ type: 'accuracy' }] }, size: { weight: 3 } },
    });
  });

  test.each([
    [{ sise: {} }, 'outputs.sise', "Did you mean 'size'?"],
    [{ size: { los: 'huber' } }, 'outputs.size.los', "Did you mean 'loss'?"],
    [{ size: { weight: -1 } }, 'outputs.size.weight', ''],
    [{ size: { loss: own } }, 'outputs.size.loss', 'Train the outputs by hand with model.trainer.'],
  ])('%o are refused', (outputs, path, remedy) => {
    const resolve = () => resolveObjective({ outputs }, two, keys);
    expect(resolve).toThrow(ArgumentError);
    expect(resolve).toThrow(expect.objectContaining({ path, remedy }));
  });
});

test('what runs in the core alone takes no custom loss', () => {
  const resolve = () => resolveTableObjective({ loss: own }, one, ['loss'], 'Do without.');
  expect(resolve).toThrow(expect.objectContaining({ path: 'loss', remedy: 'Do without.' }));
});
