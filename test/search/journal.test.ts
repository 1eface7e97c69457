import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ArgumentError, FileFormatError, StateError } from '../../lib/errors.js';
import {
  float,
  type OpenStudyOptions,
  openStudy,
  randomSampler,
  readStudy,
  type Space,
  Study,
} from '../../lib/search/index.js';
import { packageVersion } from '../../lib/version.js';
import { canMount, mountDisk, unmount } from '../io/surroundings.js';
import { objective, space } from './programs/objective.mjs';

const trials = 5;
let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'layerwise-'));
  path = join(folder, 'study.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const now = () => 0;

async function search(options: Partial<OpenStudyOptions<Space>> = {}): Promise<void> {
  using study = await openStudy(path, { space, seed: 5, now, ...options });
  for (const number of study.interrupted) objective(study.restart(number));
  while (study.trials.length < trials) {
    const trial = study.ask();
    if (trial) objective(trial);
  }
}

function uninterrupted(): Study {
  const study = new Study({ space, seed: 5, now });
  for (let number = 0; number < trials; number++) {
    const trial = study.ask();
    if (trial) objective(trial);
  }
  return study;
}

describe('a journal', () => {
  test('holds all of a study, one object a line', async () => {
    await search();
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      ...{ type: 'study', format: 1, version: packageVersion(), direction: 'minimize', seed: 5 },
      space,
    });
    expect(JSON.parse(lines[1] ?? '')).toEqual({
      type: 'strategy',
      version: packageVersion(),
      sampler: { name: 'random', options: {} },
      pruner: { name: 'none', options: {} },
    });
    // Of each trial: its beginning, three reports, its end.
    expect(lines).toHaveLength(2 + 5 * trials);
    expect(readdirSync(folder)).toEqual(['study.jsonl']);
    const study = await readStudy(path);
    expect(study.trials).toEqual(uninterrupted().trials);
    expect(study.seed).toBe(5);
    expect(study.space.space).toEqual(space);
  });

  test('goes on from wherever a kill has cut it, with the same trials', async () => {
    await search();
    const whole = readFileSync(path);
    const { trials } = uninterrupted();
    const first = whole.indexOf('\n') + 1;
    // Odd steps fall on every part of a line.
    for (let bytes = first; bytes < whole.byteLength; bytes += 53) {
      writeFileSync(path, whole);
      truncateSync(path, bytes);
      await search();
      expect((await readStudy(path)).trials, `cut after ${bytes} bytes`).toEqual(trials);
    }
  });

  test('holds the attributes of trials', async () => {
    const study = await openStudy(path, { space });
    study.ask()?.setAttribute('folds', [1, 2]);
    study.close();
    expect((await readStudy(path)).trials[0]?.attributes).toEqual({ folds: [1, 2] });
  });

  test('says which trials were under way', async () => {
    const study = await openStudy(path, { space });
    const [open, done] = [study.ask(), study.ask()];
    open?.report(0, 1);
    done?.complete(1);
    expect(study.interrupted).toEqual([]);
    study.close();
    using later = await openStudy(path, { space });
    expect(later.interrupted).toEqual([0]);
    expect(later.restart(0).record).toMatchObject({ parameters: open?.parameters, reports: [] });
    expect(later.interrupted).toEqual([]);
  });

  test('gives direction and seed to whoever does not name them', async () => {
    (await openStudy(path, { space, direction: 'maximize', seed: 9 })).close();
    using study = await openStudy(path, { space });
    expect([study.direction, study.seed]).toEqual(['maximize', 9]);
  });

  test('notes another strategy once', async () => {
    const other = { ...randomSampler(), name: 'other' };
    for (const sampler of [undefined, undefined, other, other]) {
      (await openStudy(path, { space, sampler })).close();
    }
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).sampler?.name)).toEqual([
      undefined,
      'random',
      'other',
    ]);
  });

  test('has one writer, and any number of readers', async () => {
    using study = await openStudy(path, { space });
    study.ask();
    await expect(openStudy(path, { space })).rejects.toThrow(StateError);
    expect((await readStudy(path)).trials).toEqual(study.trials);
  });

  test.runIf(canMount)(
    'on a full disk says which file it is, and goes on when there is room',
    async () => {
      mountDisk(folder, 64);
      try {
        using study = await openStudy(path, { space: { x: float(0, 1) } });
        expect(() => writeFileSync(join(folder, 'fill'), Buffer.alloc(100_000))).toThrow('ENOSPC');
        const attempt = () => study.ask()?.setAttribute('large', 'x'.repeat(10_000));
        expect(attempt).toThrow(`ENOSPC: no space left on device, write '${path}'`);
        rmSync(join(folder, 'fill'));
        attempt();
        const { trials } = await readStudy(path);
        expect(trials.at(-1)?.attributes.large).toHaveLength(10_000);
      } finally {
        unmount(folder);
      }
    },
  );

  test('takes nothing when it is closed', async () => {
    const study = await openStudy(path, { space });
    const trial = study.ask();
    study.close();
    study.close();
    expect(() => trial?.complete(1)).toThrow(
      'expected an open journal, received one that is closed',
    );
    expect(study.trials[0]?.state).toBe('running');
  });
});

describe('what is refused', () => {
  test.each<[string, Partial<OpenStudyOptions<Space>>, string]>([
    ['another range', { space: { ...space, x: float(-2, 3) } }, 'space.x.high: expected 2, as in'],
    [
      'another parameter',
      { space: { ...space, y: float(0, 1) } },
      'space: expected the names x, kind',
    ],
    ['another direction', { direction: 'maximize' }, 'direction: expected "minimize", as in'],
    ['another seed', { seed: 6 }, 'seed: expected 5, as in'],
  ])('%s', async (_, options, message) => {
    await search();
    const before = readFileSync(path);
    await expect(search(options)).rejects.toThrow(ArgumentError);
    await expect(search(options)).rejects.toThrow(message);
    await expect(search(options)).rejects.toThrow('Name another file to begin another study.');
    expect(readFileSync(path)).toEqual(before);
    expect(readdirSync(folder)).toEqual(['study.jsonl']);
  });

  const header = '{"type":"study","format":1,"direction":"minimize","seed":0,"space":';
  const good = `${header}{"x":{"type":"float","low":0,"high":1,"log":false,"step":null}}}\n`;
  const began = '{"type":"started","number":0,"parameters":{"x":0.5},"at":0}\n';
  test.each([
    ['another kind of file', 'a,b\n1,2\n', 'study.jsonl: expected the journal of a study'],
    ['a file of one line', 'some notes', 'study.jsonl: expected the journal of a study'],
    ['a newer format', good.replace('"format":1', '"format":2'), 'format 1, received format 2'],
    ['half a first line', `${header}null}\n`, 'study.jsonl:1: expected space: an object'],
    ['a line that is no JSON', `${good}${began}nonsense\n`, ':3: expected an event of a study'],
    ['an unknown event', `${good}{"type":"toString","number":0,"at":0}\n`, ':2: expected an event'],
    [
      'an event that cannot follow',
      `${good}${began}${began}`,
      ':3: expected trials[0]: the number 1',
    ],
    [
      'a value outside of the space',
      `${good}${began.replace('0.5', '2')}`,
      ':2: expected trials[0].parameters.x: a number from 0 to 1, received 2.',
    ],
  ])('%s', async (_, text, message) => {
    writeFileSync(path, text);
    const open = () => openStudy(path, { space: { x: float(0, 1) } });
    await expect(open()).rejects.toThrow(FileFormatError);
    await expect(open()).rejects.toThrow(message);
    await expect(readStudy(path)).rejects.toThrow(message);
    expect(readFileSync(path, 'utf8')).toBe(text);
    expect(readdirSync(folder)).toEqual(['study.jsonl']);
  });
});
