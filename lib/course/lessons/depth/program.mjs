import { activation, dense, residual, sequential } from 'layerwise';
import { lineChart, random, save } from 'layerwise/course';

// Two spirals, one inside the other: on which of them is a point?
const numbers = random(1);
const targets = Array.from({ length: 600 }, (_, row) => row % 2);
const inputs = targets.map((arm) => {
  const turn = 0.3 + 1.2 * numbers.uniform();
  const angle = 2 * Math.PI * turn + Math.PI * arm;
  return [turn * Math.cos(angle), turn * Math.sin(angle)];
});

const units = 12;
const kinds = {
  sigmoid: dense(units, { activation: 'sigmoid' }),
  relu: dense(units, { activation: 'relu' }),
  residual: residual([activation('relu'), dense(units)]),
};
const depths = [1, 2, 4, 8, 16, 32];
console.log('accuracy in %, by the number of hidden layers');
console.log(`layers   ${depths.map((depth) => String(depth).padStart(5)).join('')}`);
const series = {};
for (const [name, layer] of Object.entries(kinds)) {
  series[name] = [];
  for (const depth of depths) {
    const hidden = Array.from({ length: depth }, () => layer);
    const layers = [dense(units), ...hidden, dense(1, { activation: 'sigmoid' })];
    const model = sequential(layers, { inputSize: 2, seed: 1 });
    await model.fit({ inputs, targets }, { epochs: 50 });
    const { metrics } = await model.evaluate({ inputs, targets }, { metrics: ['accuracy'] });
    series[name].push([depth, 100 * metrics.accuracy]);
  }
  const line = series[name].map(([, percent]) => percent.toFixed(0).padStart(5)).join('');
  console.log(name.padEnd(9) + line);
}
const [title, x, y] = ['Two spirals', 'hidden layers', 'accuracy in %'];
await save(lineChart({ title, x, y, series, logarithmic: 'x' }), 'course-5-depth.svg');
