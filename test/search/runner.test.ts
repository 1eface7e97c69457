import { getEventListeners } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, expectTypeOf, test } from 'vitest';
import { ArgumentError, DivergenceError, StateError } from '../../lib/errors.js';
import {
  choice,
  float,
  gridSampler,
  type Pruner,
  type RunningTrial,
  type RunOptions,
  readStudy,
  Study,
  search,
  TrialPruned,
} from '../../lib/search/index.js';
import { foreignSignal } from '../foreignSignal.js';

const space = { x: float(-1, 1), kind: choice(['a', 'b']) };
const square = ({ values: { x } }: RunningTrial<typeof space>) => x ** 2;
const sequential = { trials: 8, parallel: 1, threads: 1 };

/** Ends everything that reaches its second report above 0.3. */
const strict: Pruner = {
  name: 'strict',
  options: {},
  shouldPrune: ({ trial: { reports } }) => reports.length > 1 && (reports.at(-1)?.value ?? 0) > 0.3,
};

/** A promise, and what fulfils it. */
function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

const timeless = (study: Study<typeof space>) =>
  study.trials.map((trial) => ({ ...trial, startedAt: 0, finishedAt: 0 }));

describe('a run', () => {
  test('tries so many values, and knows the best', async () => {
    const study = await new Study({ space, seed: 3 }).run((trial) => {
      expectTypeOf(trial.values.kind).toEqualTypeOf<'a' | 'b'>();
      return { value: square(trial) };
    }, sequential);
    expect(study.trials.map(({ state }) => state)).toEqual(Array(8).fill('complete'));
    expect(study.best?.value).toBe(Math.min(...study.trials.map(({ value }) => value ?? 9)));
  });

  test('counts the trials of earlier runs', async () => {
    const study = new Study({ space });
    await study.run(square, { ...sequential, trials: 3 });
    await study.run(square, { ...sequential, trials: 5 });
    await study.run(square, { ...sequential, trials: 5 });
    expect(study.trials).toHaveLength(5);
  });

  test('shares its threads between the trials that run at the same time', async () => {
    const [all, threads] = [gate(), new Map<number, number>()];
    await new Study({ space }).run(
      async (trial) => {
        threads.set(trial.number, trial.threads);
        if (threads.size === 3) all.open();
        // None ends before three run.
        await all.opened;
        return trial.number;
      },
      { trials: 7, parallel: 3, threads: 8 },
    );
    const shares = [...threads.values()];
    expect(shares.slice(0, 3)).toEqual([3, 3, 2]);
    expect(Math.min(...shares)).toBe(2);
  });

  test('gives all threads to trials that are fewer than may run', async () => {
    const shares: number[] = [];
    const note = (trial: RunningTrial<typeof space>) => shares.push(trial.threads);
    await new Study({ space }).run(note, { trials: 2, parallel: 8, threads: 6 });
    expect(shares).toEqual([3, 3]);
    await new Study({ space }).run(note, { trials: 2, parallel: 8, threads: 1 });
    expect(shares.slice(2)).toEqual([1, 1]);
  });

  test('ends when the sampler has nothing left, or the time is over', async () => {
    const sampler = gridSampler({ points: 3 });
    const study = await new Study({ space, sampler }).run(square, { trials: Infinity });
    expect(study.trials).toHaveLength(6);
    const late = await new Study({ space }).run(square, { trials: 5, timeLimit: 0 });
    expect(late.trials).toEqual([]);
  });

  test('prunes what says that it is hopeless', async () => {
    const study = await new Study({ space, pruner: strict, seed: 2 }).run((trial) => {
      for (let step = 0; step < 3; step++) {
        const isHopeless = trial.report(step, square(trial));
        expect(trial.shouldPrune()).toBe(isHopeless);
        if (isHopeless) throw new TrialPruned();
      }
      return square(trial);
    }, sequential);
    for (const trial of study.trials) {
      const isGood = (Number(trial.parameters.x) ?? 0) ** 2 <= 0.3;
      expect([trial.state, trial.reports.length]).toEqual(isGood ? ['complete', 3] : ['pruned', 2]);
    }
    expect(new Set(study.trials.map(({ state }) => state)).size).toBe(2);
  });
});

describe('failures', () => {
  const failing = (number: number, error: Error) => (trial: RunningTrial<typeof space>) => {
    if (trial.number >= number) throw error;
    return square(trial);
  };

  test('are recorded, and the search goes on', async () => {
    const ended: string[] = [];
    const study = await new Study({ space }).run(
      async (trial) => {
        if (trial.number === 1) throw new Error('out of luck');
        return trial.number === 2 ? Number.NaN : square(trial);
      },
      {
        ...sequential,
        trials: 4,
        onTrial: ({ number, state }) => ended.push(`${number} ${state}`),
      },
    );
    expect(study.trials[1]).toMatchObject({ state: 'failed', error: 'out of luck', value: null });
    expect(study.trials[2]).toMatchObject({ state: 'failed', error: 'the value was NaN' });
    expect(ended).toEqual(['0 complete', '1 failed', '2 failed', '3 complete']);
  });

  test('end the search when there is nothing else from the first trial on', async () => {
    const cause = new TypeError('data is not defined');
    const study = new Study({ space });
    const run = study.run(failing(0, cause), { ...sequential, failureLimit: 2 });
    await expect(run).rejects.toThrow(StateError);
    await expect(run).rejects.toThrow(
      'objective: expected one of the first 2 trials to succeed, received only failures, the last ' +
        'of them: data is not defined.',
    );
    await expect(run).rejects.toMatchObject({ cause });
    expect(study.trials).toHaveLength(2);
    // One success, and all the rest may fail.
    await new Study({ space }).run(failing(1, cause), sequential);
  });

  test('by divergence are facts about the parameters', async () => {
    const diverged = new DivergenceError({ path: 'loss', expected: 'a number', received: 'NaN' });
    const study = await new Study({ space }).run(failing(0, diverged), sequential);
    expect(study.trials).toHaveLength(8);
  });

  test.each([[undefined], [{}], ['0.5'], [null]])('are results such as %j', async (result) => {
    const study = new Study({ space });
    const objective = (() => result) as unknown as () => number;
    await expect(study.run(objective, sequential)).rejects.toThrow(
      'objective: expected a number, or an object with the number as value, received',
    );
  });

  test('of a listener end the search, when all trials have come to rest', async () => {
    const study = new Study({ space });
    const all = gate();
    const run = study.run(
      async ({ number, signal }) => {
        if (number === 2) all.open();
        await all.opened;
        if (number === 0) return 1;
        await new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
        });
        return 2;
      },
      {
        ...{ trials: 5, parallel: 3, threads: 1 },
        onTrial: () => {
          throw new Error('from the listener');
        },
      },
    );
    await expect(run).rejects.toThrow('from the listener');
    expect(study.trials.map(({ state }) => state)).toEqual(['complete', 'running', 'running']);
    expect(study.interrupted).toEqual([1, 2]);
  });
});

describe('asynchronous listeners', () => {
  const rejecting = async () => {
    await nextTurn();
    throw new Error('no connection');
  };

  test.each(['onTrial', 'onEvent'])(
    'of %s end the run with what they reject with',
    async (name) => {
      const [ofStudy, ofRun] =
        name === 'onEvent' ? [{ onEvent: rejecting }, {}] : [{}, { onTrial: rejecting }];
      const study = new Study({ space, ...ofStudy });
      const run = study.run(square, { ...sequential, ...ofRun, trials: Infinity });
      await expect(run).rejects.toThrow('no connection');
      expect(study.trials.length).toBeGreaterThan(0);
    },
  );

  test('are waited for', async () => {
    const written: number[] = [];
    const onTrial = async ({ number }: { readonly number: number }) => {
      for (let turn = 0; turn < 50; turn++) await nextTurn();
      written.push(number);
    };
    await new Study({ space }).run(square, { ...sequential, trials: 3, onTrial });
    expect(written).toEqual([0, 1, 2]);
  });

  test('are not waited for by a run that was aborted', async () => {
    const controller = new AbortController();
    const onTrial = () => new Promise<void>(() => controller.abort(new Error('enough')));
    const run = new Study({ space }).run(square, {
      ...sequential,
      signal: controller.signal,
      onTrial,
    });
    await expect(run).rejects.toThrow('enough');
  });

  test('is heard from signals that are not of Node', async () => {
    const signal = foreignSignal();
    const study = new Study({ space });
    const objective: typeof square = (trial) => {
      if (trial.number === 2) signal.abort('enough');
      return square(trial);
    };
    const run = study.run(objective, { ...sequential, trials: 100, signal });
    await expect(run).rejects.toBe('enough');
    expect(study.trials.length).toBe(3);
  });

  test('is not listened for when the run has ended: nothing of it stays in memory', async () => {
    const { signal } = new AbortController();
    let ofRun: AbortSignal | undefined;
    const objective: typeof square = (trial) => {
      ofRun = trial.signal;
      return square(trial);
    };
    await new Study({ space }).run(objective, { ...sequential, signal });
    expect(getEventListeners(ofRun as AbortSignal, 'abort')).toEqual([]);
  });
});

test('a study runs once at a time', async () => {
  const study = new Study({ space });
  const first = study.run(square, sequential);
  const second = study.run(square, sequential);
  await expect(second).rejects.toThrow(StateError);
  await expect(second).rejects.toThrow('run: expected a study that does not run');
  await first;
  expect(study.trials.map(({ state }) => state)).toEqual(Array(8).fill('complete'));
  await study.run(square, { ...sequential, trials: 9 });
  expect(study.trials).toHaveLength(9);
});

describe('abortion', () => {
  test('leaves the trials that run to the next run, with the same end', async () => {
    const controller = new AbortController();
    const study = new Study({ space, seed: 4 });
    const run = study.run(
      (trial) => {
        trial.report(0, square(trial));
        if (trial.number === 3) controller.abort(new Error('enough'));
        trial.signal.throwIfAborted();
        return square(trial);
      },
      { ...sequential, signal: controller.signal },
    );
    await expect(run).rejects.toThrow('enough');
    expect(study.trials).toHaveLength(4);
    expect(study.interrupted).toEqual([3]);
    const objective = (trial: RunningTrial<typeof space>) => {
      trial.report(0, square(trial));
      return square(trial);
    };
    await study.run(objective, sequential);
    const whole = await new Study({ space, seed: 4 }).run(objective, sequential);
    expect(timeless(study)).toEqual(timeless(whole));
  });

  test('keeps what a trial has found by then', async () => {
    const controller = new AbortController();
    const study = new Study({ space });
    const objective = () => {
      controller.abort(new Error('enough'));
      return 1;
    };
    const options = { ...sequential, signal: controller.signal };
    await expect(study.run(objective, options)).rejects.toThrow('enough');
    expect(study.trials.map(({ state }) => state)).toEqual(['complete']);
    await expect(study.run(objective, options)).rejects.toThrow('enough');
    expect(study.trials).toHaveLength(1);
  });

  test('is heard although the objective never waits', async () => {
    const controller = new AbortController();
    const run = new Study({ space }).run(square, {
      ...sequential,
      trials: Infinity,
      signal: controller.signal,
    });
    await nextTurn();
    controller.abort(new Error('enough'));
    await expect(run).rejects.toThrow('enough');
  });
});

describe('search', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'layerwise-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('is a study and its run', async () => {
    const study = await search({ space, seed: 3, objective: square, ...sequential });
    const other = await new Study({ space, seed: 3 }).run(square, sequential);
    expect(timeless(study)).toEqual(timeless(other));
  });

  test('goes on where its journal ends', async () => {
    const journal = join(folder, 'study.jsonl');
    const options = { space, seed: 3, objective: square, journal, parallel: 1 };
    await search({ ...options, trials: 3 });
    const study = await search({ ...options, trials: 8 });
    expect((await readStudy(journal)).trials).toEqual(study.trials);
    const whole = await search({ space, seed: 3, objective: square, ...sequential });
    expect(timeless(study)).toEqual(timeless(whole));
    expect(readdirSync(folder)).toEqual(['study.jsonl']);
  });

  test.each<[Partial<RunOptions> & { objective?: unknown }, string]>([
    [{ trials: 0 }, 'trials: expected an integer, 1 or more, received 0.'],
    [{ parallel: 1.5 }, 'parallel: expected an integer'],
    [{ threads: 0 }, 'threads: expected an integer'],
    [{ timeLimit: -1 }, 'timeLimit: expected a finite number >= 0'],
    [{ signal: {} as AbortSignal }, 'signal: expected an AbortSignal'],
    [{ onTrial: 1 as unknown as () => void }, 'onTrial: expected a function'],
    [{ objective: null }, 'objective: expected a function that takes a trial, received null.'],
    [{ trails: 3 } as object, 'options.trails: expected one of the options'],
  ])('refuses %j', async (options, message) => {
    const run = search({ space, objective: square, ...sequential, ...(options as object) });
    await expect(run).rejects.toThrow(ArgumentError);
    await expect(run).rejects.toThrow(message);
  });
});
