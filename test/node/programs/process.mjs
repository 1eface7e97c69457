// A process of the tests that ends in a particular way while native work is under way.

import {
  classificationData,
  classifierSpec,
  columns,
  endless,
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
    network.fit(data, fitOptions(), (events) => {
      for (const event of events) if (event.type === 'epoch') console.log(event.epoch);
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
    const history = await network.fit(data, fitOptions(), () => {
      calls++;
      throw new Error('from the listener');
    }).promise;
    console.log(caught > 0 && caught === calls && history.epochs.length === 4);
  },

  async throwNullFromListener() {
    const caught = [];
    process.on('uncaughtException', (thrown) => caught.push(thrown));
    const listener = () => {
      throw null;
    };
    const { epochs } = await network.fit(data, fitOptions(), listener).promise;
    console.log(caught.length > 0 && caught.every((thrown) => thrown === null), epochs.length);
  },

  rejectUnhandled() {
    network.fit(data, fitOptions({ optimizer: { type: 'sgd', learningRate: 1e30 } }), () => {});
  },
};

await tasks[process.argv[2]]();
