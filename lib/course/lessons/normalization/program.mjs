import { activation, batchNorm, dense, sequential, sgd } from 'layerwise';
import { digits, lineChart, save } from 'layerwise/course';

// Grey levels with the mean taken away: normalised inputs, as a network likes them.
const normalised = ({ values, ...size }) => ({
  ...size,
  values: values.map((ink) => 3 * (ink - 0.2)),
});
const training = await digits(1500);
const test = await digits(500, { test: true });
console.log('digits:', training.source);
const data = { inputs: normalised(training.images), targets: training.labels };
const unseen = { inputs: normalised(test.images), targets: test.labels };

const spread = ({ values }) => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
};
const kinds = {
  'inputs alone': [dense(48), activation('sigmoid')],
  'every layer': [dense(48), batchNorm(), activation('sigmoid')],
};
console.log('normalised     spread in the first and fifth layer   right answers');
const series = {};
for (const [name, layer] of Object.entries(kinds)) {
  const hidden = Array.from({ length: 5 }, () => layer).flat();
  const layers = [...hidden, dense(10, { activation: 'softmax' })];
  const model = sequential(layers, { inputSize: 196, seed: 1 });
  const { epochs } = await model.fit(data, { epochs: 12, optimizer: sgd({ learningRate: 0.5 }) });
  series[name] = epochs.map(({ loss }) => loss);
  const ends = [layer.length - 1, hidden.length - 1];
  const found = await model.activations(unseen.inputs, { layers: ends });
  const spreads = found.map(({ outputs }) => spread(outputs).toFixed(2));
  const { metrics } = await model.evaluate(unseen, { metrics: ['accuracy'] });
  const right = (100 * metrics.accuracy).toFixed(0);
  console.log(`${name.padEnd(14)} ${spreads.join('  ').padStart(20)} ${right.padStart(25)} %`);
}
const [title, x, y] = ['Five layers of sigmoid', 'epoch', 'loss'];
await save(lineChart({ title, x, y, series }), 'course-8-normalization.svg');
