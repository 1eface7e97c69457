import { expect, test } from 'vitest';
import { isWorseThanOneAnswer, worseText } from '../../../lib/cli/train/judgementTexts.js';
import type { TrainingData } from '../../../lib/cli/training/trainingData.js';
import type { EpochResult } from '../../../lib/index.js';

/** Three rows of four are of the class `no`. */
const data = {
  task: 'classification',
  targets: Int32Array.of(0, 0, 0, 1),
  schema: { kind: 'table', target: { type: 'classes', name: 'y', classes: ['no', 'yes'] } },
} as unknown as TrainingData;

const judgement = {
  ...{ rows: 4, folds: 2, scoreSpread: 0, baselineLoss: 0.5623, baselineScore: 0.75 },
};

test('classes are worse than one answer where they are right no more often, and their probabilities are worse', () => {
  expect(worseText(data, { ...judgement, loss: 0.5, score: 0.7 })).toBe(null);
  expect(worseText(data, { ...judgement, loss: 0.7, score: 0.75 })).toContain(
    "The model is worse than always saying 'no'",
  );
  const probable = worseText(data, { ...judgement, loss: 0.7, score: 0.8 });
  expect(probable).toContain('The probabilities of the model are worse than the shares');
  expect(probable).toContain('(loss 0.7000 against 0.5623)');
});

test('one network is worse where both are', () => {
  const of = (loss: number, accuracy: number): EpochResult => ({
    ...{ epoch: 1, epochs: 1, loss: 1, metrics: {}, learningRate: 0.1, seconds: 1 },
    ...{ rowsPerSecond: 1, validation: { loss, metrics: { accuracy } } },
  });
  expect(isWorseThanOneAnswer(data, of(0.7, 0.7))).toBe(true);
  expect(isWorseThanOneAnswer(data, of(0.5, 0.7))).toBe(false);
  expect(isWorseThanOneAnswer(data, of(0.7, 0.8))).toBe(false);
});
