/** A training whose process is killed again and again ends as one that never was. */

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RandomStream } from '../../lib/random.js';

const program = fileURLToPath(new URL('programs/train.mjs', import.meta.url));
const epochs = 300;

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'layerwise-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** Ends with true, or is killed when it has written so many checkpoints. */
function runUntil(folder: string, threads: number, checkpoints: number): Promise<boolean> {
  const child = spawn(process.execPath, [program, folder, String(threads), String(epochs)]);
  let written = 0;
  let errors = '';
  child.stderr.on('data', (text: Buffer) => {
    errors += text.toString();
  });
  child.stdout.on('data', (text: Buffer) => {
    written += text.length / '.\n'.length;
    if (written >= checkpoints) child.kill('SIGKILL');
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (signal === 'SIGKILL' || code === 0) resolve(code === 0);
      else reject(new Error(errors));
    });
  });
}

async function resultOf(name: string, kills: number) {
  const folder = join(root, name);
  await mkdir(folder);
  const random = new RandomStream(7);
  let killed = 0;
  const next = () => (killed < kills ? 1 + random.below(3) : Number.POSITIVE_INFINITY);
  while (!(await runUntil(folder, killed % 2 === 0 ? 1 : 3, next()))) killed++;
  const model = await readFile(join(folder, 'model.safetensors'));
  return {
    killed,
    digest: createHash('sha256').update(model).digest('hex'),
    history: JSON.parse(await readFile(join(folder, 'history.json'), 'utf8')) as unknown,
  };
}

test('killed at random moments, a training ends with the same bits', async () => {
  const { killed: none, ...whole } = await resultOf('whole', 0);
  const { killed, ...interrupted } = await resultOf('interrupted', 8);
  expect(none).toBe(0);
  expect(killed).toBeGreaterThan(3);
  expect(interrupted).toEqual(whole);
}, 120_000);
