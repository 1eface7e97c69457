// A process of the tests that counts its own threads, and prints what it has seen. Linux only.

import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import {
  classificationData,
  classifierSpec,
  columns,
  fitOptions,
  loadAddon,
  predictRows,
} from './samples.mjs';

const countThreads = () => readdirSync('/proc/self/task').length;

/** Threads beyond which the process has too many, whatever it does at once. */
const bound = 4 * availableParallelism() + 30;

const row = Float32Array.from({ length: columns }, (_, i) => i / columns);
const manyRows = new Float32Array(2000 * columns).fill(0.25);

function newNetwork(seed = 1) {
  const addon = loadAddon();
  return new addon.Network(classifierSpec(24, seed));
}

/** Waits until there are no more threads than before: they end by themselves. */
async function untilThreadsEnd(before) {
  while (countThreads() > before) await wait(20);
}

const tasks = {
  /** Very many predictions at once, of several networks. */
  async flood() {
    const networks = Array.from({ length: 5 }, (_, seed) => newNetwork(seed));
    const expected = networks.map((network) => predictRows(network, row).join());
    let most = 0;
    const jobs = [];
    for (let i = 0; i < 20_000; i++) {
      jobs.push(networks[i % 5].predict(row, 1, {}));
      if (i % 200 === 0) most = Math.max(most, countThreads());
    }
    for (let i = 0; i < 20_000; i++) {
      if ((await jobs[i]).join() !== expected[i % 5]) return `prediction ${i} differs`;
      if (i % 200 === 0) most = Math.max(most, countThreads());
    }
    return most <= bound || `${most} threads`;
  },

  /** Jobs of every kind at once, all of them wanting many threads. */
  async everything() {
    const addon = loadAddon();
    const network = newNetwork();
    const data = classificationData(addon, 2000);
    const options = { loss: { type: 'crossEntropy' } };
    let most = 0;
    const jobs = Array.from({ length: 60 }, () => [
      network.predict(manyRows, 2000, { threads: 16 }),
      network.evaluate(data, { ...options, metrics: ['accuracy'], threads: 16 }),
      network.checkGradients(data, { ...options, entries: 1, threads: 16 }),
    ]).flat();
    const timer = setInterval(() => {
      most = Math.max(most, countThreads());
    });
    await Promise.all(jobs);
    clearInterval(timer);
    return most <= bound + 15 || `${most} threads`;
  },

  async idleThreadsEnd() {
    const before = countThreads();
    const models = Array.from({ length: 50 }, (_, seed) => newNetwork(seed));
    await Promise.all(models.map((network) => network.predict(manyRows, 2000, { threads: 8 })));
    await untilThreadsEnd(before);
    await models[0].predict(row, 1, {});
    return true;
  },

  /** Somebody who always asks for more predictions does not keep a run from its end. */
  async fitAmongPredictions() {
    const network = newNetwork(1);
    const other = newNetwork(2);
    let isTrained = false;
    let predictions = 0;
    const predictOnAndOn = async () => {
      while (!isTrained) {
        await other.predict(manyRows, 2000, {});
        predictions++;
      }
    };
    const all = Array.from({ length: 50 }, predictOnAndOn);
    const data = classificationData(loadAddon(), 2000);
    await network.fit(data, fitOptions({ threads: 2 }), null).promise;
    isTrained = true;
    await Promise.all(all);
    return predictions >= 50;
  },

  /** The code of the addon goes when the last thread that has loaded it does. */
  async onlyWorkers() {
    const program = fileURLToPath(new URL('worker.mjs', import.meta.url));
    for (let round = 0; round < 4; round++) {
      const worker = new Worker(program, { workerData: { task: 'queueAndReport' } });
      const ended = once(worker, 'exit');
      const [count] = await once(worker, 'message');
      if (count !== 100) return count;
      if (round % 2 === 0) await worker.terminate();
      await ended;
    }
    return true;
  },

  /** How jobs end when the system gives no more than so many threads. */
  async limited(moreThreads) {
    const network = newNetwork();
    const data = classificationData(loadAddon());
    const limit = countThreads() + Number(moreThreads);
    execFileSync('prlimit', ['--pid', String(process.pid), `--nproc=${limit}:${limit}`]);
    const describe = (jobs) => jobs.map(({ status, reason }) => reason?.kind ?? status).join(' ');
    const settled = async (...jobs) => describe(await Promise.allSettled(jobs));
    const predict = () => network.predict(manyRows, 2000, { threads: 4 });
    const before = countThreads();
    const predictions = await settled(predict(), predict(), predict());
    await untilThreadsEnd(before);
    const fit = await settled(network.fit(data, fitOptions({ threads: 4 }), null).promise);
    return [predictions, fit];
  },
};

console.log(JSON.stringify(await tasks[process.argv[2]](process.argv[3])));
