import { adam, dense, sequential } from 'layerwise';
import { lineChart, random, save } from 'layerwise/course';
import { float, gridSampler, randomSampler, search } from 'layerwise/search';

const numbers = random(1);
const inputs = Array.from({ length: 200 }, () => [numbers.uniform(), numbers.uniform()]);
const targets = inputs.map(([x, y]) => Math.sin(5 * x) * Math.cos(3 * y));

// Weights are parameters, which training finds. The learning rate is a hyper-parameter.
async function objective({ values: { learningRate, beta1 } }) {
  const layers = [dense(16, { activation: 'tanh' }), dense(1)];
  const model = sequential(layers, { inputSize: 2, seed: 1 });
  const options = { epochs: 20, validation: 0.3, optimizer: adam({ learningRate, beta1 }) };
  return (await model.fit({ inputs, targets }, options)).epochs.at(-1).validation.loss;
}

const rate = (low, high) => float(low, high, { log: true });
const anywhere = { learningRate: rate(1e-4, 1), beta1: float(0.5, 0.95) };
const run = (space, trials, sampler) => search({ objective, space, trials, sampler, seed: 1 });
const grid = await run(anywhere, 16, gridSampler({ points: 4 }));
const chance = await run(anywhere, 16, randomSampler());
// Half of the trials anywhere, and the other half around the best of them.
const coarse = await run(anywhere, 8, randomSampler());
const { learningRate: best } = coarse.best.parameters;
const around = { ...anywhere, learningRate: rate(best / 3, Math.min(1, best * 3)) };
const fine = await run(around, 8, randomSampler());

const series = {};
const studies = { grid: [grid], random: [chance], 'coarse to fine': [coarse, fine] };
for (const [name, parts] of Object.entries(studies)) {
  const trials = parts.flatMap((study) => study.trials);
  series[name] = trials.map(({ parameters, value }) => [parameters.learningRate, value]);
  const rates = new Set(series[name].map(([one]) => one)).size;
  const lowest = Math.min(...series[name].map(([, loss]) => loss));
  console.log(`${name.padEnd(14)} ${rates} learning rates tried, lowest loss ${lowest.toFixed(3)}`);
}
const [title, x, y] = ['Sixteen trials each', 'learning rate', 'validation loss'];
const style = { logarithmic: 'both', scattered: true };
await save(lineChart({ title, x, y, series, ...style }), 'course-6-search.svg');
