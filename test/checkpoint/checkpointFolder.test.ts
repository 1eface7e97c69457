import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CheckpointContents } from '../../lib/checkpoint/checkpointFile.js';
import { CheckpointFolder } from '../../lib/checkpoint/checkpointFolder.js';
import { listCheckpoints, openNewestCheckpoint } from '../../lib/checkpoint/newestCheckpoint.js';
import { ArgumentError, StateError } from '../../lib/index.js';

let root: string;
let directory: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'layerwise-'));
  directory = join(root, 'a', 'b');
});
afterEach(() => rm(root, { recursive: true, force: true }));

const contents = (record: string): CheckpointContents => ({
  metadata: {},
  model: new Map(),
  record,
  state: new Map([['numbers', Float64Array.of(1, 2)]]),
});

async function written(keep: number, updates: readonly number[]): Promise<void> {
  const folder = await CheckpointFolder.open(directory, keep);
  for (const count of updates) await folder.write(count, contents(String(count)));
  folder.close();
}

const updatesThere = async () => (await listCheckpoints(directory)).map(({ updates }) => updates);

async function newest() {
  const { checkpoint, passedOver } = await openNewestCheckpoint(directory);
  await checkpoint?.close();
  return { record: checkpoint?.record, passedOver };
}

describe('a folder of checkpoints', () => {
  test('is made, keeps the newest ones, and names the last', async () => {
    await written(2, [9, 10, 100]);
    expect(await updatesThere()).toEqual([100, 10]);
    expect(await readFile(join(directory, 'latest'), 'utf8')).toBe('checkpoint-100.safetensors\n');
    expect((await readdir(directory)).sort()).toEqual([
      'checkpoint-10.safetensors',
      'checkpoint-100.safetensors',
      'latest',
    ]);
    expect(await newest()).toEqual({ record: '100', passedOver: [] });
  });

  test('is refused where the name of the newest is no file', async () => {
    await mkdir(join(directory, 'latest'), { recursive: true });
    const opened = CheckpointFolder.open(directory, 2);
    await expect(opened).rejects.toThrow(
      /checkpoint\.directory: expected .* the file 'latest' .* received .*latest, which is a folder\. Remove it/,
    );
    await expect(opened).rejects.toBeInstanceOf(ArgumentError);
  });

  test('is written by one at a time', async () => {
    const folder = await CheckpointFolder.open(directory, 2);
    const second = CheckpointFolder.open(directory, 2);
    await expect(second).rejects.toBeInstanceOf(StateError);
    await expect(second).rejects.toMatchObject({
      path: directory,
      expected: 'a folder of checkpoints that nobody else writes to',
      received: expect.stringContaining(`process ${process.pid}`),
    });
    folder.close();
    (await CheckpointFolder.open(directory, 2)).close();
  });

  test('loses the drafts of writers that are gone, and nothing else', async () => {
    await mkdir(directory, { recursive: true });
    const draft = '.checkpoint-7.safetensors.0123abcd-99-1-0123456789ab.tmp';
    for (const name of [draft, '.notes.0123abcd-99-1-0123456789ab.tmp', 'checkpoint-x']) {
      await writeFile(join(directory, name), 'x');
    }
    await written(2, [1]);
    expect((await readdir(directory)).sort()).toEqual([
      '.notes.0123abcd-99-1-0123456789ab.tmp',
      'checkpoint-1.safetensors',
      'checkpoint-x',
      'latest',
    ]);
  });

  test('goes on when it comes back after it was lost', async () => {
    const folder = await CheckpointFolder.open(directory, 2);
    await folder.write(1, contents('1'));
    await rm(directory, { recursive: true });
    await expect(folder.write(2, contents('2'))).rejects.toThrow(/ENOENT/);
    await mkdir(directory);
    await folder.write(3, contents('3'));
    expect(await updatesThere()).toEqual([3]);
    folder.close();
  });

  test('keeps its checkpoints when another one cannot be written', async () => {
    const folder = await CheckpointFolder.open(directory, 2);
    await folder.write(1, contents('1'));
    const broken: CheckpointContents = {
      ...contents('2'),
      model: new Map([
        [
          '0.weight',
          {
            ...{ dtype: 'F32', shape: [1] },
            values: () => {
              throw new Error('on the way');
            },
          },
        ],
      ]),
    };
    await expect(folder.write(2, broken)).rejects.toThrow('on the way');
    folder.close();
    expect((await readdir(directory)).sort()).toEqual(['checkpoint-1.safetensors', 'latest']);
  });

  test('that cannot be made is an error of the option', async () => {
    await writeFile(join(root, 'file'), '');
    const opening = CheckpointFolder.open(join(root, 'file', 'below'), 2);
    await expect(opening).rejects.toBeInstanceOf(ArgumentError);
    await expect(opening).rejects.toThrow(/checkpoint\.directory: expected a folder.*ENOTDIR/);
  });

  test('gives up what the training does not go on from, once there is another one', async () => {
    await written(3, [1, 2, 3, 4]);
    const folder = await CheckpointFolder.open(directory, 3);
    folder.outdated = [3, 4];
    expect(await updatesThere()).toEqual([4, 3, 2]);
    await folder.write(3, contents('again'));
    expect(await updatesThere()).toEqual([3, 2]);
    folder.close();
  });
});

describe('the newest checkpoint', () => {
  test('is none where there is no folder', async () => {
    expect(await newest()).toEqual({ record: undefined, passedOver: [] });
  });

  test('is the newest whole one, and the others are named', async () => {
    await written(4, [1, 2, 3, 4]);
    await writeFile(join(directory, 'checkpoint-4.safetensors'), 'x');
    await rm(join(directory, 'checkpoint-3.safetensors'));
    await mkdir(join(directory, 'checkpoint-3.safetensors'));
    const { record, passedOver } = await newest();
    expect(record).toBe('2');
    expect(passedOver).toMatchObject([
      { updates: 4, isDamaged: true, reason: expect.stringMatching(/8 bytes.*1 bytes/) },
      { updates: 3, isDamaged: true, reason: 'a file expected, a folder' },
    ]);
  });

  test.skipIf(process.getuid?.() === 0 || process.platform === 'win32')(
    'that cannot be read is no damaged one',
    async () => {
      await written(2, [1, 2]);
      await chmod(join(directory, 'checkpoint-2.safetensors'), 0);
      const { record, passedOver } = await newest();
      expect(record).toBe('1');
      expect(passedOver).toMatchObject([{ updates: 2, isDamaged: false }]);
    },
  );
});
