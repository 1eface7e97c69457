import { execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { dense, sequential } from '../../lib/index.js';
import { root } from '../examples/compile.js';

const onWindows = process.platform === 'win32';
const library = JSON.stringify(join(root, 'dist/index.cjs'));

/** Trains for days, unless it is stopped. */
const training = `
  const { autoencoder, dense, sequential } = require(${library});
  const data = { inputs: [[0, 1], [1, 0], [1, 1]], targets: [[1], [1], [0]] };
  const options = { epochs: 1e9, handleSignals: true };
  const newModel = () => sequential([dense(8), dense(1)], { inputSize: 2 });
  const told = (run) => new Promise((resolve) => run[Symbol.asyncIterator]().next().then(resolve));
  const handlers = () => process.listenerCount('SIGTERM') + process.listenerCount('SIGUSR2');
`;

/** Runs a program, and sends it a signal when it has printed a line. */
function signalled(program: string, signal: NodeJS.Signals): Promise<[string, unknown]> {
  const child = spawn(process.execPath, ['-e', `${training}${program}`]);
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (printed === '') child.kill(signal);
    printed += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  return new Promise((resolve) => {
    child.on('close', (code, by) => resolve([printed, code ?? by]));
  });
}

describe.skipIf(onWindows)('handleSignals', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)(
    'has %s stop a run, and the program go on',
    async (signal) => {
      const program = `(async () => {
      const run = newModel().fit(data, options);
      await told(run);
      console.log('trains');
      const { stopReason } = await run;
      console.log(stopReason, handlers());
      process.exitCode = 143;
    })()`;
      expect(await signalled(program, signal)).toEqual(['trains\nstopped 0\n', 143]);
    },
  );

  test('is for several runs at once, a pre-training among them', async () => {
    const program = `(async () => {
      const deep = autoencoder({ inputSize: 2, hidden: [4, 3], code: 1 });
      const runs = [newModel().fit(data, options), deep.pretrain(data.inputs, options)];
      await Promise.all(runs.map(told));
      console.log('trains', handlers());
      const ends = await Promise.all(runs);
      console.log(ends.map(({ stopReason }) => stopReason).join(' '), handlers());
    })()`;
    expect(await signalled(program, 'SIGTERM')).toEqual(['trains 2\nstopped stopped 0\n', 0]);
  });

  test('is what a run does not do by itself', async () => {
    const program = `
      const run = newModel().fit(data, { ...options, handleSignals: false });
      told(run).then(() => console.log('trains', handlers()));
    `;
    expect(await signalled(program, 'SIGTERM')).toEqual(['trains 0\n', 'SIGTERM']);
  });

  test('leaves no handlers behind a run that ends or fails', () => {
    const program = `
      (async () => {
        await newModel().fit(data, { ...options, epochs: 1 });
        const onEvent = () => { throw new Error('of the listener'); };
        const failed = await newModel().fit(data, { ...options, epochs: 1, onEvent }).catch((error) => error);
        console.log(failed.message, handlers());
      })();`;
    const printed = execFileSync(process.execPath, ['-e', `${training}${program}`]);
    expect(String(printed)).toBe('of the listener 0\n');
  });
});

test('handleSignals is refused in a worker thread', async () => {
  const worker = new Worker(
    `${training}
    const { parentPort } = require('node:worker_threads');
    newModel().fit(data, options).catch((error) => parentPort.postMessage([error.name, error.message]));`,
    { eval: true },
  );
  const answer = await new Promise((resolve, reject) => {
    worker.on('message', resolve).on('error', reject);
  });
  expect(answer).toEqual([
    'ArgumentError',
    expect.stringMatching(/^handleSignals: expected false in a worker thread.* main thread/s),
  ]);
  await worker.terminate();
});

test('handleSignals is true or false', async () => {
  const model = sequential([dense(1)], { inputSize: 1 });
  const run = model.fit({ inputs: [[1]], targets: [[1]] }, { handleSignals: 1 as never });
  await expect(run).rejects.toThrow('handleSignals: expected true or false');
});
