// A study that another process may kill at any moment: node study.mjs <journal> <trials>. Plain
// JavaScript, because it runs as it is. For each event it writes a line.

import { writeSync } from 'node:fs';
import { openStudy, TrialPruned } from '../../../dist/search/index.js';
import { objective, space } from './objective.mjs';

const [path = '', trials = ''] = process.argv.slice(2);
const onEvent = () => writeSync(1, '.\n');
const study = await openStudy(path, { space, seed: 5, onEvent });
await study.run(
  (trial) => {
    let result = Number.NaN;
    objective({
      values: trial.values,
      report: (step, value) => trial.report(step, value),
      complete: (value) => {
        result = value;
      },
      prune: () => {
        throw new TrialPruned();
      },
      fail: (error) => {
        throw error;
      },
    });
    return result;
  },
  { trials: Number(trials), parallel: 1, threads: 1, failureLimit: 1000 },
);
study.close();
