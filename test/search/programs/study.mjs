// A study that another process may kill at any moment: node study.mjs <journal> <trials>. Plain
// JavaScript, because it runs as it is. For each event it writes a line.

import { writeSync } from 'node:fs';
import { openStudy } from '../../../dist/search/index.js';
import { objective, space } from './objective.mjs';

const [path = '', trials = ''] = process.argv.slice(2);
const onEvent = () => writeSync(1, '.\n');
const study = await openStudy(path, { space, seed: 5, onEvent });
for (const number of study.interrupted) objective(study.restart(number));
while (study.trials.length < Number(trials)) {
  const trial = study.ask();
  if (trial) objective(trial);
}
study.close();
