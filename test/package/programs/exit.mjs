/** Ends in the middle of a run, in a process of its own. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { train } from './training.mjs';

if (process.argv[2] === 'child') {
  for await (const event of train(1e6)) if (event.type === 'epoch') process.exit(7);
} else {
  const child = spawn(process.execPath, [process.argv[1], 'child'], { stdio: 'inherit' });
  assert.deepEqual(await once(child, 'exit'), [7, null]);
  console.log('done');
}
