import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dense, sequential } from '../../../lib/index.js';
import { Lease } from '../../../lib/io/lease.js';
import { layerwise } from '../process.js';
import { irisCsv, Workspace } from '../samples.js';

let work: Workspace;
let run: string;

beforeAll(async () => {
  work = await Workspace.create();
  run = work.path('run');
  const data = await work.write('iris.csv', irisCsv());
  const words = [
    '--target',
    'species',
    '--hidden',
    '8',
    '--epochs',
    '3',
    '--metric',
    'f1',
    'recall',
    '--members',
    '1',
  ];
  expect((await layerwise(['train', data, ...words, '--run', run])).code).toBe(0);
});
afterAll(() => work.remove());

async function inspected(file: string): Promise<{ text: string; json: Record<string, unknown> }> {
  const [shown, told] = [
    await layerwise(['inspect', file]),
    await layerwise(['inspect', file, '--json']),
  ];
  expect([shown.code, shown.stderr, told.code, told.stderr]).toEqual([0, '', 0, '']);
  return { text: shown.stdout, json: JSON.parse(told.stdout) };
}

/** A copy of the run as it is before its end. */
async function unfinished(name: string): Promise<string> {
  const folder = work.path(name);
  await cp(run, folder, { recursive: true });
  for (const file of ['result.json', 'model.safetensors']) await rm(join(folder, file));
  return folder;
}

describe('a run', () => {
  test('that is over is shown with its command, its best epoch and its checkpoints', async () => {
    const { text, json } = await inspected(run);
    expect(text).toMatch(/^.*run: a run, over \(completed\): 3 of 3 epochs\n/);
    const command = /^ {2}layerwise (train .*)$/m.exec(text)?.[1]?.split(' ') ?? [];
    expect(command.join(' ')).toContain('--hidden 8 --members 1 --epochs 3');
    expect(command.join(' ')).toContain(`--metric f1 recall --run ${run} --resume`);
    // It is the command of this run.
    expect((await layerwise(command)).stdout).toMatch(/^The run in .* is over, after 3 epochs/);
    expect(text).toMatch(/best epoch +3, loss [\d.]+, validation loss [\d.]+$/m);
    expect(text).toMatch(/checkpoint-15\.safetensors \(.* kB\) +at the end, after 3 epochs$/m);
    expect(json).toMatchObject({
      ...{ file: run, kind: 'run', state: 'over', writer: null, epochs: 3, wanted: 3 },
      ...{ config: { target: 'species' }, best: { epoch: 3 }, damaged: [] },
      position: { epochs: 3, updates: 15, isEnd: true },
      model: { path: join(run, 'model.safetensors') },
      result: { stopReason: 'completed' },
    });
  });

  test('that is not over says how it goes on, and which checkpoint is damaged', async () => {
    const folder = await unfinished('damaged');
    const newest = join(folder, 'checkpoints', 'checkpoint-99.safetensors');
    await writeFile(newest, 'nothing');
    const { text, json } = await inspected(folder);
    expect(text).toMatch(/^.*: a run, not over: 3 of 3 epochs\n/);
    expect(text).toMatch(/model +none yet$/m);
    expect(text).toMatch(/checkpoint-99\.safetensors \(7 B\) +cannot be used: /);
    expect(text).toContain(`layerwise resume ${folder}\n`);
    expect(json).toMatchObject({ state: 'ended', model: null, damaged: [{ path: newest }] });
  });

  test('that somebody works on names who', async () => {
    const folder = await unfinished('contended');
    const lease = await Lease.acquire(join(folder, 'run'));
    const { text, json } = await inspected(folder);
    lease.release();
    expect(text).toContain(`: a run, which process ${process.pid} works on: 3 of 3 epochs\n`);
    expect(json).toMatchObject({ state: 'running', writer: `process ${process.pid}` });
  });
});

describe('a checkpoint', () => {
  test('is shown as the model that it is, with where its training was', async () => {
    const [name = ''] = (await readdir(join(run, 'checkpoints'))).sort();
    const { text, json } = await inspected(join(run, 'checkpoints', name));
    expect(text).toMatch(/^.*: sequential, as a checkpoint keeps it\n/);
    expect(text).toMatch(/species +target, classes: setosa, versicolor, virginica/);
    expect(text).toMatch(
      /Checkpoint\n +of +fit\n +position +at the end, after 3 epochs\n +updates +15/,
    );
    expect(text).not.toContain('Training\n');
    expect(json).toMatchObject({ kind: 'sequential', checkpoint: { kind: 'fit', epochs: 3 } });
  });

  test('of a program is shown by its folder', async () => {
    const directory = work.path('program');
    const model = sequential([dense(1)], { inputSize: 1 });
    const rows = { inputs: [[0], [1], [2], [3]], targets: [0, 1, 2, 3] };
    const stopped = model.fit(rows, {
      ...{ epochs: 1_000_000, batchSize: 1, checkpoint: { directory, everySeconds: 1000 } },
      onEvent: ({ type }) => {
        if (type === 'epoch') stopped.stop();
      },
    });
    await stopped;
    const { text } = await inspected(directory);
    expect(text).toMatch(/sequential, as a checkpoint keeps it/);
    expect(text).toMatch(/position +after [\d,]+ epochs?/);
  });

  test('of a trainer says so', async () => {
    const path = work.path('trainer.safetensors');
    const trainer = sequential([dense(1)], { inputSize: 1 }).trainer({});
    await trainer.saveState(path);
    const { text, json } = await inspected(path);
    expect(text).toMatch(/Checkpoint\n +of +trainer\n +position +unknown/);
    expect(json).toMatchObject({ checkpoint: { kind: 'trainer', epochs: null, isEnd: false } });
  });

  test('that is damaged is refused', async () => {
    const [name = ''] = (await readdir(join(run, 'checkpoints'))).sort();
    const bytes = await readFile(join(run, 'checkpoints', name));
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 40) ^ 1, bytes.length - 40);
    const path = work.path('flipped.safetensors');
    await writeFile(path, bytes);
    const { code, stderr } = await layerwise(['inspect', path]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('the file is damaged')]);
  });
});

describe('rows of a table', () => {
  test('are shown with their columns, and how many there are of each class', async () => {
    const path = work.path('rows.safetensors');
    const made = ['convert', work.path('iris.csv'), path, '--target', 'species'];
    expect((await layerwise(made)).code).toBe(0);
    const { text, json } = await inspected(path);
    expect(text).toMatch(
      /rows +150\n +inputs +4 of 4 columns\n +task +classification of 'species'/,
    );
    expect(text).toMatch(/classes +setosa \(50\), versicolor \(50\), virginica \(50\)$/m);
    expect(text).toMatch(/petal width +number, mean 1\.199/);
    expect(json).toMatchObject({
      ...{ file: path, kind: 'rows', rows: 150, inputs: 4, droppedRows: 0, task: 'classification' },
      ...{ classes: { setosa: 50, versicolor: 50, virginica: 50 }, schema: { kind: 'table' } },
    });
  });

  test('without a target have no classes', async () => {
    const path = work.path('codes.safetensors');
    const made = ['convert', work.path('iris.csv'), path, '--autoencoder', '--ignore', 'species'];
    expect((await layerwise(made)).code).toBe(0);
    const { text, json } = await inspected(path);
    expect(text).toMatch(/task +autoencoder\n/);
    expect(json).toMatchObject({ task: 'autoencoding', classes: null });
  });
});

test.each([
  ['a folder of something else', 'other', /expected a file, or the folder of a run/],
  [
    'what is not there',
    'absent',
    /absent: expected a file that can be read, received no such file/,
  ],
])('refuses %s', async (_, name, message) => {
  await mkdir(work.path('other'), { recursive: true });
  const { code, stderr } = await layerwise(['inspect', work.path(name)]);
  expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
});
