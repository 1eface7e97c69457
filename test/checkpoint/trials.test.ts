import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  dense,
  type StreamPosition,
  type SupervisedStream,
  sequential,
  type TrainingEvent,
  type TrainingStart,
} from '../../lib/index.js';
import {
  type CrossValidationResult,
  choice,
  openStudy,
  readStudy,
  type TrialFit,
} from '../../lib/search/index.js';
import { clusters } from '../model/data.js';
import { checkpointsIn, ofVersion, timeless } from './runs.js';

let root: string;
let path: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'layerwise-'));
  path = join(root, 'study.jsonl');
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** Enough of them that a training lasts until the event loop has heard of its beginning. */
const data = clusters(4000);
const space = { units: choice([3, 5]) };
const build = (units: number) =>
  sequential([dense(units, { activation: 'relu' }), dense(3, { activation: 'softmax' })], {
    inputSize: 2,
  });
const options = { epochs: 60, validation: 0.2, batchSize: 8 };
const run = { trials: 1, parallel: 1, threads: 1 };

/** Ends the search, as Ctrl-C does, when the trial has reported so many epochs. */
async function interruptedAt(epoch: number): Promise<void> {
  const study = await openStudy(path, { space, seed: 1 });
  const controller = new AbortController();
  const searching = study.run(
    (trial) =>
      trial.fit(build(trial.values.units), data, {
        ...options,
        checkpoint: { everyEpochs: 1 },
        onEvent: (event) => {
          if (event.type === 'epoch' && event.epoch === epoch) controller.abort();
        },
      }),
    { ...run, signal: controller.signal },
  );
  await expect(searching).rejects.toThrow();
  study.close();
}

describe('the training of a trial', () => {
  test('goes on when its study does, with what it had reported', async () => {
    const whole: { fit?: TrialFit } = {};
    const fresh = await openStudy(join(root, 'whole.jsonl'), { space, seed: 1 });
    await fresh.run(async (trial) => {
      whole.fit = await trial.fit(build(trial.values.units), data, options);
      return whole.fit;
    }, run);
    fresh.close();
    for (const epoch of [2, 20]) await interruptedAt(epoch);
    expect(await readdir(join(root, 'study.jsonl.checkpoints'))).toEqual(['trial-0']);
    const study = await openStudy(path, { space, seed: 1 });
    const begun: number[] = [];
    const parts: { fit?: TrialFit } = {};
    const onStart = ({ epochsBefore }: TrainingStart) => void begun.push(epochsBefore.length);
    await study.run(async (trial) => {
      const listeners = [{ onStart }];
      parts.fit = await trial.fit(build(trial.values.units), data, { ...options, listeners });
      return parts.fit;
    }, run);
    study.close();
    expect(begun[0]).toBeGreaterThanOrEqual(2);
    const { history, ...result } = parts.fit as TrialFit;
    const { history: wanted, ...best } = whole.fit as TrialFit;
    expect(result).toEqual(best);
    expect(timeless(history)).toEqual(timeless(wanted));
    const [trial] = (await readStudy(path)).trials;
    const [other] = (await readStudy(join(root, 'whole.jsonl'))).trials;
    expect(trial?.reports).toEqual(other?.reports);
    // Nobody goes on with a trial that has ended.
    expect(existsSync(join(root, 'study.jsonl.checkpoints'))).toBe(false);
  });

  test('begins anew where the objective has changed', async () => {
    await interruptedAt(3);
    const study = await openStudy(path, { space, seed: 1 });
    let history: TrialFit['history'] | undefined;
    const begun: number[] = [];
    const onStart = ({ epochsBefore }: TrainingStart) => void begun.push(epochsBefore.length);
    await study.run(async (trial) => {
      const changed = { ...options, batchSize: 9, listeners: [{ onStart }] };
      const fit = await trial.fit(build(trial.values.units), data, changed);
      history = fit.history;
      return fit;
    }, run);
    study.close();
    expect(begun).toEqual([0]);
    expect(history?.epochs).toHaveLength(60);
    expect(study.trials[0]?.state).toBe('complete');
  });

  test('begins anew, and says so, where another version has kept it', async () => {
    await interruptedAt(3);
    const kept = join(root, 'study.jsonl.checkpoints', 'trial-0', 'fit-1');
    const names = await checkpointsIn(kept);
    for (const name of names) await ofVersion(join(kept, name), 9);
    const study = await openStudy(path, { space, seed: 1 });
    let history: TrialFit['history'] | undefined;
    await study.run(async (trial) => {
      const fit = await trial.fit(build(trial.values.units), data, options);
      history = fit.history;
      return fit;
    }, run);
    study.close();
    expect(history?.epochs).toHaveLength(60);
    expect(history?.warnings).toMatchObject([
      {
        code: 'damagedCheckpoint',
        path: expect.stringContaining(join(kept, names.at(-1) ?? '')),
        problem: '1 expected, 9',
      },
    ]);
    expect(study.trials[0]).toMatchObject({ state: 'complete', error: null });
  });

  test('goes on with a stream that begins anywhere, and takes no other', async () => {
    const { inputs, targets } = data;
    const values = Float32Array.from(inputs.values);
    async function* rowsFrom(row: number) {
      for (let at = row; at < targets.length; at += 100) {
        const end = at + 100;
        yield { inputs: values.subarray(2 * at, 2 * end), targets: targets.slice(at, end) };
      }
    }
    const rows = ({ row }: StreamPosition) => rowsFrom(row);
    const short = { epochs: 4, batchSize: 8, checkpoint: { everyEpochs: 1 } };
    const train = async (file: string, stream: SupervisedStream, stopAt?: number) => {
      const study = await openStudy(join(root, file), { space, seed: 1 });
      const controller = new AbortController();
      const told: number[] = [];
      let result: TrialFit | undefined;
      const onEvent = (event: TrainingEvent) => {
        if (event.type !== 'epoch') return;
        told.push(event.epoch);
        if (event.epoch === stopAt) controller.abort();
      };
      const running = study.run(
        async (trial) => {
          result = await trial.fit(build(trial.values.units), stream, { ...short, onEvent });
          return result;
        },
        { ...run, signal: controller.signal },
      );
      if (stopAt === undefined) await running;
      else await expect(running).rejects.toThrow();
      study.close();
      return { result, told, error: study.trials[0]?.error };
    };
    const stream = { rows, rowsPerEpoch: targets.length };
    const whole = await train('whole.jsonl', stream);
    await train('study.jsonl', stream, 2);
    const rest = await train('study.jsonl', stream);
    expect(rest.told[0]).toBeGreaterThan(1);
    expect(timeless(rest.result?.history as TrialFit['history'])).toEqual(
      timeless(whole.result?.history as TrialFit['history']),
    );
    const plain = await train('plain.jsonl', { ...stream, rows: rowsFrom(0) });
    expect(plain.error).toContain('a plain async iterable cannot begin anywhere');
  });

  test('goes on in each fold of a cross-validation', async () => {
    const validate = async (file: string, stopAt?: number) => {
      const study = await openStudy(join(root, file), { space, seed: 1 });
      const controller = new AbortController();
      const told: number[] = [];
      let result: CrossValidationResult | undefined;
      const searching = study.run(
        async (trial) => {
          result = await trial.crossValidate(() => build(trial.values.units), data, {
            ...{ epochs: 20, batchSize: 8, crossValidation: 3 },
            checkpoint: { everyUpdates: 1 },
            onEvent: (event) => {
              if (event.type !== 'epoch') return;
              told.push(event.epoch);
              if (told.length === stopAt) controller.abort();
            },
          });
          return result;
        },
        { ...run, signal: controller.signal },
      );
      await searching.catch(() => {});
      study.close();
      return { told, result };
    };
    const whole = await validate('whole.jsonl');
    expect((await validate('study.jsonl', 25)).result).toBeUndefined();
    const { told, result } = await validate('study.jsonl');
    // The first fold was over, and the second one had begun.
    expect(told.length).toBeLessThan(60 - 20);
    expect(result?.value).toBe(whole.result?.value);
    expect(result?.folds.map(({ history }) => timeless(history))).toEqual(
      whole.result?.folds.map(({ history }) => timeless(history)),
    );
  });

  test('of a study without a journal, or that is short, leaves no files', async () => {
    const study = await openStudy(path, { space, seed: 1 });
    await study.run((trial) => trial.fit(build(trial.values.units), data, options), run);
    expect((await readdir(root)).sort()).toEqual(['study.jsonl', 'study.jsonl.lock']);
    study.close();
  });

  test('takes no folder of its own', async () => {
    const study = await openStudy(path, { space, seed: 1 });
    const checkpoint = { directory: root } as object;
    await study.run(
      (trial) => trial.fit(build(trial.values.units), data, { ...options, checkpoint }),
      run,
    );
    study.close();
    expect(study.trials[0]?.error).toMatch(/checkpoint\.directory: expected one of the options/);
  });
});
