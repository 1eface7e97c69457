/** Trains in two processes of a cluster. */

import assert from 'node:assert/strict';
import cluster from 'node:cluster';
import { once } from 'node:events';
import { train } from './training.mjs';

if (cluster.isPrimary) {
  const workers = [cluster.fork(), cluster.fork()];
  const ends = await Promise.all(workers.map((worker) => once(worker, 'exit')));
  assert.deepEqual(ends, [
    [0, null],
    [0, null],
  ]);
  console.log('done');
} else {
  const { epochs } = await train(2);
  assert.equal(epochs.length, 2);
  cluster.worker.disconnect();
}
