import { activation, batchNorm, dense, sequential, sgd } from 'layerwise';
import { digits, lineChart, save } from 'layerwise/course';

// Grey levels of mean 0 and variance 1, about: normalised inputs, as a network likes them.
const normalised = ({ values, ...size }) => ({
  ...size,
  values: values.map((ink) => (ink - 0.13) / 0.28),
});
const training = await digits(1500);
const test = await digits(500, { test: true });
console.log('digits:', training.source);
const data = { inputs: normalised(training.images), targets: training.labels };
const unseen = { inputs: normalised(test.images), targets: test.labels };

const deviation = ({ values }) => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
};
const kinds = {
  'inputs alone': [dense(48), activation('sigmoid')],
  'every layer': [dense(48), batchNorm(), activation('sigmoid')],
};
console.log('normalised     standard deviation in layers 1 and 5   accuracy');
const series = {};
for (const [name, layer] of Object.entries(kinds)) {
  const hidden = Array.from({ length: 5 }, () => layer).flat();
  const layers = [...hidden, dense(10, { activation: 'softmax' })];
  const model = sequential(layers, { inputSize: 196, seed: 1 });
  const { epochs } = await model.fit(data, { epochs: 12, optimizer: sgd({ learningRate: 0.5 }) });
  series[name] = epochs.map(({ loss }) => loss);
  const ends = [layer.length - 1, hidden.length - 1];
  const found = await model.activations(unseen.inputs, { layers: ends });
  const deviations = found.map(({ outputs }) => deviation(outputs).toFixed(2)).join('  ');
  const { metrics } = await model.evaluate(unseen, { metrics: ['accuracy'] });
  const percent = (100 * metrics.accuracy).toFixed(0);
  console.log(`${name.padEnd(14)} ${deviations.padStart(36)} ${percent.padStart(8)} %`);
}
const [title, x, y] = ['Five layers of sigmoid', 'epoch', 'loss'];
await save(lineChart({ title, x, y, series }), 'course-8-normalization.svg');
