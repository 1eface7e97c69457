import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readStudy } from '../../../lib/search/index.js';
import { checkpointsIn, ofVersion } from '../../checkpoint/runs.js';
import { jsonLines, layerwise } from '../process.js';
import { irisCsv, Workspace } from '../samples.js';

let work: Workspace;
beforeAll(async () => {
  work = await Workspace.create();
  await work.write('iris.csv', irisCsv());
});
afterAll(() => work.remove());

/** With one trial at a time, the seed decides everything. */
const search = (name: string, trials: number, epochs: number) => [
  ...['search', work.path('iris.csv'), '--target', 'species', '--epochs', String(epochs)],
  ...['--trials', String(trials), '--parallel', '1', '--sampler', 'random', '--pruner', 'none'],
  ...['--study', work.path(`${name}.jsonl`), '--out', work.path(`${name}.safetensors`), '--json'],
];

async function digestOf(name: string): Promise<string> {
  const model = await readFile(work.path(`${name}.safetensors`));
  return createHash('sha256').update(model).digest('hex');
}

// Windows has no signals: there a child cannot be asked, only ended.
describe.skipIf(process.platform === 'win32')('a search that is ended', () => {
  test.each(['SIGTERM', 'SIGKILL'] as const)(
    'by %s in the midst of a trial goes on with it, to the same model',
    async (signal) => {
      expect((await layerwise(search('whole', 4, 300))).code).toBe(0);
      let isAsked = false;
      const ended = await layerwise(search(signal, 4, 300), {
        onOutput: (text, child) => {
          if (isAsked || text.split('"type":"trial"').length < 3) return;
          isAsked = true;
          child.kill(signal);
        },
      });
      expect(ended.code).toBe(signal === 'SIGTERM' ? 143 : null);
      expect((await layerwise(search(signal, 4, 300))).code).toBe(0);
      expect(await digestOf(signal)).toBe(await digestOf('whole'));
      const checkpoints = work.path(`${signal}.jsonl.checkpoints`);
      expect(existsSync(checkpoints) ? await readdir(checkpoints) : []).toEqual([]);
    },
  );
});

test('a search with a journal ends with its time, and leaves the trial that runs for later', async () => {
  // A trial that would go on for days.
  const line = search('timed', 1, 100_000_000);
  const { code, stderr } = await layerwise([...line, '--time-limit', '0.5s']);
  expect([code, stderr]).toEqual([
    75,
    expect.stringContaining('after 0 of 1 trial. The same command goes on with'),
  ]);
  const study = await readStudy(work.path('timed.jsonl'));
  expect(study.interrupted).toEqual([0]);
  const checkpoints = work.path('timed.jsonl.checkpoints/trial-0/fit-1');
  expect(await readdir(checkpoints)).toContain('latest');
  // A version that keeps them in another way.
  for (const name of await checkpointsIn(checkpoints)) await ofVersion(join(checkpoints, name), 9);
  const again = await layerwise([...line, '--time-limit', '0.5s']);
  const notes = jsonLines(again.stdout).filter(({ type }) => type === 'note');
  expect(notes.map(({ message }) => message)).toContainEqual(
    expect.stringMatching(/^Trial 0: .*fit-1.*: 1 expected, 9\. It was passed over: /),
  );
});
