/** Weights of 0 for everything, of which nothing can be learnt. */

import { describe, expect, test } from 'vitest';
import { ArgumentError, DataError, dense, multiOutput, sequential } from '../../lib/index.js';

const classifier = () => sequential([dense(3, { activation: 'softmax' })], { inputSize: 2 });

describe('weights of 0 for everything are refused:', () => {
  const targets = Array.from({ length: 12 }, (_, i) => i % 2);
  const data = {
    inputs: Array.from({ length: 12 }, (_, i) => [Math.sin(i), Math.cos(i)]),
    targets,
  };
  const none = { ...data, weights: new Float32Array(12) };

  test('of the rows that train, validate and are evaluated', async () => {
    await expect(classifier().fit(none)).rejects.toMatchObject({ path: 'weights' });
    await expect(classifier().fit(none)).rejects.toThrow(DataError);
    const validated = classifier().fit(data, { validation: { data: none } });
    await expect(validated).rejects.toMatchObject({ path: 'validation.weights' });
    await expect(classifier().evaluate(none)).rejects.toMatchObject({ path: 'weights' });
  });

  test('of the classes that the rows have', async () => {
    const run = classifier().fit(data, { classWeights: [0, 0, 1] });
    await expect(run).rejects.toMatchObject({ path: 'classWeights' });
    await classifier().fit(data, { classWeights: [0, 1, 0], epochs: 1 });
  });

  test('of the outputs', async () => {
    const model = multiOutput([dense(3)], { a: [dense(1)], b: [dense(1)] }, { inputSize: 2 });
    const outputs = { a: { weight: 0 }, b: { weight: 0 } };
    const run = model.fit(
      { inputs: data.inputs, targets: { a: targets, b: targets } },
      { outputs },
    );
    await expect(run).rejects.toThrow(ArgumentError);
    await expect(run).rejects.toMatchObject({ path: 'outputs' });
  });
});
