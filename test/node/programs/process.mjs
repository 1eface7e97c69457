// A process of the tests that ends in a particular way while native work is under way.

import {
  classificationData,
  classifierSpec,
  columns,
  endless,
  epochsOf,
  fitOptions,
  loadAddon,
} from './samples.mjs';

const addon = loadAddon();
const network = new addon.Network(classifierSpec());
const data = classificationData(addon);

const tasks = {
  exitAtOnce() {
    network.fit(data, endless, () => {});
    process.exit(7);
  },

  exitFromListener() {
    network.fit(data, endless, () => process.exit(7));
  },

  exitWithEverythingUnderWay() {
    const rows = 20000;
    const large = classificationData(addon, rows);
    for (let i = 0; i < 3; i++) {
      new addon.Network(classifierSpec(16, i)).fit(data, endless, () => {});
    }
    network.evaluate(large, { loss: { type: 'crossEntropy' }, metrics: [] });
    network.predict(new Float32Array(rows * columns), rows, {});
    network.fit(data, endless, () => process.exit(7));
  },

  exitWithThousandsQueued() {
    for (let i = 0; i < 3000; i++) network.predict(new Float32Array(50 * columns), 50, {});
    network.fit(data, endless, () => process.exit(7));
  },

  // The process must stay until the last one is over, though nobody waits for the promises.
  endAfterThousands() {
    let done = 0;
    process.on('exit', () => console.log(done));
    for (let i = 0; i < 3000; i++) {
      network.predict(new Float32Array(50 * columns), 50, {}).then(() => done++);
    }
  },

  exitBySignal() {
    network.fit(data, endless, () => process.kill(process.pid, 'SIGTERM'));
  },

  // The process must stay until the run is over, though nobody waits for its promise.
  endByItself() {
    const run = network.fit(data, fitOptions(), (report) => {
      for (const epoch of epochsOf(report, run.shape)) console.log(epoch);
    });
  },

  throwFromListener() {
    network.fit(data, endless, () => {
      throw new Error('from the listener');
    });
  },

  async throwFromListenerCaught() {
    let caught = 0;
    process.on('uncaughtException', ({ message }) => {
      if (message === 'from the listener') caught++;
    });
    let calls = 0;
    let epochs = 0;
    const run = network.fit(data, fitOptions(), (report) => {
      calls++;
      epochs += epochsOf(report, run.shape).length;
      throw new Error('from the listener');
    });
    await run.promise;
    console.log(caught > 0 && caught === calls && epochs === 4);
  },

  async throwNullFromListener() {
    const caught = [];
    process.on('uncaughtException', (thrown) => caught.push(thrown));
    let epochs = 0;
    const run = network.fit(data, fitOptions(), (report) => {
      epochs += epochsOf(report, run.shape).length;
      throw null;
    });
    await run.promise;
    console.log(caught.length > 0 && caught.every((thrown) => thrown === null), epochs);
  },

  rejectUnhandled() {
    network.fit(data, fitOptions({ optimizer: { type: 'sgd', learningRate: 1e30 } }), () => {});
  },
};

await tasks[process.argv[2]]();
