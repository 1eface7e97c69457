// One of several workers on a study: node sharedStudy.mjs <address> <trials> [name]. Says so when a trial has begun.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { openStudy, tpeSampler } from '../../../dist/search/index.js';

const [address = '', trials = '', name] = process.argv.slice(2);
const space = {
  x: { type: 'float', low: -2, high: 2, log: false, step: null },
  y: { type: 'float', low: -2, high: 2, log: false, step: null },
};
const study = await openStudy(address, {
  space,
  sampler: tpeSampler({ startupTrials: 20 }),
  ...(name === undefined ? { shared: true } : { name }),
});
await study.run(
  async (trial) => {
    process.send?.(trial.number);
    for (let step = 0; step < 3; step++) {
      trial.report(step, trial.values.x);
      await nextTurn();
    }
    return trial.values.x ** 2 + trial.values.y ** 2;
  },
  { trials: Number(trials), parallel: 1, threads: 1 },
);
await study.close();
process.disconnect?.();
