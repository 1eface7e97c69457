/**
 * Fits a hundred times, then a hundred times more, and prints as JSON what the latter did to the memory
 * of the process.
 *
 *   node --expose-gc repeatedFits.mjs 'one model' | 'new models'
 */

import { autoencoder, matrix } from '../../dist/index.js';

const rows = 1000;
const columns = 16;
const inputs = matrix(
  Float32Array.from({ length: rows * columns }, (_, i) => (i % 17) / 17),
  rows,
  columns,
);

// Wide layers of few weights: much memory, little to compute.
const build = () => autoencoder({ inputSize: columns, hidden: [512], code: 4, seed: 1 });
const shared = process.argv[2] === 'one model' ? build() : undefined;

async function fitOften(times) {
  let arenaBytes = 0;
  for (let i = 0; i < times; i++) {
    const model = shared ?? build();
    const history = await model.fit(inputs, { epochs: 1, batchSize: rows, threads: 2 });
    arenaBytes = history.arenaBytes;
  }
  return arenaBytes;
}

/** Once nothing is left to be freed. */
async function residentBytes() {
  for (let i = 0; i < 3; i++) {
    globalThis.gc?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  return process.memoryUsage.rss();
}

// The first ones grow the heaps of the threads to the size that they keep.
await fitOften(100);
const before = await residentBytes();
const arenaBytes = await fitOften(100);
const after = await residentBytes();
console.log(JSON.stringify({ before, after, oneFit: arenaBytes + inputs.values.byteLength }));
