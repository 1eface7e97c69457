// Opens the journals whose paths it is told, a line each, and says whether it got them: 'won', or who
// has them. A blank line closes the last one. Plain JavaScript, because it runs as it is.

import { createInterface } from 'node:readline';
import { float, openStudy } from '../../../dist/search/index.js';

let study;
for await (const path of createInterface({ input: process.stdin })) {
  study?.close();
  study = undefined;
  if (path === '') continue;
  try {
    study = await openStudy(path, { space: { x: float(0, 1) } });
    study.ask().complete(1);
    console.log('won');
  } catch (error) {
    console.log(error.message);
  }
}
