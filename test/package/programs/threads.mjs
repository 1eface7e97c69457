/** Trains in worker threads; two of four are terminated in the middle. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { train } from './training.mjs';

if (isMainThread) {
  const workers = [2, 2, 1e6, 1e6].map(
    (epochs) => new Worker(new URL(import.meta.url), { workerData: epochs }),
  );
  const [short, long] = [workers.slice(0, 2), workers.slice(2)];
  const ends = short.map((worker) => once(worker, 'exit'));
  await Promise.all(long.map((worker) => once(worker, 'message')));
  assert.deepEqual(await Promise.all(long.map((worker) => worker.terminate())), [1, 1]);
  assert.deepEqual(await Promise.all(ends), [[0], [0]]);
  await train(1);
  console.log('done');
} else {
  for await (const event of train(workerData)) {
    if (event.type === 'epoch') parentPort.postMessage(event.epoch);
  }
}
