// A worker thread of the tests: does what `workerData.task` names.

import { Socket } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import {
  classificationData,
  classifierSpec,
  columns,
  endless,
  epochsOf,
  fingerprint,
  fitOptions,
  loadAddon,
  predictRows,
} from './samples.mjs';

const addon = loadAddon();
const network = new addon.Network(classifierSpec());
const data = classificationData(addon);

/** Tells the parent that native work is under way, once. */
function announce() {
  if (!announced) parentPort.postMessage('running');
  announced = true;
}
let announced = false;

const tasks = {
  /** Reads a pipe to its end, tells the number that the file had, and stays. */
  readPipe() {
    const fd = addon.openPipe(workerData.path);
    const socket = new Socket({ fd, readable: true, writable: false });
    let text = '';
    socket.setEncoding('utf8').on('data', (part) => {
      text += part;
    });
    socket.on('close', () => parentPort.postMessage({ fd, text }));
    parentPort.on('message', () => {});
  },

  async train() {
    const epochs = [];
    const run = network.fit(data, fitOptions(), (report) => {
      epochs.push(...epochsOf(report, run.shape));
    });
    await run.promise;
    parentPort.postMessage({ fingerprint: fingerprint(network), epochs });
  },

  fit() {
    network.fit(data, endless, announce);
  },

  // The listener takes its time, so messages queue up behind it.
  fitWithBusyListener() {
    network.fit(data, endless, () => {
      announce();
      for (let i = 0; i < 1e5; i++) Math.sqrt(i);
    });
  },

  // Epochs of a few microseconds, of which many are told at a time and more wait already.
  fitVeryFast() {
    const rows = new addon.Dataset({ rows: 4, columns: 2, inputType: 'float32', target: 'input' });
    rows.writeInputs(0, new Float32Array(8));
    const small = { inputSize: 2, seed: 0, layers: [{ type: 'dense', units: 2 }] };
    const options = { ...endless, batchSize: 4, loss: { type: 'meanSquaredError' }, metrics: [] };
    let told = 0;
    const run = new addon.Network(small).fit(rows, { ...options, threads: 1 }, (report) => {
      told += epochsOf(report, run.shape).length;
      if (told > 1000) announce();
    });
  },

  fitWithThrowingListener() {
    process.on('uncaughtException', announce);
    network.fit(data, endless, () => {
      throw new Error('from the listener');
    });
  },

  /** The run waits for this thread's answers, of which the last one never comes. */
  fitWithLossFunction() {
    let calls = 0;
    network.fit(data, endless, null, () => {
      if (++calls < 20) return 1;
      announce();
      for (;;);
    });
  },

  // Rows that are wanted, and never come.
  fitOnStalledStream() {
    const stream = { block: classificationData(addon), rows: 200, blockRows: 64, batchRows: 16 };
    const told = ({ wanted }) => wanted && announce();
    network.fit(data, endless, told, undefined, undefined, stream);
  },

  fitManyAtOnce() {
    for (let i = 0; i < 4; i++) {
      new addon.Network(classifierSpec(8, i)).fit(data, { ...endless, threads: 2 }, announce);
    }
  },

  async evaluate() {
    const large = classificationData(addon, 20000);
    announce();
    for (;;) {
      await Promise.all([
        network.evaluate(large, { loss: { type: 'crossEntropy' }, metrics: ['accuracy'] }),
        network.evaluate(large, { loss: { type: 'crossEntropy' }, metrics: [], threads: 2 }),
      ]);
    }
  },

  async predict() {
    const rows = 20000;
    const inputs = new Float32Array(rows * columns);
    announce();
    for (;;) {
      await Promise.all([network.predict(inputs, rows, {}), network.predict(inputs, rows, {})]);
    }
  },

  /** Very many jobs, of which most have not begun. */
  async queueThousands() {
    const rows = 50;
    const inputs = new Float32Array(rows * columns);
    for (let count = 0; ; count++) {
      const jobs = [];
      for (let i = 0; i < 1000; i++) {
        jobs.push(network.predict(inputs, rows, { series: i % 7, threads: 2 }));
        if (i % 10 === 0) {
          jobs.push(network.evaluate(data, { loss: { type: 'crossEntropy' }, metrics: [] }));
        }
      }
      if (count === 0) announce();
      await Promise.all(jobs);
    }
  },

  async queueAndReport() {
    const inputs = Float32Array.from({ length: columns }, (_, i) => i);
    const jobs = Array.from({ length: 100 }, () => network.predict(inputs, 1, {}));
    parentPort.postMessage((await Promise.all(jobs)).length);
  },

  // Native code that throws all the time: the end of the worker comes at any moment of that.
  throwForever() {
    announce();
    for (;;) {
      for (const wrong of [
        () => new addon.Network({ inputSize: -1 }),
        () => new addon.Dataset({ rows: 'x' }),
        () => data.writeInputs(0, new Float32Array(1)),
        () => network.getParameter('none'),
        () => predictRows(network, new Float32Array(1)),
        () => network.fit({}, {}),
      ]) {
        try {
          wrong();
        } catch {
          // Expected.
        }
      }
    }
  },

  callForever() {
    announce();
    const inputs = new Float32Array(4 * columns);
    for (;;) {
      predictRows(network, inputs);
      network.layers();
      addon.describe();
      new addon.Network(classifierSpec(4)).getParameter('0.weight');
    }
  },

  // The wrapper makes and gives up references in each of these.
  constructForever() {
    announce();
    for (;;) {
      const made = new addon.Network(classifierSpec(4));
      new addon.Trainer(made, { optimizer: { type: 'sgd' }, batchSize: 4, seed: 1 });
      classificationData(addon, 8);
    }
  },

  readGettersForever() {
    announce();
    const trainer = new addon.Trainer(network, {
      optimizer: { type: 'sgd' },
      batchSize: 4,
      seed: 1,
    });
    const spec = {
      get inputSize() {
        return network.inputSize + network.outputSize + network.bytes;
      },
      get layers() {
        return [data.bytes, data.targetsAreConstant, trainer.bytes, trainer.updates];
      },
    };
    for (;;) {
      try {
        new addon.Network(spec);
      } catch {
        // The layers are none.
      }
    }
  },

  exitFromListener() {
    network.fit(data, endless, () => process.exit(3));
  },

  exitWhileRunning() {
    network.fit(data, endless, announce);
    process.exit(4);
  },

  failWhileRunning() {
    network.fit(data, endless, announce);
    throw new Error('the worker fails');
  },
};

await tasks[workerData.task]();
