// How late a 10 ms timer is while the same process trains: `node scripts/measure-lateness.mjs
// [seconds] [threads]`, after `npm run build:both`. Measures an idle process first, for comparison.
// Prints one line for each case; times are in milliseconds.

import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { dense, info, matrix, sequential } from 'layerwise';

const seconds = Number(process.argv[2] ?? 5);
const threads = Number(process.argv[3] ?? info().threads);
const period = 10;

/** Records by how much each turn of a timer comes after its time. */
function watchTimer() {
  const lateness = [];
  let due = performance.now() + period;
  const timer = setInterval(() => {
    const now = performance.now();
    lateness.push(Math.max(0, now - due));
    due = now + period;
  }, period);
  return () => {
    clearInterval(timer);
    return lateness.sort((a, b) => a - b);
  };
}

function report(name, lateness) {
  const at = (share) =>
    lateness[Math.min(lateness.length - 1, Math.floor(share * lateness.length))];
  const columns = [
    ['median', 0.5],
    ['95 %', 0.95],
    ['99 %', 0.99],
    ['worst', 1],
  ].map(([title, share]) => `${title} ${at(share).toFixed(2)}`);
  console.log(`${name.padEnd(34)} ${lateness.length} turns: ${columns.join(', ')}`);
}

/** Trains for some seconds; with the copying of the data, without the making of it. */
async function whileTraining(name, makeModel, data, options) {
  const model = makeModel();
  await sleep(50);
  const stopTimer = watchTimer();
  const run = model.fit(data, { epochs: 1e9, threads, ...options });
  await sleep(seconds * 1000);
  run.stop();
  await run;
  report(name, stopTimer());
}

const rows = 30_000;
const pixels = matrix(
  Float32Array.from({ length: rows * 784 }, (_, i) => (i % 251) / 251),
  rows,
  784,
);
const digits = Int32Array.from({ length: rows }, (_, row) => row % 10);
const classifier = () =>
  sequential(
    [
      dense(512, { activation: 'relu' }),
      dense(256, { activation: 'relu' }),
      dense(10, { activation: 'softmax' }),
    ],
    { inputSize: 784 },
  );
const xor = () =>
  sequential([dense(8, { activation: 'tanh' }), dense(1, { activation: 'sigmoid' })], {
    inputSize: 2,
  });
const xorData = {
  inputs: [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ],
  targets: [0, 1, 1, 0],
};

const stopIdle = watchTimer();
await sleep(1000);
report('idle', stopIdle());
const classifierData = { inputs: pixels, targets: digits };
await whileTraining(`784-512-256-10, ${threads} threads`, classifier, classifierData, {
  batchSize: 128,
  metrics: ['accuracy'],
});
await whileTraining('the same, 8192 rows a batch', classifier, classifierData, { batchSize: 8192 });
await whileTraining('XOR: thousands of epochs a second', xor, xorData, { batchSize: 4 });
