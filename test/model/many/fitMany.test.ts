import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import {
  ArgumentError,
  autoencoder,
  customLoss,
  DataError,
  DivergenceError,
  dense,
  dropout,
  fitMany,
  info,
  matrix,
  multiOutput,
  ShapeError,
  StateError,
  type SupervisedData,
  sequential,
  type TrainingEvent,
} from '../../../lib/index.js';
import { timeless, weightsOf } from '../../checkpoint/runs.js';
import { clusters, randomNumbers } from '../data.js';

const build = (seed = 0) =>
  sequential([dense(5, { activation: 'tanh' }), dense(3, { activation: 'softmax' })], {
    inputSize: 2,
    seed,
  });
const models = (count: number) => Array.from({ length: count }, (_, seed) => build(seed));
const data = clusters(60);
const common = { epochs: 3, batchSize: 16, threads: 2 } as const;

function numbers(rows: number, scale = 1): SupervisedData {
  const random = randomNumbers(rows);
  const values = Float32Array.from({ length: rows * 2 }, () => random() * scale);
  const targets = matrix(Float32Array.from({ length: rows }, random), rows, 1);
  return { inputs: matrix(values, rows, 2), targets };
}
const regressor = (seed = 0) => sequential([dense(4), dense(1)], { inputSize: 2, seed });

describe.each(info().availableInstructionSets)('many models on %s', (set) => {
  test('have the bits that each has by its own fit', async () => {
    const program = fileURLToPath(new URL('equality.mjs', import.meta.url));
    const env = { ...process.env, LAYERWISE_ISA: set };
    const { stdout } = await promisify(execFile)(process.execPath, [program], { env });
    expect(stdout).toBe('equal\n');
  }, 60_000);
});

describe('many models', () => {
  test.each([1, 2, 5, 17, 40])('train %i at a time, and tell the same', async (count) => {
    const [alone, together] = [models(count), models(count)];
    const histories = await fitMany(together, data, common);
    expect(histories).toHaveLength(count);
    for (const [index, model] of alone.entries()) {
      const history = await model.fit(data, common);
      expect(timeless(histories[index] as typeof history)).toEqual(timeless(history));
      expect(weightsOf(together[index] as typeof model)).toEqual(weightsOf(model));
    }
  });

  test('of other layers are trained as by fit', async () => {
    const noisy = () =>
      sequential([dense(6), dropout({ rate: 0.5 }), dense(3, { activation: 'softmax' })], {
        inputSize: 2,
      });
    const [one, other, alone] = [noisy(), build(), noisy()];
    await fitMany([one, other], data, common);
    await alone.fit(data, common);
    expect(weightsOf(one)).toEqual(weightsOf(alone));
  });

  test('of autoencoders take rows for each', async () => {
    const rows = [clusters(30).inputs, clusters(50).inputs, clusters(41).inputs];
    const make = () =>
      rows.map((_, seed) => autoencoder({ inputSize: 2, hidden: [4], code: 1, seed }));
    const [alone, together] = [make(), make()];
    await fitMany(together, rows, common);
    for (const [index, model] of alone.entries()) {
      await model.fit(rows[index] as (typeof rows)[number], common);
      expect(weightsOf(together[index] as typeof model)).toEqual(weightsOf(model));
    }
  });

  test('go on with their optimizers', async () => {
    const make = () => [build(1), build(2), build(3), build(4)];
    const [alone, together] = [make(), make()];
    await fitMany(together, data, common);
    await fitMany(together, data, { ...common, warmStart: true });
    for (const [index, model] of alone.entries()) {
      await model.fit(data, common);
      await model.fit(data, { ...common, warmStart: true });
      expect(weightsOf(together[index] as typeof model)).toEqual(weightsOf(model));
    }
  });

  test('tell their events with the numbers of the models', async () => {
    const events: (readonly [number, TrainingEvent])[] = [];
    const onEvent = (event: TrainingEvent, model: number) => events.push([model, event]);
    const run = fitMany(models(4), data, { ...common, onEvent });
    const [, second] = run.runs;
    const epochs: number[] = [];
    for await (const event of second ?? []) if (event.type === 'epoch') epochs.push(event.epoch);
    await run;
    expect(epochs).toEqual([1, 2, 3]);
    const ofThird = events.filter(([model, { type }]) => model === 2 && type === 'epoch');
    expect(ofThird).toHaveLength(3);
  });

  test('end with a listener that throws', async () => {
    const run = fitMany(models(4), data, {
      ...common,
      epochs: 1_000_000,
      onEvent: () => {
        throw new RangeError('enough');
      },
    });
    await expect(run).rejects.toThrow('enough');
  });

  test('are stopped, all or one of them', async () => {
    const run = fitMany(models(4), data, { ...common, epochs: 1_000_000 });
    run.runs[1]?.stop();
    expect((await run.runs[1])?.stopReason).toBe('stopped');
    run.stop();
    const reasons = (await run).map(({ stopReason }) => stopReason);
    expect(reasons).toEqual(['stopped', 'stopped', 'stopped', 'stopped']);
    const stopping = new AbortController();
    const aborted = fitMany(models(4), data, {
      ...common,
      epochs: 1_000_000,
      signal: stopping.signal,
    });
    stopping.abort(new RangeError('no time'));
    await expect(aborted).rejects.toThrow('no time');
  });

  test('train on where one of them diverges', async () => {
    const all = [0, 1, 2, 3, 4].map(regressor);
    const sets = [numbers(20), numbers(33), numbers(40, 1e30), numbers(25), numbers(20)];
    const run = fitMany(all, sets, { ...common, optimizer: 'sgd' });
    const failing = expect(run).rejects.toThrow(/^models\[2\]\.loss: expected finite numbers/);
    await failing;
    await expect(run).rejects.toBeInstanceOf(DivergenceError);
    const alone = [0, 1, 2, 3, 4].map(regressor);
    const ends = await Promise.allSettled(run.runs);
    for (const [index, model] of alone.entries()) {
      const own = model.fit(sets[index] as SupervisedData, { ...common, optimizer: 'sgd' });
      const end = ends[index];
      if (index === 2) {
        const message = await own.then(String, (error: unknown) => (error as Error).message);
        expect(end?.status === 'rejected' && end.reason.message).toBe(message);
      } else {
        await own;
      }
      expect(weightsOf(all[index] as typeof model)).toEqual(weightsOf(model));
    }
    // They are at rest.
    await fitMany(all.slice(0, 2), numbers(20), common);
  });

  const twice = build();
  const wrong: [string, () => PromiseLike<unknown>, new (...words: never) => Error, RegExp][] = [
    [
      'no models',
      () => fitMany([] as never, data as never),
      ArgumentError,
      /^models: expected an array of one/,
    ],
    ['no model', () => fitMany([build(), {} as never], data), ArgumentError, /^models\[1\]: /],
    [
      'a model twice',
      () => fitMany([build(), twice, twice], data),
      ArgumentError,
      /^models\[2\]: expected each model once, received the one of models\[1\]/,
    ],
    [
      'several outputs',
      () =>
        fitMany(
          [multiOutput([dense(2)], { a: dense(1) }, { inputSize: 2 }) as never],
          data as never,
        ),
      ArgumentError,
      /^models\[0\]: expected a model of one output/,
    ],
    [
      'models of two kinds',
      () => fitMany([build(), autoencoder({ inputSize: 2, hidden: [], code: 1 }) as never], data),
      ArgumentError,
      /^models\[1\]: expected a sequential model/,
    ],
    [
      'too little data',
      () => fitMany(models(3), [data, data]),
      ShapeError,
      /^data: expected 3 data/,
    ],
    [
      'a number that is none',
      () => fitMany(models(2), [data, { inputs: [[0, Number.NaN]], targets: [1] }]),
      DataError,
      /^data\[1\]\.inputs\[0\]\[1\]: /,
    ],
    [
      'targets that do not fit',
      () => fitMany(models(2), [data, { inputs: [[0, 1]], targets: [7] }]),
      DataError,
      /^data\[1\]\.targets\[0\]: /,
    ],
    [
      'inputs that do not fit all',
      () => fitMany(models(2), { inputs: [[1]], targets: [1] }),
      ShapeError,
      /^data\.inputs/,
    ],
    ['an option', () => fitMany(models(2), data, { epochs: 0 }), ArgumentError, /^epochs: /],
    [
      'an option of one',
      () => fitMany(models(2), data, { members: [{}, { batchSize: 100 }] }),
      ArgumentError,
      /^members\[1\]\.batchSize: expected at most the 60 rows/,
    ],
    [
      'too few members',
      () => fitMany(models(2), data, { members: [{}] }),
      ShapeError,
      /^members: expected 2, one for each model/,
    ],
    [
      'threads of one',
      () => fitMany(models(2), data, { members: [{}, { threads: 2 } as never] }),
      ArgumentError,
      /^members\[1\]\.threads: expected no such option of one of the models/,
    ],
    [
      'checkpoints',
      () => fitMany(models(2), data, { checkpoint: { directory: 'here' } } as never),
      ArgumentError,
      /^checkpoint: expected no such option of fitMany/,
    ],
    [
      'a loss of its own',
      () =>
        fitMany(models(2), data, {
          loss: customLoss(() => ({ loss: 0, gradient: new Float32Array() })) as never,
        }),
      ArgumentError,
      /^loss: expected a loss of the table/,
    ],
  ];
  test.each(wrong)('refuse %s', async (_, call, kind, message) => {
    const error: unknown = await call().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(String((error as Error)?.message)).toMatch(message);
    expect(error).toBeInstanceOf(kind);
  });

  test('do not begin where one trains already, and let go of the others', async () => {
    const [busy, free] = [build(), build(1)];
    const run = busy.fit(data, { epochs: 1_000_000, threads: 1 });
    const many = fitMany([free, busy], data, common);
    await expect(many).rejects.toThrow(/^models\[1\]: expected a model that is not training/);
    await expect(many).rejects.toBeInstanceOf(StateError);
    run.stop();
    await run;
    expect((await fitMany([free, busy], data, common)).map(({ stopReason }) => stopReason)).toEqual(
      ['completed', 'completed'],
    );
  });
});
