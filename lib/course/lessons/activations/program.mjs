import { dense, maxout, sequential } from 'layerwise';
import { lineChart, random, save } from 'layerwise/course';

const units = 32;
const depth = 10;
const numbers = random(1);
const row = () => Array.from({ length: units }, () => numbers.normal());
const inputs = Array.from({ length: 64 }, row);
const targets = inputs.map(([x, y]) => Math.sin(x + y));

// Ten hidden layers of one kind: how large is the gradient that reaches each of them?
async function gradientsIn(layer) {
  const layers = [...Array.from({ length: depth }, () => layer), dense(1)];
  const model = sequential(layers, { inputSize: units, seed: 1 });
  const options = { epochs: 1, batchSize: 64, statistics: true };
  const { statistics } = await model.fit({ inputs, targets }, options);
  return statistics[0].layers.slice(0, depth).map((one) => one.outputGradients.norm);
}

const kinds = {
  sigmoid: dense(units, { activation: 'sigmoid' }),
  tanh: dense(units, { activation: 'tanh' }),
  relu: dense(units, { activation: 'relu' }),
  leakyRelu: dense(units, { activation: 'leakyRelu' }),
  maxout: maxout(units),
};
console.log(`gradient in layer 1, as a multiple of that in layer ${depth}`);
const series = {};
for (const [name, layer] of Object.entries(kinds)) {
  series[name] = await gradientsIn(layer);
  const ratio = series[name][0] / series[name][depth - 1];
  console.log(name.padEnd(9), ratio < 0.01 ? ratio.toExponential(0) : ratio.toFixed(1));
}
const title = 'Gradients on their way back';
const [x, y] = ['layer', 'size of the gradient'];
await save(lineChart({ title, x, y, series, logarithmic: 'y' }), 'course-2-activations.svg');
