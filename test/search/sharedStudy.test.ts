/** A study that several processes share: what each of them knows, and what becomes of those that die. */

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  float,
  gridSampler,
  int,
  openStudy,
  readStudy,
  type SharedStudy,
  Study,
  tpeSampler,
} from '../../lib/search/index.js';
import { openOn } from '../../lib/search/openShared.js';
import { usualTiming } from '../../lib/search/sharedStudy.js';
import { MemoryLog, MemoryStorage } from '../../lib/search/storage/memory.js';

let folder: string;
let count = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'layerwise-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const space = { x: float(-2, 2), units: int(1, 8) };
const newPath = () => join(folder, `${count++}.jsonl`);
const timing = { ...usualTiming, poll: 5 };

/** Two workers of one study, as two processes would have it. */
async function twoWorkers(
  options = {},
): Promise<[SharedStudy<typeof space>, SharedStudy<typeof space>]> {
  const log = new MemoryLog();
  const open = () =>
    openOn(
      { storage: new MemoryStorage(log), checkpoints: undefined },
      { space, ...options },
      timing,
    );
  return [await open(), await open()];
}

const shapeOf = ({ trials }: Pick<Study, 'trials'>) =>
  trials.map(({ number, state, parameters, value, reports }) => ({
    ...{ number, state, parameters, value, reports },
  }));

test('one worker is suggested what a study of its own is, bit for bit', async () => {
  const options = { space, seed: 3, sampler: tpeSampler({ startupTrials: 5 }) };
  const objective = (trial: {
    values: { x: number; units: number };
    report(step: number, value: number): boolean;
  }) => {
    trial.report(1, trial.values.units);
    return trial.values.x ** 2 + trial.values.units;
  };
  const alone = await new Study(options).run(objective, { trials: 20, parallel: 1, threads: 1 });
  const shared = await openStudy(newPath(), { ...options, shared: true });
  await shared.run(objective, { trials: 20, parallel: 1, threads: 1 });
  await shared.close();
  expect(shapeOf(shared)).toEqual(shapeOf(alone));
});

test('workers see the trials of each other while they run, and no number is given twice', async () => {
  const [first, second] = await twoWorkers({ sampler: gridSampler({ points: 2 }) });
  const asked = await Promise.all(
    Array.from({ length: 6 }, (_, index) => (index % 2 === 0 ? first : second).ask()),
  );
  // Four combinations are all that there are.
  expect(
    asked
      .filter((trial) => trial !== null)
      .map(({ number }) => number)
      .sort(),
  ).toEqual([0, 1, 2, 3]);
  await first.refresh();
  await second.refresh();
  expect(shapeOf(first)).toEqual(shapeOf(second));
  const tried = first.trials.map(({ parameters }) => JSON.stringify(parameters));
  expect(new Set(tried).size).toBe(4);
});

test('a trial whose worker has left goes on with the same number and parameters', async () => {
  const [first, second] = await twoWorkers();
  const trial = await first.ask();
  trial?.report(1, 0.5);
  await first.close();
  await second.refresh();
  expect(second.interrupted).toEqual([0]);
  expect(second.trial(0).reports).toEqual([{ step: 1, value: 0.5 }]);
  const again = await second.restart(0);
  expect(again?.parameters).toEqual(trial?.parameters);
  expect(again?.record.reports).toEqual([]);
  expect((await again?.complete(1))?.value).toBe(1);
});

test('what a worker tells that was taken for dead counts for nothing, anywhere', async () => {
  const log = new MemoryLog();
  const open = (term: number) =>
    openOn(
      { storage: new MemoryStorage(log), checkpoints: undefined },
      { space },
      { ...timing, term },
    );
  // A term of nothing: whoever has given no sign since the last look is gone.
  const [late, eager] = [await open(60_000), await open(0.001)];
  const trial = await late.ask();
  await eager.refresh();
  await eager.refresh();
  expect(eager.interrupted).toEqual([0]);
  const taken = await eager.restart(0);
  // Of all this, the late one has seen nothing yet.
  trial?.report(1, 99);
  await expect(trial?.complete(99)).rejects.toThrow('one that another process has taken up');
  expect(late.hasLost(0)).toBe(true);
  taken?.report(1, 3);
  await taken?.complete(2);
  await late.refresh();
  for (const study of [late, eager]) {
    expect(study.trial(0)).toMatchObject({ value: 2, reports: [{ step: 1, value: 3 }] });
  }
});

test('what was enqueued is tried first, once, in its order', async () => {
  const [first, second] = await twoWorkers();
  await first.enqueue({ x: 1.5, units: 3 });
  await first.enqueue({ units: 7 });
  const values = [
    (await second.ask())?.values,
    (await first.ask())?.values,
    (await second.ask())?.values,
  ];
  expect(values[0]).toEqual({ x: 1.5, units: 3 });
  expect(values[1]?.units).toBe(7);
  expect(second.trials.map(({ number }) => number)).toEqual([0, 1, 2]);
  await expect(first.enqueue({ units: 9 })).rejects.toMatchObject({ path: 'parameters.units' });

  const alone = new Study({ space });
  alone.enqueue({ x: 1.5, units: 3 });
  expect(alone.ask()?.values).toEqual({ x: 1.5, units: 3 });
  expect(alone.ask()?.values).not.toEqual({ x: 1.5, units: 3 });
});

test('a run waits for what others run, and takes it up when they are gone', async () => {
  const [first, second] = await twoWorkers();
  const left = await first.ask();
  const run = second.run(({ values }) => values.x, { trials: 3, parallel: 1, threads: 1 });
  while (second.trials.filter(({ state }) => state === 'complete').length < 2) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  await first.close();
  await run;
  expect(second.trials.map(({ state }) => state)).toEqual(['complete', 'complete', 'complete']);
  expect(second.trial(0).parameters).toEqual(left?.parameters);
});

test('another space, or an option that is none, is refused and leaves nothing behind', async () => {
  const path = newPath();
  await expect(openStudy(path, { shared: true, space, spice: 1 } as never)).rejects.toThrow(
    'spice',
  );
  await (await openStudy(path, { shared: true, space })).close();
  const other = { shared: true, space: { y: float(0, 1) } } as const;
  await expect(openStudy(path, other)).rejects.toThrow('as in');
  await expect(openStudy('redis://127.0.0.1:1', { space } as never)).rejects.toMatchObject({
    path: 'name',
  });
});

test('an address that is refused is named without its password', async () => {
  const address = 'postgres://me:sesame@127.0.0.1:1/none';
  const error = await openStudy(address, { name: 'a', space }).catch((error: unknown) => error);
  expect(error).toMatchObject({ code: 'ECONNREFUSED' });
  expect(String((error as Error).stack)).not.toContain('sesame');
});

test('half a line that a kill has left is cut off, and the file goes on', async () => {
  const path = newPath();
  const study = await openStudy(path, { shared: true, space });
  await (await study.ask())?.complete(1);
  await study.close();
  appendFileSync(path, '{"type":"started","number":1,"par');
  const again = await openStudy(path, { shared: true, space });
  expect(again.trials.length).toBe(1);
  await (await again.ask())?.complete(2);
  await again.close();
  expect((await readStudy(path)).trials.map(({ value }) => value)).toEqual([1, 2]);
});

test('of four processes on one file, one is killed: every number is there, once', async () => {
  const path = newPath();
  const program = fileURLToPath(new URL('./programs/sharedStudy.mjs', import.meta.url));
  const children = Array.from({ length: 4 }, () => fork(program, [path, '40'], { stdio: 'pipe' }));
  const ends = children.map(async (child) => (await once(child, 'exit'))[0]);
  const [victim] = children;
  // While it runs a trial.
  await once(victim as NonNullable<typeof victim>, 'message');
  victim?.kill('SIGKILL');
  expect((await Promise.all(ends)).slice(1)).toEqual([0, 0, 0]);
  const { trials } = await readStudy(path);
  expect(trials.map(({ number, state }) => `${number} ${state}`)).toEqual(
    Array.from({ length: 40 }, (_, number) => `${number} complete`),
  );
  const begun = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.includes('"started"'));
  expect(begun.length).toBe(40);
  // Nothing of the workers is left.
  expect(readdirSync(folder).filter((name) => name.includes('worker'))).toEqual([]);
}, 60_000);
