import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  activation,
  adam,
  batchNorm,
  customLoss,
  dense,
  dropout,
  gaussianNoise,
  type History,
  layerNorm,
  load,
  type Model,
  matrix,
  maxout,
  multiOutput,
  prelu,
  residual,
  sequential,
  sgd,
  type TrainingCheckpoint,
  type TrainingEvent,
  type TrainingStart,
  variationalAutoencoder,
} from '../../lib/index.js';
import { clusters, randomNumbers } from '../model/data.js';
import { checkpointsIn, cutBehind, timeless, weightsOf } from './runs.js';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'layerwise-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

type Trainable = Model & { fit(data: unknown, options: object): PromiseLike<History> };

interface Case {
  build(): unknown;
  readonly data: unknown;
  readonly options: object;
}

let folders = 0;

/**
 * Trains as a whole, and again in parts: each goes on behind the first checkpoint of the one before, with another number
 * of threads, until the last one begins with the end.
 */
async function compare(given: Case, everyUpdates: number, most = 100): Promise<void> {
  const { data, options } = given;
  const directory = join(root, String(folders++));
  const whole = given.build() as Trainable;
  const history = timeless(await whole.fit(data, options));
  let last = '';
  for (let part = 0; part < most; part++) {
    const model = given.build() as Trainable;
    const told: number[] = [];
    const resumed = await model.fit(data, {
      ...options,
      threads: 1 + (part % 3),
      checkpoint: { directory, everyUpdates, keep: 1000 },
      resume: 'auto',
      onEvent: (event: TrainingEvent) => event.type === 'epoch' && void told.push(event.epoch),
    });
    expect(timeless(resumed)).toEqual(history);
    expect(weightsOf(model)).toEqual(weightsOf(whole));
    // Only the rest was told of.
    const first = history.epochs.length - told.length + 1;
    expect(told).toEqual(Array.from(told, (_, index) => first + index));
    const names = await checkpointsIn(directory);
    const next = names[names.indexOf(last) + 1];
    if (next === undefined) return expect(told).toEqual([]);
    await cutBehind(directory, next);
    last = next;
  }
}

const numbers = (rows: number, columns: number, seed = 1) => {
  const random = randomNumbers(seed);
  return matrix(
    Float32Array.from({ length: rows * columns }, () => random() - 0.5),
    rows,
    columns,
  );
};

const classifier = () =>
  sequential(
    [
      dense(8, { activation: 'relu' }),
      batchNorm(),
      dropout({ rate: 0.3 }),
      dense(3, { activation: 'softmax' }),
    ],
    { inputSize: 2, seed: 5 },
  );

const data = clusters(90);
const options = { epochs: 6, batchSize: 16, threads: 1 };

/** Two numbers, and their sum. */
const numbersAndSums = () => {
  const random = randomNumbers(5);
  const inputs = Array.from({ length: 40 }, () => [random(), random()]);
  return { inputs, targets: inputs.map(([x = 0, y = 0]) => [x + y]) };
};
const withOneFarAway = () => {
  const { inputs, targets } = numbersAndSums();
  return { inputs: inputs.with(17, [1e30, 0]), targets };
};
const regressor = () => sequential([dense(4), dense(1)], { inputSize: 2, seed: 1 });

const cases: Record<string, Case> = {
  'updates that are left out': {
    build: regressor,
    data: withOneFarAway(),
    options: { epochs: 3, batchSize: 8, threads: 1, shuffle: false, onNonFinite: 'skipBatch' },
  },
  'epochs that are begun again': {
    build: regressor,
    data: numbersAndSums(),
    options: {
      ...{ epochs: 4, batchSize: 8, threads: 1, optimizer: sgd({ learningRate: 1e6 }) },
      onNonFinite: { action: 'rollback', factor: 1e-4, times: 20 },
    },
  },
  'dropout and batch normalisation': { build: classifier, data, options },
  'layers that learn more than weights': {
    build: () =>
      sequential(
        [
          residual([dense(2), layerNorm(), activation('tanh')]),
          dense(6),
          prelu(),
          gaussianNoise({ standardDeviation: 0.1 }),
          maxout(4, { pieces: 2 }),
          dense(3, { activation: 'softmax' }),
        ],
        { inputSize: 2 },
      ),
    data,
    options,
  },
  'metrics, validation, early stopping and averages': {
    build: classifier,
    data,
    options: {
      ...options,
      validation: 0.2,
      metrics: ['accuracy', 'logLoss'],
      averaging: { decay: 0.9 },
      earlyStopping: { patience: 2, monitor: 'validation.accuracy' },
    },
  },
  'weights of the best epoch': {
    build: classifier,
    data,
    options: {
      ...options,
      optimizer: adam({ learningRate: 0.5 }),
      validation: { data: clusters(30) },
      earlyStopping: { patience: 100 },
    },
  },
  'a schedule that remembers': {
    build: classifier,
    data,
    options: { ...options, schedule: { type: 'reduceOnPlateau', patience: 1, factor: 0.5 } },
  },
  'updates of several batches, and statistics': {
    build: classifier,
    data,
    options: {
      ...options,
      accumulateBatches: 4,
      gradientClipping: { norm: 1 },
      statistics: { everyUpdates: 2 },
    },
  },
  bfloat16: { build: classifier, data, options: { ...options, precision: 'bf16' } },
  'L-BFGS': {
    build: () =>
      sequential([dense(6, { activation: 'tanh' }), dense(3, { activation: 'softmax' })], {
        inputSize: 2,
      }),
    data,
    options: { epochs: 8, optimizer: 'lbfgs', threads: 1 },
  },
  'a custom loss': {
    build: () => sequential([dense(1)], { inputSize: 3 }),
    data: { inputs: numbers(40, 3), targets: numbers(40, 1, 2) },
    options: {
      ...options,
      loss: customLoss((outputs, targets, { rows }) => {
        const gradient = outputs.map((y, i) => (2 * (y - (targets[i] ?? 0))) / rows);
        const loss = outputs.reduce((sum, y, i) => sum + (y - (targets[i] ?? 0)) ** 2, 0) / rows;
        return { loss, gradient };
      }),
    },
  },
  'several outputs': {
    build: () =>
      multiOutput(
        [dense(6, { activation: 'relu' })],
        { one: dense(3, { activation: 'softmax' }), two: dense(2) },
        { inputSize: 2 },
      ),
    data: { inputs: data.inputs, targets: { one: data.targets, two: numbers(90, 2) } },
    options: { ...options, outputs: { one: { metrics: ['accuracy'], weight: 2 } } },
  },
  'a variational autoencoder': {
    build: () => variationalAutoencoder({ inputSize: 6, hidden: [5], code: 2 }),
    data: { inputs: numbers(40, 6), weights: Float32Array.from({ length: 40 }, (_, i) => i % 3) },
    options,
  },
};

describe('a run that goes on ends as one that was never ended:', () => {
  test.each(Object.keys(cases))('%s', async (name) => {
    await compare(cases[name] as Case, 3);
  });

  test('whatever its network, optimizer, schedule and options are', async () => {
    const layer = fc.constantFrom(
      () => dense(5, { activation: 'relu' }),
      () => dense(3, { activation: 'tanh', bias: false }),
      () => batchNorm(),
      () => dropout({ rate: 0.2 }),
      () => activation('gelu'),
      () => gaussianNoise({ standardDeviation: 0.05 }),
    );
    const given = fc.record({
      layers: fc.array(layer, { maxLength: 4 }),
      optimizer: fc.constantFrom(
        'sgd',
        'adam',
        'adamW',
        'rmsprop',
        'adagrad',
        'adadelta',
        'nadam',
        'amsgrad',
        'lion',
        'nesterov',
      ),
      schedule: fc.constantFrom('constant', 'cosine', 'exponential', 'oneCycle', 'reduceOnPlateau'),
      batchSize: fc.integer({ min: 4, max: 50 }),
      accumulateBatches: fc.integer({ min: 1, max: 3 }),
      averaging: fc.constantFrom(undefined, { decay: 0.8 }),
      validation: fc.constantFrom(undefined, 0.3),
      earlyStopping: fc.constantFrom(undefined, { patience: 1 }),
      shuffle: fc.boolean(),
      decayBiases: fc.boolean(),
      seed: fc.nat(),
      everyUpdates: fc.integer({ min: 1, max: 12 }),
    });
    await fc.assert(
      fc.asyncProperty(given, async ({ layers, everyUpdates, ...own }) => {
        const build = () =>
          sequential([...layers.map((make) => make()), dense(3, { activation: 'softmax' })], {
            inputSize: 2,
          });
        const run = { build, data, options: { epochs: 4, threads: 1, ...own } };
        await compare(run, everyUpdates, 6);
      }),
      { numRuns: 25, seed: 3 },
    );
  });

  test('whatever is trained by L-BFGS', async () => {
    const layer = fc.constantFrom(
      () => dense(5, { activation: 'tanh' }),
      () => dense(3, { activation: 'sigmoid', bias: false }),
      () => batchNorm(),
      () => activation('gelu'),
    );
    const given = fc.record({
      layers: fc.array(layer, { maxLength: 3 }),
      optimizer: fc.record({
        type: fc.constant('lbfgs' as const),
        historySize: fc.integer({ min: 1, max: 6 }),
      }),
      validation: fc.constantFrom(undefined, 0.3),
      earlyStopping: fc.constantFrom(undefined, { patience: 1 }),
      batchSize: fc.integer({ min: 4, max: 50 }),
      seed: fc.nat(),
      everyUpdates: fc.integer({ min: 1, max: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(given, async ({ layers, everyUpdates, ...own }) => {
        const build = () =>
          sequential([...layers.map((make) => make()), dense(3, { activation: 'softmax' })], {
            inputSize: 2,
          });
        const run = { build, data, options: { epochs: 7, threads: 1, ...own } };
        await compare(run, everyUpdates, 6);
      }),
      { numRuns: 15, seed: 3 },
    );
  });
});

describe('a finished run', () => {
  const checkpoint = () => ({ directory: join(root, 'run'), everyEpochs: 2 });

  test('is over at once, and goes on for more epochs', async () => {
    const whole = classifier();
    const history = timeless(await whole.fit(data, { ...options, epochs: 9 }));
    const first = classifier();
    const before = await first.fit(data, { ...options, checkpoint: checkpoint() });
    const again = classifier();
    const resumed = { ...options, checkpoint: checkpoint(), resume: 'auto' } as const;
    expect(timeless(await again.fit(data, resumed))).toEqual(timeless(before));
    expect(weightsOf(again)).toEqual(weightsOf(first));
    const more = classifier();
    expect(timeless(await more.fit(data, { ...resumed, epochs: 9 }))).toEqual(history);
    expect(weightsOf(more)).toEqual(weightsOf(whole));
  });

  test('has taken the time of its parts, each once', async () => {
    const own = { ...options, epochs: 30 };
    await classifier().fit(data, { ...own, checkpoint: checkpoint() });
    for (let turn = 0; turn < 2; turn++) {
      const resumed = { ...own, checkpoint: checkpoint(), resume: 'auto' } as const;
      const { seconds, rowsPerSecond } = await classifier().fit(data, resumed);
      expect((seconds * rowsPerSecond) / (30 * 90)).toBeCloseTo(1);
    }
  });

  test('has begun no fewer epochs than are asked for', async () => {
    await classifier().fit(data, { ...options, checkpoint: checkpoint() });
    const run = classifier().fit(data, {
      ...{ ...options, epochs: 5 },
      checkpoint: checkpoint(),
      resume: 'auto',
    });
    await expect(run).rejects.toThrow(/epochs: expected at least the 6 .*received 5/);
  });
});

describe('a checkpoint', () => {
  test('is a model, too', async () => {
    const model = classifier();
    model.annotations = { classes: ['a', 'b', 'c'] };
    await model.fit(data, { ...options, checkpoint: { directory: root, everyEpochs: 1 } });
    const names = await checkpointsIn(root);
    const saved = await load(join(root, names.at(-1) ?? ''), 'sequential');
    expect(weightsOf(saved)).toEqual(weightsOf(model));
    expect(saved.annotations).toEqual(model.annotations);
    const before = await load(join(root, names[0] ?? ''), 'sequential');
    expect(weightsOf(before)).not.toEqual(weightsOf(model));
  });

  test('is told of, and written when it is asked for', async () => {
    const told: TrainingCheckpoint[] = [];
    const starts: number[] = [];
    const run = classifier().fit(data, {
      ...{ ...options, epochs: 2000 },
      checkpoint: { directory: root, everyEpochs: 1_000_000 },
      listeners: [
        {
          onCheckpoint: (checkpoint) => void told.push(checkpoint),
          onStart: ({ epochsBefore }) => void starts.push(epochsBefore.length),
        },
      ],
    });
    const path = await run.checkpoint();
    expect(await checkpointsIn(root)).toEqual([path.slice(root.length + 1)]);
    run.stop();
    const { stopReason } = await run;
    const end = await run.checkpoint();
    expect(told.map((checkpoint) => checkpoint.path)).toEqual(
      stopReason === 'stopped' ? [path, end] : told.map(({ path }) => path),
    );
    expect(told[0]).toMatchObject({ path, updates: expect.any(Number), epoch: expect.any(Number) });
    expect(starts).toEqual([0]);
  });

  test('is written of a run that is aborted, and another model goes on with it', async () => {
    const whole = classifier();
    const history = timeless(await whole.fit(data, { ...options, epochs: 40 }));
    const checkpoint = { directory: root, everySeconds: 1000 };
    const resumed = { ...options, epochs: 40, checkpoint, resume: 'auto' } as const;
    const reason = new Error('enough');
    let before = 0;
    const onStart = ({ epochsBefore }: TrainingStart): void => {
      before = epochsBefore.length;
    };
    for (const end of [3, 11, 25]) {
      const controller = new AbortController();
      const run = classifier().fit(data, {
        ...resumed,
        signal: controller.signal,
        listeners: [{ onStart }],
        onEvent: (event) => {
          if (event.type === 'epoch' && event.epoch >= end) controller.abort(reason);
        },
      });
      await run.then(undefined, (error: unknown) => expect(error).toBe(reason));
    }
    expect(before).toBeGreaterThanOrEqual(11);
    const last = classifier();
    expect(timeless(await last.fit(data, resumed))).toEqual(history);
    expect(weightsOf(last)).toEqual(weightsOf(whole));
  });

  test('gives its weights to a run that is stopped before it goes on', async () => {
    const before = classifier();
    await before.fit(data, { ...options, checkpoint: { directory: root } });
    const model = classifier();
    const more = {
      ...options,
      epochs: 9,
      checkpoint: { directory: root },
      resume: 'auto',
    } as const;
    const run = model.fit(data, more);
    run.stop();
    expect(await run).toMatchObject({ stopReason: 'stopped', epochs: [] });
    expect(weightsOf(model)).toEqual(weightsOf(before));
    const again = classifier();
    expect((await again.fit(data, more)).epochs).toHaveLength(9);
  });

  test('is read, too, where the run is stopped while it waits for another writer', async () => {
    const before = classifier();
    await before.fit(data, { ...options, checkpoint: { directory: root } });
    const lock = join(root, 'checkpoints.lock');
    await writeFile(lock, 'of another machine');
    const model = classifier();
    const run = model.fit(data, { ...options, checkpoint: { directory: root }, resume: 'auto' });
    run.stop();
    expect(await run).toMatchObject({ stopReason: 'stopped', epochs: [] });
    expect(await readFile(lock, 'utf8')).toBe('of another machine');
    expect(weightsOf(model)).toEqual(weightsOf(before));
  });

  test('may be named, or its folder, and is left where it is', async () => {
    const whole = classifier();
    const history = timeless(await whole.fit(data, options));
    const checkpoint = { directory: join(root, 'from'), everyUpdates: 5, keep: 100 };
    await classifier().fit(data, { ...options, checkpoint });
    const names = await checkpointsIn(checkpoint.directory);
    for (const resume of [join(checkpoint.directory, names[0] ?? ''), checkpoint.directory]) {
      const again = classifier();
      expect(timeless(await again.fit(data, { ...options, resume }))).toEqual(history);
      expect(weightsOf(again)).toEqual(weightsOf(whole));
    }
    // The run may be kept elsewhere.
    const elsewhere = { directory: join(root, 'to'), everyUpdates: 1000 };
    const moved = { ...options, resume: checkpoint.directory, checkpoint: elsewhere };
    expect(timeless(await classifier().fit(data, moved))).toEqual(history);
    expect(await checkpointsIn(elsewhere.directory)).toEqual([names.at(-1)]);
    expect(await checkpointsIn(checkpoint.directory)).toEqual(names);
    // In its own folder, what comes behind it is replaced.
    const resume = join(checkpoint.directory, names[0] ?? '');
    const back = classifier();
    await back.fit(data, { ...options, resume, checkpoint: { ...checkpoint, everyUpdates: 1000 } });
    expect(weightsOf(back)).toEqual(weightsOf(whole));
    expect(await checkpointsIn(checkpoint.directory)).toEqual([names[0], names.at(-1)]);
  });
});
