/** Studies in PostgreSQL and Redis, on which several processes work. */

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { float, int, openStudy, readStudy, Study, tpeSampler } from '../../lib/search/index.js';
import { catalogOf } from '../../lib/search/storage/catalog.js';
import { requireInstalled } from './installed.js';
import { isInstalled, type Server, startPostgres, startRedis } from './servers.js';

const space = { x: float(-2, 2), units: int(1, 8) };
const program = fileURLToPath(new URL('../search/programs/sharedStudy.mjs', import.meta.url));

const kinds = [
  { kind: 'PostgreSQL', start: startPostgres, isHere: isInstalled.postgres },
  { kind: 'Redis', start: startRedis, isHere: isInstalled.redis },
];

describe.each(kinds)('a study in $kind', ({ kind, start, isHere }) => {
  const isRun = requireInstalled(kind, isHere);
  let server: Server;
  beforeAll(async () => {
    if (isRun) server = await start();
  }, 120_000);
  afterAll(() => server?.end());

  test.runIf(isRun)('gives one worker what a study of its own gives', async () => {
    const options = { space, seed: 3, sampler: tpeSampler({ startupTrials: 5 }) };
    const run = { trials: 15, parallel: 1, threads: 1 };
    const objective = ({ values }: { values: { x: number; units: number } }) =>
      values.x ** 2 + values.units;
    const alone = await new Study(options).run(objective, run);
    const study = await openStudy(server.address, { ...options, name: 'alone' });
    await study.run(objective, run);
    await study.close();
    const kept = await readStudy(server.address, { name: 'alone' });
    const partsOf = ({ trials }: Pick<Study, 'trials'>) =>
      trials.map(({ parameters, value }) => ({ parameters, value }));
    expect(partsOf(kept)).toEqual(partsOf(alone));
    expect(partsOf(study)).toEqual(partsOf(alone));
  });

  test.runIf(isRun)('lets several ask at once, and gives each another number', async () => {
    const open = () => openStudy(server.address, { space, name: 'several' });
    const studies = await Promise.all([open(), open(), open(), open()]);
    const asked = await Promise.all(
      Array.from({ length: 24 }, (_, index) => studies[index % 4]?.ask()),
    );
    const numbers = asked.map((trial) => trial?.number ?? -1).sort((a, b) => a - b);
    expect(numbers).toEqual(Array.from({ length: 24 }, (_, number) => number));
    await Promise.all(asked.map((trial) => trial?.complete(trial.number)));
    await Promise.all(studies.map((study) => study.refresh()));
    const [first, ...others] = studies.map(({ trials }) => trials);
    for (const trials of others) expect(trials).toEqual(first);
    await Promise.all(studies.map((study) => study.close()));
  });

  test.runIf(isRun)('keeps the password to itself', async () => {
    const secret = server.password ?? '';
    const study = await openStudy(server.address, { space, name: 'secret' });
    await study.setContext({ about: 'passwords' });
    expect(study.path).not.toContain(secret);
    await study.close();
    const wrong = server.address.replace(secret, `${secret}X`);
    const error = await openStudy(wrong, { space, name: 'secret' }).catch((error: Error) => error);
    expect(String((error as Error).stack)).not.toContain(secret);
    const catalog = await catalogOf(server.address);
    expect(await catalog.list()).toContain('secret');
    expect(await catalog.delete('secret')).toBe(true);
    expect(await catalog.list()).not.toContain('secret');
    expect(await catalog.delete('secret')).toBe(false);
    await catalog.close();
    await expect(readStudy(server.address, { name: 'secret' })).rejects.toThrow('a study that has');
  });

  test.runIf(isRun)(
    'has 200 trials of four processes, one of them killed and the server restarted, once each',
    async () => {
      const words = [server.address, '200', 'four'];
      const children = Array.from({ length: 4 }, () => fork(program, words, { stdio: 'pipe' }));
      const ends = children.map(async (child) => (await once(child, 'exit'))[0]);
      const [victim, other] = children;
      // Each message is waited for anew.
      for (const child of children) child.setMaxListeners(0);
      const started = new Set<number>();
      for (const child of children) child.on('message', (number: number) => started.add(number));
      const begun = async (count: number): Promise<void> => {
        while (started.size < count) {
          const next = [other, ...children.slice(2)].map((child) =>
            once(child as ChildProcess, 'message'),
          );
          await Promise.race([...next, ends[1]]);
          expect(other?.exitCode).toBe(null);
        }
      };
      await begun(20);
      victim?.kill('SIGKILL');
      await begun(60);
      await server.restart();
      expect((await Promise.all(ends)).slice(1)).toEqual([0, 0, 0]);
      const { trials } = await readStudy(server.address, { name: 'four' });
      expect(trials.map(({ number, state }) => `${number} ${state}`)).toEqual(
        Array.from({ length: 200 }, (_, number) => `${number} complete`),
      );
    },
    180_000,
  );
});
