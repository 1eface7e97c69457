import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openNewestCheckpoint } from '../../lib/checkpoint/newestCheckpoint.js';
import { dense, sequential, type TrainingWarning } from '../../lib/index.js';
import { canMount, mountDisk, mountOver, unmount } from '../io/surroundings.js';
import { clusters } from '../model/data.js';
import { checkpointsIn, timeless, weightsOf } from './runs.js';

/** What goes wrong with the files of a run does not go wrong with the run. */

let root: string;
let directory: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'layerwise-'));
  directory = join(root, 'checkpoints');
});
afterEach(() => rm(root, { recursive: true, force: true }));

const model = () => sequential([dense(3, { activation: 'softmax' })], { inputSize: 2 });
const data = clusters(16);
const options = { epochs: 3, batchSize: 4 };
const checkpoint = () => ({ directory, everyUpdates: 4, keep: 3 });
const resumed = () => ({ ...options, checkpoint: checkpoint(), resume: 'auto' }) as const;

/** A run that would not end by itself; of few epochs, so that its files are small. */
const rows = clusters(20_000);
const endless = () => ({
  ...{ ...options, epochs: 1_000_000 },
  // Only what is asked for is written.
  checkpoint: { directory, everySeconds: 1_000_000, keep: 3 },
});

describe('a damaged checkpoint', () => {
  async function uninterrupted() {
    const whole = model();
    const { epochs } = timeless(await whole.fit(data, options));
    return { weights: weightsOf(whole), epochs };
  }

  test('cut anywhere, is passed over for the one before', async () => {
    const folder = { directory, everyUpdates: 1, keep: 1000 };
    await model().fit(data, { ...options, checkpoint: folder });
    const names = await checkpointsIn(directory);
    expect(names.length).toBeGreaterThan(1);
    const newest = join(directory, names.at(-1) ?? '');
    const bytes = await readFile(newest);
    // That a file is refused wherever it is cut, byte by byte, the tests of the file see.
    for (let length = 0; length < bytes.byteLength; length += 13) {
      await writeFile(newest, bytes.subarray(0, length));
      const { checkpoint, passedOver } = await openNewestCheckpoint(directory);
      await checkpoint?.close();
      expect(checkpoint).toBeDefined();
      expect(passedOver.map(({ path }) => path)).toEqual([newest]);
    }
  });

  test('is passed over by a run, which ends as if nothing had happened', async () => {
    const whole = await uninterrupted();
    await model().fit(data, { ...options, checkpoint: checkpoint() });
    const names = await checkpointsIn(directory);
    const newest = join(directory, names.at(-1) ?? '');
    const bytes = await readFile(newest);
    await writeFile(newest, bytes.subarray(0, bytes.byteLength - 1));
    const again = model();
    const warnings: TrainingWarning[] = [];
    const history = await again.fit(data, {
      ...resumed(),
      listeners: [{ onWarning: (warning) => void warnings.push(warning) }],
    });
    expect(timeless(history).epochs).toEqual(whole.epochs);
    expect(weightsOf(again)).toEqual(whole.weights);
    expect(warnings).toMatchObject([
      {
        code: 'damagedCheckpoint',
        path: newest,
        problem: expect.stringMatching(/bytes/),
        message: expect.stringContaining('passed over'),
      },
    ]);
    expect(history.warnings).toMatchObject([{ code: 'damagedCheckpoint' }]);
    // The next one has taken its place.
    const last = await model().fit(data, resumed());
    expect(last.warnings).toEqual([]);
  });

  test('that is the only one begins the run anew', async () => {
    const whole = await uninterrupted();
    await mkdir(directory);
    await writeFile(join(directory, 'checkpoint-1000.safetensors'), 'nothing');
    const again = model();
    const history = await again.fit(data, { ...resumed(), onEvent: () => {} });
    expect(timeless(history).epochs).toEqual(whole.epochs);
    expect(history.warnings).toMatchObject([{ code: 'damagedCheckpoint' }]);
    expect(existsSync(join(directory, 'checkpoint-1000.safetensors'))).toBe(false);
  });
});

test.each([
  ['the folder', () => relative(process.cwd(), directory)],
  ['the newest one', (newest: string) => `${relative(process.cwd(), directory)}/./${newest}`],
])('older ones stay where a run goes on by a relative path of %s', async (_, pathOf) => {
  // Each run writes one at its end.
  const folder = { directory, everyEpochs: 1000, keep: 2 };
  const train = (epochs: number, resume: string) =>
    model().fit(data, { ...options, epochs, checkpoint: folder, resume });
  await train(1, 'auto');
  await train(2, 'auto');
  const [, newest = ''] = await checkpointsIn(directory);
  await train(3, pathOf(newest));
  expect(await checkpointsIn(directory)).toEqual([newest, 'checkpoint-12.safetensors']);
});

describe('a checkpoint that cannot be written', () => {
  test('does not end the run, which goes on with them when it can', async () => {
    const run = model().fit(rows, { ...endless(), onEvent: () => {} });
    await run.checkpoint();
    await rm(directory, { recursive: true });
    await expect(run.checkpoint()).rejects.toMatchObject({ code: 'ENOENT' });
    await mkdir(directory);
    let path: string | undefined;
    while (path === undefined) path = await run.checkpoint().catch(() => undefined);
    expect(existsSync(path)).toBe(true);
    run.stop();
    const { stopReason, warnings } = await run;
    expect(stopReason).toBe('stopped');
    expect(warnings).toMatchObject([
      {
        code: 'checkpointNotWritten',
        path: directory,
        problem: expect.stringMatching(/a checkpoint was not written: ENOENT/),
      },
    ]);
  });

  test('at the end of a run is a warning of its own', async () => {
    const run = model().fit(rows, { ...endless(), onEvent: () => {} });
    await run.checkpoint();
    await rm(directory, { recursive: true });
    await expect(run.checkpoint()).rejects.toMatchObject({ code: 'ENOENT' });
    run.stop();
    const { warnings } = await run;
    expect(warnings).toMatchObject([
      { code: 'checkpointNotWritten' },
      {
        code: 'checkpointNotWritten',
        problem: expect.stringMatching(/the end of the run was not kept: ENOENT/),
        remedy: expect.stringMatching(/is in the model alone/),
      },
    ]);
  });

  test('warns the process where nobody listens', async () => {
    const told = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    try {
      const run = model().fit(rows, endless());
      await run.checkpoint();
      await rm(directory, { recursive: true });
      await expect(run.checkpoint()).rejects.toThrow();
      run.stop();
      await run;
      expect(told).toHaveBeenCalledWith(expect.stringContaining('a checkpoint was not written'), {
        type: 'LayerwiseWarning',
      });
    } finally {
      told.mockRestore();
    }
  });
});

// Only root can make disks, and in a container often not even root.
describe.skipIf(!canMount)('on a small disk', () => {
  beforeEach(async () => {
    await mkdir(directory);
    mountDisk(directory, 1024);
  });
  afterEach(() => execFileSync('umount', ['-l', directory]));

  test('that is full, the older checkpoints stay whole, and the run goes on', async () => {
    const run = model().fit(rows, { ...endless(), onEvent: () => {} });
    await run.checkpoint();
    await writeFile(join(directory, 'filler'), Buffer.alloc(2 ** 20)).catch(() => {});
    await expect(run.checkpoint()).rejects.toMatchObject({ code: 'ENOSPC' });
    const names = await readdir(directory);
    expect(names.filter((name) => name.endsWith('.tmp'))).toEqual([]);
    const { checkpoint: newest, passedOver } = await openNewestCheckpoint(directory);
    await newest?.close();
    expect(newest).toBeDefined();
    expect(passedOver).toEqual([]);
    await rm(join(directory, 'filler'));
    expect(existsSync(await run.checkpoint())).toBe(true);
    run.stop();
    expect((await run).warnings).toMatchObject([
      { code: 'checkpointNotWritten', problem: expect.stringMatching(/ENOSPC/) },
    ]);
  });

  test('that turns read-only, the run goes on, and writes again when it can', async () => {
    const run = model().fit(rows, { ...endless(), onEvent: () => {} });
    const path = await run.checkpoint();
    // A mount of its own, as the lock is open for writing in the one below.
    mountOver(directory, directory);
    try {
      execFileSync('mount', ['-o', 'remount,bind,ro', directory]);
      await expect(run.checkpoint()).rejects.toMatchObject({ code: 'EROFS' });
      expect(existsSync(path)).toBe(true);
    } finally {
      unmount(directory);
    }
    expect(existsSync(await run.checkpoint())).toBe(true);
    run.stop();
    expect((await run).warnings).toMatchObject([
      { code: 'checkpointNotWritten', problem: expect.stringMatching(/EROFS/) },
    ]);
  });

  test('that is read-only, a run does not begin', async () => {
    const remount = (mode: 'ro' | 'rw') =>
      execFileSync('mount', ['-o', `remount,${mode}`, directory]);
    await model().fit(data, { ...options, checkpoint: checkpoint() });
    remount('ro');
    const refused = model().fit(data, resumed());
    await expect(refused).rejects.toThrow(/checkpoint\.directory: expected a folder that can be/);
    remount('rw');
  });
});
