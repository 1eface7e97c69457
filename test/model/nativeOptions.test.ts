import { expect, test } from 'vitest';
import { computingRows } from '../../lib/model/commonRows.js';
import { coreRows, evaluationRows } from '../../lib/model/fitOptions.js';
import { checkRows } from '../../lib/model/gradientCheck.js';
import { rangeRows } from '../../lib/model/learningRate.js';
import { objectiveRows } from '../../lib/model/objective.js';
import { stepRows, trainerRows } from '../../lib/model/trainerOptions.js';
import { native } from '../../lib/native.js';

/*
 * An option goes to the core by the name that it has in its table. One that the core does not know would end every
 * call, and one that only the core knows could never be given.
 */

const { options } = native().describe();
const { weight: _, ...ofOnlyOutput } = objectiveRows;
const objective = [...Object.keys(ofOnlyOutput), 'outputs'];
const without = (names: readonly string[], ...others: readonly string[]) =>
  names.filter((name) => !others.includes(name));

/** What the core knows, and what it is given. */
const calls: Readonly<Record<keyof typeof options, readonly string[]>> = {
  // How often a run tells how far it is, and what of its state: no options of the library.
  fit: [
    ...Object.keys(coreRows),
    ...objective,
    ...['validation', 'progressIntervalMs', 'snapshots'],
  ],
  trainer: Object.keys(trainerRows),
  evaluate: [
    ...Object.keys({ ...evaluationRows, ...computingRows }),
    ...without(objective, 'classWeights'),
  ],
  checkGradients: [
    ...without(Object.keys(checkRows), 'tolerance'),
    ...without(objective, 'metrics', 'classWeights'),
  ],
  testLearningRates: [...Object.keys(rangeRows), ...without(objective, 'metrics'), 'training'],
  output: Object.keys(objectiveRows),
};

test.each(Object.entries(options))('the core knows the options of %s', (call, known) => {
  expect(known.toSorted()).toEqual(calls[call as keyof typeof options].toSorted());
});

test('the steps of a trial of learning rates are those of a trainer', () => {
  const known = without(options.trainer, 'inputGradient');
  expect(Object.keys(stepRows).toSorted()).toEqual(known.toSorted());
});
