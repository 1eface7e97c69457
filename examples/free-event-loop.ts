import { dense, matrix, sequential } from 'layerwise';

/** Trains beside a timer of 10 ms, and shows how late the timer was: a server goes on answering. */

const rows = 20_000;
const columns = 64;
const inputs = Float32Array.from({ length: rows * columns }, (_, i) => Math.sin(i * i));
const targets = Float32Array.from({ length: rows }, (_, row) => inputs[row * columns] ?? 0);

const model = sequential([dense(256, { activation: 'relu' }), dense(1)], { inputSize: columns });

const delays: number[] = [];
let expected = performance.now() + 10;
const timer = setInterval(() => {
  const now = performance.now();
  delays.push(Math.max(0, now - expected));
  expected = now + 10;
}, 10);

const history = await model.fit(
  { inputs: matrix(inputs, rows, columns), targets },
  { epochs: 10, batchSize: 64 },
);
clearInterval(timer);

delays.sort((left, right) => left - right);
const quantile = (share: number) => delays[Math.floor(share * (delays.length - 1))]?.toFixed(1);
console.log(
  `trained for ${history.seconds.toFixed(1)} s at ${Math.round(history.rowsPerSecond)} rows/s`,
);
console.log(`timer late by ${quantile(0.5)} ms (median), ${quantile(0.99)} ms (99 % of the time)`);
