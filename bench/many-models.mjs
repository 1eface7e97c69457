// What fitMany saves: CPU time of a loop of fit and of one call of fitMany over the same models and data, in turns, one
// thread. Batches of 32 of 256 rows, tanh, Adam, a data set for each model; the median of the rounds.
//
//   npm run build:ts && node bench/many-models.mjs [--models 1,16,100] [--epochs 200] [--rounds 5]
import { parseArgs } from 'node:util';
import { dense, fitMany, matrix, sequential } from '../dist/index.js';

const { values: given } = parseArgs({
  options: {
    models: { type: 'string', default: '1,16,100' },
    epochs: { type: 'string', default: '200' },
    rounds: { type: 'string', default: '5' },
  },
});
const [epochs, rounds] = [Number(given.epochs), Number(given.rounds)];
const rows = 256;
const shapes = [
  { title: '2-8-1', inputs: 2, hidden: 8, outputs: 1 },
  { title: '8-16-1', inputs: 8, hidden: 16, outputs: 1 },
  { title: '8-16-3 softmax', inputs: 8, hidden: 16, outputs: 3 },
  { title: '30-16-8 softmax', inputs: 30, hidden: 16, outputs: 8 },
];

function dataOf({ inputs, outputs }, model) {
  const values = Float32Array.from({ length: rows * inputs }, (_, i) => Math.sin(i * i + model));
  const targets =
    outputs > 1
      ? Int32Array.from({ length: rows }, (_, row) => (row + model) % outputs)
      : matrix(
          Float32Array.from({ length: rows }, (_, row) => row % 2),
          rows,
          1,
        );
  return { inputs: matrix(values, rows, inputs), targets };
}

function modelOf({ inputs, hidden, outputs }, seed) {
  const last = dense(outputs, { activation: outputs > 1 ? 'softmax' : 'sigmoid' });
  return sequential([dense(hidden, { activation: 'tanh' }), last], { inputSize: inputs, seed });
}

/** CPU seconds of the process while something runs. */
async function cpuSeconds(run) {
  const before = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
const options = { epochs, batchSize: 32, threads: 1 };

for (const count of given.models.split(',').map(Number)) {
  for (const shape of shapes) {
    const data = Array.from({ length: count }, (_, model) => dataOf(shape, model));
    const make = () => data.map((_, seed) => modelOf(shape, seed));
    const ratios = [];
    for (let round = 0; round <= rounds; round++) {
      const [together, alone] = [make(), make()];
      const many = await cpuSeconds(() => fitMany(together, data, options));
      const loop = await cpuSeconds(async () => {
        for (const [i, model] of alone.entries()) await model.fit(data[i], options);
      });
      // The first round only warms up.
      if (round > 0) ratios.push(loop / many);
    }
    console.log(
      `${count} models of ${shape.title}: fit takes ${median(ratios).toFixed(1)} times as long`,
    );
  }
}
