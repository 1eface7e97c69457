// What checkpoints cost the threads that train: mlp-mnist (784-512-256-10, batches of 128, Adam) with one each second
// and without, in turns. Linux alone tells the CPU time of single threads.
//
//   npm run build:ts && node bench/checkpoint-cost.mjs [--seconds 1] [--epochs 10] [--rounds 5] [--threads 1]
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { dense, matrix, sequential } from '../dist/index.js';

const { values: given } = parseArgs({
  options: {
    seconds: { type: 'string', default: '1' },
    epochs: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '5' },
    threads: { type: 'string', default: '1' },
  },
});
const [seconds, epochs, rounds, threads] = ['seconds', 'epochs', 'rounds', 'threads'].map((name) =>
  Number(given[name]),
);
const [rows, columns, classes] = [12_800, 784, 10];
const values = Float32Array.from({ length: rows * columns }, (_, i) => Math.sin(i * i));
const data = {
  inputs: matrix(values, rows, columns),
  targets: Int32Array.from({ length: rows }, (_, row) => row % classes),
};

/** CPU time of each thread of the process, in seconds. */
function timesOfThreads() {
  const tasks = '/proc/self/task';
  return new Map(
    readdirSync(tasks).map((id) => {
      const [nanoseconds] = readFileSync(join(tasks, id, 'schedstat'), 'utf8').split(' ');
      return [id, Number(nanoseconds) / 1e9];
    }),
  );
}

/** Seconds of the threads that train, which have the most of them, and of all others. */
async function train(checkpoint) {
  const model = sequential(
    [
      dense(512, { activation: 'relu' }),
      dense(256, { activation: 'relu' }),
      dense(classes, { activation: 'softmax' }),
    ],
    { inputSize: columns, seed: 1 },
  );
  const before = timesOfThreads();
  await model.fit(data, { epochs, batchSize: 128, threads, ...(checkpoint && { checkpoint }) });
  const spent = [...timesOfThreads()].map(([id, time]) => time - (before.get(id) ?? 0));
  spent.sort((a, b) => b - a);
  const sum = (times) => times.reduce((total, time) => total + time, 0);
  return { training: sum(spent.slice(0, threads)), others: sum(spent.slice(threads)) };
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
const folder = mkdtempSync(join(tmpdir(), 'layerwise-checkpoints-'));
try {
  const ratios = [];
  for (let round = 0; round < rounds; round++) {
    const directory = join(folder, `${round}`);
    const kept = await train({ directory, everySeconds: seconds });
    const bare = await train(undefined);
    ratios.push(kept.training / bare.training);
    console.log(
      `with checkpoints ${kept.training.toFixed(3)} s of training threads, ${kept.others.toFixed(3)} s of others; ` +
        `without ${bare.training.toFixed(3)} and ${bare.others.toFixed(3)} s`,
    );
  }
  console.log(`with / without: ${median(ratios).toFixed(3)} (median of ${rounds})`);
} finally {
  rmSync(folder, { recursive: true });
}
