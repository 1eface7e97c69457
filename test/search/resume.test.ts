/** A study whose process is killed again and again ends as one that never was. */

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { RandomStream } from '../../lib/random.js';
import { readStudy, Study } from '../../lib/search/index.js';
import { objective, space } from './programs/objective.mjs';

const program = fileURLToPath(new URL('programs/study.mjs', import.meta.url));

/** Ends with true, or is killed when it has told of so many events. */
function runUntil(path: string, trials: number, events: number): Promise<boolean> {
  const child = spawn(process.execPath, [program, path, String(trials)]);
  let told = 0;
  let errors = '';
  child.stderr.on('data', (text: Buffer) => {
    errors += text.toString();
  });
  child.stdout.on('data', (text: Buffer) => {
    told += text.length / '.\n'.length;
    if (told >= events) child.kill('SIGKILL');
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (signal === 'SIGKILL' || code === 0) resolve(code === 0);
      else reject(new Error(errors));
    });
  });
}

test('killed at random moments, a study ends as if it had not been', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'layerwise-'));
  const path = join(folder, 'study.jsonl');
  const trials = 250;
  try {
    const random = new RandomStream(1);
    let kills = 0;
    while (!(await runUntil(path, trials, 1 + random.below(500)))) kills++;
    expect(kills).toBeGreaterThan(1);
    const study = new Study({ space, seed: 5 });
    while (study.trials.length < trials) {
      const trial = study.ask();
      if (trial) objective(trial);
    }
    const known = (await readStudy(path)).trials;
    const timeless = known.map((trial) => ({ ...trial, startedAt: 0, finishedAt: 0 }));
    expect(timeless).toEqual(
      study.trials.map((trial) => ({ ...trial, startedAt: 0, finishedAt: 0 })),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
