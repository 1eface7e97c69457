import { dense, normal, sequential } from 'layerwise';
import { histograms, random, save } from 'layerwise/course';

const [width, depth] = [100, 8];
const numbers = random(1);
const inputs = Float32Array.from({ length: 200 * width }, () => numbers.normal()); // 200 rows

const large = normal({ standardDeviation: 1 });
const cases = {
  'small, tanh': dense(width, { activation: 'tanh', kernelInitializer: 'smallRandom' }),
  'large, tanh': dense(width, { activation: 'tanh', kernelInitializer: large }),
  'Xavier, tanh': dense(width, { activation: 'tanh', kernelInitializer: 'xavierNormal' }),
  'Xavier, relu': dense(width, { activation: 'relu', kernelInitializer: 'xavierNormal' }),
  'He, relu': dense(width, { activation: 'relu', kernelInitializer: 'heNormal' }),
};
const sizeOf = (values) => Math.hypot(...values) / Math.sqrt(values.length);
console.log(`root mean square of the activations in layers 1 and ${depth}`);
const rows = {};
for (const [name, layer] of Object.entries(cases)) {
  const model = sequential(new Array(depth).fill(layer), { inputSize: width, seed: 1 });
  rows[name] = (await model.activations(inputs)).map(({ outputs }) => outputs.values);
  const ends = [rows[name][0], rows[name][depth - 1]].map(sizeOf);
  console.log(name.padEnd(13), ends.map((size) => size.toPrecision(1)).join('  '));
}

// Weights that start equal get equal updates: the units stay copies of each other.
const targets = Array.from({ length: 200 }, (_, row) => inputs[row * width]);
for (const kernelInitializer of ['zeros', 'xavierNormal']) {
  const layers = [10, 1].map((units) => dense(units, { activation: 'tanh', kernelInitializer }));
  const model = sequential(layers, { inputSize: width, seed: 1 });
  await model.fit({ inputs, targets }, { epochs: 5 });
  const [hidden] = await model.activations(inputs.subarray(0, width), { layers: [0] });
  const different = new Set(hidden.outputs.values).size;
  console.log(`started from ${kernelInitializer}, distinct units: ${different} of 10`);
}
const [title, columns, range] = ['Activations, layer by layer', 'layer', [-2, 2]];
await save(histograms({ title, columns, range, rows }), 'course-7-initialization.svg');
