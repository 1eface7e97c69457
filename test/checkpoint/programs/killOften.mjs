// Proves that a training that is killed ends as one that never was: node killOften.mjs [--kills 200] [--epochs 3000].
// Each process is killed after a random time, also while it writes; the last one runs to its end. Needs a built dist/.

import { spawn } from 'node:child_process';
import { createHash, randomInt } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '200' },
    epochs: { type: 'string', default: '3000' },
    milliseconds: { type: 'string', default: '700' },
  },
});
const program = fileURLToPath(new URL('train.mjs', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'layerwise-'));

/** True when it has come to its end. */
async function run(folder, threads, time) {
  const child = spawn(process.execPath, [program, folder, String(threads), values.epochs], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = new Promise((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal }));
  });
  if (time !== undefined)
    void wait(time, undefined, { ref: false }).then(() => child.kill('SIGKILL'));
  const { code, signal } = await ended;
  if (code !== 0 && signal !== 'SIGKILL') throw new Error(`ended with ${code ?? signal}`);
  return code === 0;
}

const digest = (path) => createHash('sha256').update(readFileSync(path)).digest('hex');

try {
  const results = [];
  for (const name of ['whole', 'killed']) {
    const folder = join(root, name);
    mkdirSync(folder);
    let kills = 0;
    let whileWriting = 0;
    const begun = performance.now();
    for (;;) {
      const most = name === 'whole' ? 0 : Number(values.kills);
      const time = kills < most ? randomInt(1, Number(values.milliseconds)) : undefined;
      if (await run(folder, kills % 2 === 0 ? 1 : 3, time)) break;
      kills++;
      const checkpoints = join(folder, 'checkpoints');
      const files = existsSync(checkpoints) ? readdirSync(checkpoints) : [];
      if (files.some((file) => file.endsWith('.tmp'))) whileWriting++;
    }
    const seconds = (performance.now() - begun) / 1000;
    console.log(`${name}: ${kills} kills, ${whileWriting} while writing, ${seconds.toFixed(1)} s`);
    results.push(
      ['model.safetensors', 'history.json'].map((file) => digest(join(folder, file))).join(' '),
    );
    console.log(results.at(-1));
  }
  const isSame = results[0] === results[1];
  console.log(isSame ? 'the same bits' : 'OTHER BITS');
  process.exitCode = isSame ? 0 : 1;
} finally {
  rmSync(root, { recursive: true, force: true });
}
