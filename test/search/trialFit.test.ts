import { describe, expect, expectTypeOf, test } from 'vitest';
import { autoencoder, matrix, type TrainingEvent } from '../../lib/index.js';
import { type Direction, type Pruner, Study, type TrialFit } from '../../lib/search/index.js';
import { classifier, once, space, type Trial } from './trials.js';

/** 60 points on two sides of a line. */
const rows = 60;
const inputs = matrix(
  Float32Array.from({ length: 2 * rows }, (_, i) => Math.sin(7 * i) + (i % 2)),
  rows,
  2,
);
const targets = Int32Array.from({ length: rows }, (_, row) =>
  Number((inputs.values[2 * row] ?? 0) + (inputs.values[2 * row + 1] ?? 0) > 1),
);
const data = { inputs, targets };

describe('the fit of a trial', () => {
  test('reports each epoch, and gives the best of them', async () => {
    const { record, result } = await once((trial) =>
      trial.fit(classifier(), data, {
        epochs: 6,
        validation: 0.2,
        optimizer: { type: 'adam', learningRate: trial.values.learningRate },
      }),
    );
    const losses = result?.history.epochs.map(({ validation }) => validation?.loss) ?? [];
    expect(record?.reports).toEqual(losses.map((value, index) => ({ step: index + 1, value })));
    expect(record?.value).toBe(Math.min(...losses.map(Number)));
    expect(losses[(result?.epoch ?? 0) - 1]).toBe(record?.value);
    expect(result?.history).toMatchObject({ stopReason: 'completed', threads: 1 });
  });

  test.each<[Direction, 'accuracy' | undefined, string]>([
    ['maximize', 'accuracy', 'accuracy'],
    ['minimize', undefined, 'loss'],
  ])('to %s monitors %s', async (direction, monitor, name) => {
    const { record, result } = await once(
      (trial) => trial.fit(classifier(), data, { epochs: 4, metrics: ['accuracy'], monitor }),
      { direction },
    );
    expectTypeOf(result).toEqualTypeOf<TrialFit<'accuracy'> | undefined>();
    const epochs = result?.history.epochs ?? [];
    const values = epochs.map(({ loss, metrics }) => (name === 'loss' ? loss : metrics.accuracy));
    expect(record?.reports.map(({ value }) => value)).toEqual(values);
    expect(record?.value).toBe(
      direction === 'maximize' ? Math.max(...values) : Math.min(...values),
    );
  });

  test('monitors what a function says', async () => {
    const { record } = await once((trial) =>
      trial.fit(classifier(), data, { epochs: 3, monitor: ({ epoch }) => -epoch }),
    );
    expect(record?.value).toBe(-3);
  });

  test('tells the listeners of its options, also of the end of one that is pruned', async () => {
    const second: Pruner = {
      name: 'second',
      options: {},
      shouldPrune: ({ trial }) => trial.reports.length > 1,
    };
    const told: string[] = [];
    const study = new Study({ space, pruner: second });
    await study.run(
      (trial) =>
        trial.fit(classifier(), data, {
          epochs: 1e6,
          listeners: [
            {
              onStart: ({ epochs }) => told.push(`start ${epochs}`),
              onEpoch: ({ epoch }) => told.push(`epoch ${epoch}`),
              onEnd: ({ stopReason }) => told.push(`end ${stopReason}`),
            },
          ],
        }),
      { trials: 1 },
    );
    expect(study.trials[0]?.state).toBe('pruned');
    expect(told.slice(0, 3)).toEqual(['start 1000000', 'epoch 1', 'epoch 2']);
    expect(told.at(-1)).toBe('end stopped');
  });

  test('that is pruned does not lose what its listener rejects with', async () => {
    const always: Pruner = { name: 'always', options: {}, shouldPrune: () => true };
    const study = new Study({ space, pruner: always });
    const onEvent = async ({ type }: TrainingEvent): Promise<void> => {
      await null;
      if (type === 'epoch') throw new Error('from the listener');
    };
    await study.run((trial) => trial.fit(classifier(), data, { epochs: 3, onEvent }), {
      ...{ trials: 1, parallel: 1, threads: 1 },
    });
    expect(study.trials[0]).toMatchObject({ state: 'failed', error: 'from the listener' });
  });

  test.each<[string, object, string]>([
    ['a listener', { onEvent: 5 }, 'onEvent: expected a function, received 5'],
    ['a signal', { signal: new AbortController() }, 'signal: expected an AbortSignal'],
  ])('refuses what is not %s', async (_, options, message) => {
    const study = new Study({ space });
    await study.run((trial) => trial.fit(classifier(), data, options), {
      ...{ trials: 1, parallel: 1, threads: 1 },
    });
    expect(study.trials[0]?.error).toContain(message);
  });

  test('trains autoencoders, and calls the listener of the user', async () => {
    const events: TrainingEvent[] = [];
    const { record } = await once((trial) =>
      trial.fit(autoencoder({ inputSize: 2, hidden: [4], code: 1 }), inputs, {
        epochs: 3,
        onEvent: (event) => events.push(event),
      }),
    );
    const epochs = events.filter((event) => event.type === 'epoch');
    expect(record?.reports.map(({ value }) => value)).toEqual(epochs.map(({ loss }) => loss));
  });

  const pruneAfter = (step: number): Pruner => ({
    name: 'pruneAfter',
    options: {},
    shouldPrune: ({ trial }) => (trial.reports.at(-1)?.step ?? 0) >= step,
  });

  test('ends when the trial is pruned, but not after its last epoch', async () => {
    const train = (epochs: number) => (trial: Trial) => trial.fit(classifier(), data, { epochs });
    // More epochs than any test waits for.
    const pruned = await once(train(1e8), { pruner: pruneAfter(2) });
    expect(pruned.record).toMatchObject({ state: 'pruned', value: null });
    expect(pruned.record?.reports).toHaveLength(2);
    const whole = await once(train(2), { pruner: pruneAfter(2) });
    expect(whole.record?.state).toBe('complete');
  });

  test('ends when the search is aborted', async () => {
    const controller = new AbortController();
    const study = new Study({ space });
    const run = study.run(
      (trial) =>
        trial.fit(classifier(), data, {
          epochs: 1e8,
          onEvent: () => controller.abort(new Error('enough')),
        }),
      { trials: 2, parallel: 2, threads: 2, signal: controller.signal },
    );
    await expect(run).rejects.toThrow('enough');
    expect(study.interrupted).toEqual([0, 1]);
  });

  test('fails by its own signal, by options, and by a metric that is not measured', async () => {
    const failures: [object, string][] = [
      [{ signal: AbortSignal.abort(new Error('too slow')) }, 'too slow'],
      [{ epochs: 0 }, 'epochs: expected an integer'],
      [{ monitor: 'accuracy' }, 'monitor: expected \'loss\', or a function, received "accuracy".'],
    ];
    for (const [options, error] of failures) {
      const { record } = await once((trial) => trial.fit(classifier(), data, options));
      expect(record?.state).toBe('failed');
      expect(record?.error).toContain(error);
    }
  });

  test('takes the names that the compiler knows', () => {
    const refused = (trial: Trial) => [
      // @ts-expect-error no such metric
      trial.fit(classifier(), data, { metrics: ['acuracy'] }),
      // @ts-expect-error a loss for another output
      trial.fit(classifier(), data, { loss: 'binaryCrossEntropy' }),
      // @ts-expect-error a metric that is not measured
      trial.fit(classifier(), data, { metrics: ['accuracy'], monitor: 'topKAccuracy' }),
    ];
    expectTypeOf(refused).toBeFunction();
  });
});
