// A process of the tests whose calls of the addon ask getters, which end in a particular way. Prints how each call ended.

import { runInNewContext } from 'node:vm';
import {
  classificationData,
  classifierSpec,
  columns,
  fitOptions,
  loadAddon,
  predictRows,
} from './samples.mjs';

const addon = loadAddon();
const network = new addon.Network(classifierSpec());
const data = classificationData(addon);
const row = new Float32Array(columns);

/** Every way in which a call of the addon runs JavaScript of the caller. */
function callsThatAsk(answer) {
  const member = (name, others = {}) =>
    Object.defineProperty({ ...others }, name, { get: answer, enumerable: true });
  return [
    () => new addon.Network(member('inputSize', classifierSpec())),
    () =>
      new addon.Network({
        ...classifierSpec(),
        layers: Object.defineProperty([], 0, { get: answer }),
      }),
    () => new addon.Dataset(new Proxy({}, { ownKeys: answer })),
    () => new addon.Trainer(network, member('optimizer')),
    () => network.predict(row, 1, member('threads')),
    () => network.evaluate(data, member('loss')),
    () => network.fit(data, member('validation', fitOptions())),
    () => network.fit(data, fitOptions({ validation: member('dataset') })),
  ];
}

function endOf(call) {
  try {
    call();
    return 'none';
  } catch (thrown) {
    return thrown?.code ?? String(thrown);
  }
}

const tasks = {
  throwNull: () =>
    callsThatAsk(() => {
      throw null;
    }),

  /** JavaScript is terminated in the midst of the call, but its environment lives on. */
  timeOut: () =>
    callsThatAsk(() => {
      for (;;);
    }).map((call) => () => runInNewContext('call()', { call }, { timeout: 10 })),
};

for (const call of tasks[process.argv[2]]()) {
  console.log(endOf(call), predictRows(network, row).length);
}
