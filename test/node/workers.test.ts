/** The addon in worker threads: several at once, and ended at any moment. */

import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { native } from '../../lib/native.js';
import { makeFifo } from '../io/surroundings.js';
import {
  classificationData,
  classifierSpec,
  fingerprint,
  fitOptions,
  predictRows,
} from './programs/samples.mjs';

const program = fileURLToPath(new URL('./programs/worker.mjs', import.meta.url));

function startWorker(task: string, path?: string): Worker {
  return new Worker(program, { workerData: { task, path } });
}

async function firstMessage(worker: Worker): Promise<unknown> {
  const [message] = (await once(worker, 'message')) as [unknown];
  return message;
}

test('several workers and the main thread train at once, with equal results', async () => {
  const workers = Array.from({ length: 4 }, () => startWorker('train'));
  const network = new (native().Network)(classifierSpec());
  const run = network.fit(classificationData(native()), fitOptions(), () => {});
  const results = await Promise.all(workers.map(firstMessage));
  await run.promise;
  for (const result of results) {
    expect(result).toEqual({ fingerprint: fingerprint(network), epochs: [1, 2, 3, 4] });
  }
  for (const worker of workers) await worker.terminate();
});

test('a worker that has read a pipe closes no file of another thread when it ends', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'layerwise-'));
  const [pipe, file] = [join(folder, 'pipe'), join(folder, 'file')];
  makeFifo(pipe);
  const worker = startWorker('readPipe', pipe);
  const answer = firstMessage(worker);
  await writeFile(pipe, 'rows');
  const { fd, text } = (await answer) as { fd: number; text: string };
  expect(text).toBe('rows');
  // The number is free now: sooner or later a file of this thread has it.
  writeFileSync(file, 'mine');
  const files: number[] = [];
  while (!files.includes(fd) && files.length < 200) files.push(openSync(file, 'r'));
  expect(files).toContain(fd);
  await worker.terminate();
  for (const own of files) expect(readFileSync(own, 'utf8')).toBe('mine');
  for (const own of files) closeSync(own);
  rmSync(folder, { recursive: true });
});

describe('worker.terminate()', () => {
  const tasks = [
    'fit',
    'fitWithBusyListener',
    'fitVeryFast',
    'fitWithThrowingListener',
    'fitWithLossFunction',
    'fitOnStalledStream',
    'fitManyAtOnce',
    'evaluate',
    'predict',
    'queueThousands',
    'throwForever',
    'callForever',
    'constructForever',
    'readGettersForever',
  ];

  test.each(tasks)('during %s', async (task) => {
    for (let round = 0; round < 8; round++) {
      const worker = startWorker(task);
      expect(await firstMessage(worker)).toBe('running');
      // A different number of turns each time, so that the end comes at different moments.
      for (let turn = 0; turn < round * 3; turn++) await new Promise(setImmediate);
      expect(await worker.terminate()).toBe(1);
    }
  });

  test('of many workers at once', async () => {
    const workers = ['fit', 'fit', 'evaluate', 'predict', 'throwForever'].map((task) =>
      startWorker(task),
    );
    await Promise.all(workers.map(firstMessage));
    const codes = await Promise.all(workers.map((worker) => worker.terminate()));
    expect(codes).toEqual([1, 1, 1, 1, 1]);
  });

  test('takes no jobs of others along', async () => {
    const network = new (native().Network)(classifierSpec());
    const inputs = Float32Array.from({ length: 12 }, (_, i) => i);
    const expected = predictRows(network, inputs);
    for (let round = 0; round < 3; round++) {
      const worker = startWorker('queueThousands');
      expect(await firstMessage(worker)).toBe('running');
      const jobs = Array.from({ length: 500 }, () => network.predict(inputs, 1, {}));
      await worker.terminate();
      for (const outputs of await Promise.all(jobs)) expect(outputs).toEqual(expected);
    }
  });

  test('before the worker has come to anything', async () => {
    for (let round = 0; round < 8; round++) {
      const worker = startWorker('fit');
      if (round % 2 === 0) await once(worker, 'online');
      await worker.terminate();
    }
  });
});

test('a worker that exits in its listener keeps its exit code', async () => {
  const worker = startWorker('exitFromListener');
  expect(await once(worker, 'exit')).toEqual([3]);
});

test('a worker that exits during a run keeps its exit code', async () => {
  const worker = startWorker('exitWhileRunning');
  expect(await once(worker, 'exit')).toEqual([4]);
});

test('a worker that fails during a run reports its own error', async () => {
  const worker = startWorker('failWhileRunning');
  const ended = once(worker, 'exit').catch(() => {});
  const [error] = (await once(worker, 'error')) as [Error];
  expect(error.message).toBe('the worker fails');
  await ended;
});
