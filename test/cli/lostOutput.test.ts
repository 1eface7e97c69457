import { execFile } from 'node:child_process';
import { access, open, readFile, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { layerwise, program } from './process.js';
import { irisCsv, irisRows, Workspace } from './samples.js';

let work: Workspace;
let data: string;
let model: string;

beforeAll(async () => {
  work = await Workspace.create();
  data = await work.write('iris.csv', irisCsv());
  model = work.path('model.safetensors');
  const words = ['--target', 'species', '--epochs', '1', '--out', model];
  expect((await layerwise(['train', data, ...words])).code).toBe(0);
});
afterAll(() => work.remove());

describe('when the readers of its output have gone, a command', () => {
  test.each([
    ['train', ['--epochs', '5']],
    ['train', ['--epochs', '5', '--json']],
    ['search', ['--epochs', '2', '--trials', '2', '--json']],
  ])('goes on and saves: %s %j', async (command, words) => {
    const out = work.path(`${command}${words.length}.safetensors`);
    const { code } = await layerwise(
      [command, data, '--target', 'species', '--out', out, ...words],
      {
        onStart: (child) => {
          child.stdout.destroy();
          child.stderr.destroy();
        },
      },
    );
    expect(code).toBe(0);
    await access(out);
  });

  test('ends quietly if nothing else comes of it: train', async () => {
    const words = ['--target', 'species', '--epochs', '100000000', '--json'];
    const { code, stderr } = await layerwise(['train', data, ...words], {
      onOutput: (_, child) => child.stdout.destroy(),
    });
    expect([code, stderr]).toEqual([0, '']);
  });

  test('ends quietly if nothing else comes of it: predict', async () => {
    const rows = Array.from({ length: 200 }, () => irisRows()).flat();
    const many = await work.write('many.csv', irisCsv(rows));
    const { code, stdout, stderr } = await layerwise(['predict', model, many], {
      onOutput: (_, child) => child.stdout.destroy(),
    });
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^sepal length/);
  });
});

describe.skipIf(process.platform !== 'linux')('when the disk under its output is full,', () => {
  async function onFullDisk(words: readonly string[]) {
    const full = await open('/dev/full', 'w');
    try {
      return await layerwise(words, { output: full.fd });
    } finally {
      await full.close();
    }
  }

  test('train saves all the same', async () => {
    const out = work.path('full.safetensors');
    const words = ['train', data, '--target', 'species', '--epochs', '5', '--out', out];
    expect((await onFullDisk(words)).code).toBe(0);
    await access(out);
  });

  test('what was to be printed is told to have failed', async () => {
    for (const words of [['inspect', model], ['predict', model, data], ['info'], ['train', '-h']]) {
      const { code, stderr } = await onFullDisk(words);
      expect([code, stderr]).toEqual([
        1,
        'error: standard output: ENOSPC: no space left on device, write\n',
      ]);
    }
  });
});

test.skipIf(process.platform === 'win32')(
  'a file that is cut short is told to have failed',
  async () => {
    const out = work.path('cut.csv');
    // Files may have 8 blocks of 512 or 1024 bytes: the predictions have more.
    const script = `ulimit -f 8; exec "$0" "$1" predict "$2" "$3" > "$4"`;
    const run = promisify(execFile)('bash', [
      ...['-c', script, process.execPath, program],
      ...[model, data, out],
    ]);
    await expect(run).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^error: standard output: EFBIG: .*\n$/),
    });
    expect((await stat(out)).size).toBeLessThanOrEqual(8192);
    expect(await readFile(out, 'utf8')).toMatch(/^sepal length/);
  },
);
