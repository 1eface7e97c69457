// Prints what stays in memory. Run with --expose-gc.

import { setImmediate } from 'node:timers/promises';
import {
  classificationData,
  classifierSpec,
  fitOptions,
  loadAddon,
  predictRows,
  rowsOf,
} from './samples.mjs';

const addon = loadAddon();
const megabyte = 2 ** 20;

/** Collects garbage; the finalizers of native objects run in the turns of the event loop after it. */
async function collect() {
  for (let i = 0; i < 3; i++) {
    globalThis.gc();
    await setImmediate();
  }
}

/** What node:process calls external holds array buffers only, so the whole process is measured. */
async function residentAfterCollecting() {
  await collect();
  return process.memoryUsage.rss() / megabyte;
}

const large = { rows: 5000, columns: 100, inputType: 'float32', target: 'input' };
const largeInputs = new Float32Array(large.rows * large.columns).fill(0.5);
const wideSpec = {
  inputSize: large.columns,
  seed: 1,
  layers: [
    { type: 'dense', units: 64, activation: 'relu' },
    { type: 'dense', units: large.columns },
  ],
};

function largeDataset() {
  const data = new addon.Dataset(large);
  data.writeInputs(0, largeInputs);
  return data;
}

const loss = { type: 'meanSquaredError' };
const oneEpoch = fitOptions({ epochs: 1, batchSize: 1000, loss, metrics: [] });

/** Everything that the addon can do, once, with about 5 MB of native memory. */
async function useEverything() {
  const data = largeDataset();
  const network = new addon.Network(wideSpec);
  await network.fit(data, oneEpoch, () => {}).promise;
  await network.evaluate(data, { loss, metrics: [] });
  await network.predict(largeInputs.subarray(0, 1000 * large.columns), 1000, {});
  predictRows(network, largeInputs.subarray(0, 10 * large.columns));
}

async function failInEveryWay() {
  const small = classificationData(addon);
  const network = new addon.Network(classifierSpec(256));
  for (const wrong of [
    () => new addon.Network({ ...classifierSpec(), inputSize: 0 }),
    () => new addon.Dataset({ ...large, rows: 2 ** 31 - 1, columns: 2 ** 24 }),
    () => network.rowPredictor()(largeInputs, new Float32Array(1)),
    () => network.fit(small, { epochs: 1 }),
    () => network.fit(small, fitOptions({ batchSize: 10_000 })),
  ]) {
    try {
      wrong();
    } catch {
      // Expected.
    }
  }
  const diverging = fitOptions({ optimizer: { type: 'sgd', learningRate: 1e30 } });
  await network.fit(small, diverging, () => {}).promise.catch(() => {});
}

/** How much memory a repeated action keeps, in megabytes. */
async function growthOver(times, action) {
  // By then the arenas of the allocator, one for each thread, have the size that they keep.
  for (let i = 0; i < 50; i++) await action();
  const before = await residentAfterCollecting();
  for (let i = 1; i <= times; i++) {
    await action();
    if (i % 10 === 0) await collect();
  }
  return (await residentAfterCollecting()) - before;
}

/**
 * By how much memory rises at most while garbage is made that nobody collects by hand: V8 must see
 * the native memory behind small objects.
 */
async function peakOver(times, makeGarbage) {
  const before = await residentAfterCollecting();
  let peak = 0;
  for (let i = 0; i < times; i++) {
    makeGarbage();
    await setImmediate();
    peak = Math.max(peak, process.memoryUsage.rss() / megabyte);
  }
  return peak - before;
}

const heavySpec = {
  inputSize: 1000,
  seed: 1,
  layers: [{ type: 'dense', units: 500, kernelInitializer: 'zeros' }],
};
const tenRows = new Float32Array(10_000);

const tasks = {
  fits: () => growthOver(100, useEverything),
  failures: () => growthOver(100, failInEveryWay),
  datasets: () => peakOver(600, largeDataset),
  networks: () => peakOver(400, () => predictRows(new addon.Network(heavySpec), tenRows)),

  // The function holds what it needs, though nothing else does.
  async rowPredictor() {
    const predict = new addon.Network(heavySpec).rowPredictor();
    await collect();
    return predict(tenRows, new Float32Array(5000));
  },

  // The run holds what it needs, though nothing else does.
  async dropped() {
    const losses = [];
    let ended;
    const begin = () => {
      const run = new addon.Network(wideSpec).fit(largeDataset(), oneEpoch, (report) => {
        for (const [, , , , loss] of rowsOf(report, run.shape)) losses.push(loss);
      });
      ended = run.promise;
    };
    begin();
    await collect();
    await ended;
    return losses.length === 1 && Number.isFinite(losses[0]);
  },
};

console.log(JSON.stringify(await tasks[process.argv[2]]()));
