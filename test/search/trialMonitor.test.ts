import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ArgumentError } from '../../lib/errors.js';
import { adam, customLoss, dense, matrix, multiOutput } from '../../lib/index.js';
import {
  choice,
  type Direction,
  medianPruner,
  openStudy,
  readStudy,
  Study,
  type StudyEvent,
  search,
  searchModel,
  tpeSampler,
} from '../../lib/search/index.js';
import { classifier, once, space, type Trial } from './trials.js';

/** 80 points on two sides of a line, which any network learns in time. */
const rows = 80;
const inputs = matrix(
  Float32Array.from({ length: 2 * rows }, (_, i) => Math.sin(7 * i) + (i % 2)),
  rows,
  2,
);
const targets = Int32Array.from({ length: rows }, (_, row) =>
  Number((inputs.values[2 * row] ?? 0) + (inputs.values[2 * row + 1] ?? 0) > 1),
);
const data = { inputs, targets };
const accuracy = { epochs: 6, metrics: ['accuracy'], monitor: 'accuracy' } as const;

const epochsOf = (trial: Trial, options: object = {}) =>
  trial.fit(classifier(), data, { ...accuracy, ...options });

describe('what a trial is judged by', () => {
  test.each([
    ['accuracy', 'accuracy', 'maximize'],
    ['validation.accuracy', 'accuracy', 'maximize'],
    ['f1', { type: 'f1', average: 'macro' }, 'maximize'],
    ['validation.meanAbsoluteError', 'meanAbsoluteError', 'minimize'],
    ['validation.loss', 'accuracy', 'minimize'],
  ] as const)(
    '%s of the validation says in which direction',
    async (monitor, metric, direction) => {
      const study = await new Study({ space }).run(
        (trial) =>
          trial.fit(classifier(), data, {
            ...{ epochs: 6, validation: 0.25, metrics: [metric], monitor },
          } as object),
        { trials: 1, threads: 1 },
      );
      expect(study.direction).toBe(direction);
      const values = study.trials[0]?.reports.map(({ value }) => value ?? Number.NaN) ?? [];
      expect(values).toHaveLength(6);
      const best = direction === 'maximize' ? Math.max(...values) : Math.min(...values);
      expect(study.best?.value).toBe(best);
    },
  );

  test('is the same under both of its names', async () => {
    const reportsOf = async (monitor: string) => {
      const { record } = await once((trial) =>
        epochsOf(trial, { validation: 0.25, monitor } as object),
      );
      return record?.reports;
    };
    expect(await reportsOf('validation.accuracy')).toEqual(await reportsOf('accuracy'));
  });

  test('is what early stopping goes by, too', async () => {
    const { result } = await once((trial) =>
      epochsOf(trial, { epochs: 60, validation: 0.25, earlyStopping: { patience: 4 } }),
    );
    expect(result?.history.bestEpoch).toBe(result?.epoch);
  });

  test('is a metric of one of several outputs', async () => {
    const model = () =>
      multiOutput(
        [dense(4, { activation: 'tanh' })],
        { side: dense(2, { activation: 'softmax' }), sum: dense(1) },
        { inputSize: 2 },
      );
    const sums = Float32Array.from({ length: rows }, (_, row) => inputs.values[2 * row] ?? 0);
    const heads = { inputs, targets: { side: targets, sum: sums } };
    const outputs = { side: { metrics: ['accuracy'] }, sum: { metrics: ['r2'] } } as const;
    for (const monitor of ['side.accuracy', 'validation.sum.r2'] as const) {
      const study = await new Study({ space: { epochs: choice([1, 12]) } }).run(
        // What JavaScript may give: the types know of models with one output.
        (trial) =>
          trial.fit(
            model() as never,
            heads as never,
            {
              ...{ epochs: trial.values.epochs, validation: 0.2, outputs, monitor },
            } as object,
          ),
        { trials: 4, threads: 1 },
      );
      expect(study.direction).toBe('maximize');
      expect(study.best?.value).toBe(Math.max(...study.trials.map(({ value }) => Number(value))));
    }
  });

  test('is made small where it is a loss, one of your own too', async () => {
    const loss = customLoss((outputs, wanted) => {
      const gradient = outputs.map((value, index) => (value - (wanted[index] ?? 0)) / rows);
      return { loss: gradient.reduce((sum, value) => sum + rows * value * value, 0), gradient };
    });
    const study = await new Study({ space }).run(
      (trial) => trial.fit(classifier(), data, { epochs: 2, loss }),
      { trials: 1, threads: 1 },
    );
    expect(study.direction).toBe('minimize');
    await expect(
      new Study({ space, direction: 'maximize' }).run(
        (trial) => trial.fit(classifier(), data, { epochs: 2, loss }),
        { trials: 1, threads: 1 },
      ),
    ).rejects.toThrow("direction: expected 'minimize', as less is better of 'loss'");
  });

  test('has to be measured', async () => {
    const failures: [object, string][] = [
      [{ monitor: 'acuracy' }, "monitor: expected 'loss' or 'accuracy', or a function, received"],
      [
        { monitor: 'validation.accuracy' },
        'or a function, as there is no validation, received "validation.accuracy". Give `validation: 0.1`, say',
      ],
      [{ metrics: ['acuracy'], monitor: 'acuracy' }, 'metrics[0]: expected'],
    ];
    for (const [options, message] of failures) {
      const { record } = await once((trial) => epochsOf(trial, options));
      expect(record?.error).toContain(message);
    }
  });
});

describe('the direction of a study', () => {
  /** Whose networks are the better the longer they train: the accuracy tells, not the space. */
  const longer = (options: object = {}) =>
    searchModel({
      space: { epochs: choice([1, 4, 40]) },
      build: classifier,
      data,
      fit: ({ epochs }) => ({ ...accuracy, epochs }),
      ...{ trials: 9, parallel: 1, threads: 1 },
      ...options,
    });

  test('follows from the metric, for the best trial, samplers and pruners alike', async () => {
    const { best, study } = await longer({ sampler: tpeSampler({ startupTrials: 3 }) });
    expect(study.direction).toBe('maximize');
    expect(best.value).toBe(Math.max(...study.trials.map(({ value }) => value ?? 0)));
  });

  test('is that of the pruner: who learns goes on, who does not is pruned', async () => {
    const rates = [1e-6, 0.1, 1e-6];
    const study = await new Study({
      space: { rate: choice([1e-6, 0.1]) },
      sampler: {
        ...{ name: 'listed', options: {} },
        suggest: ({ number }) => ({ rate: rates[number] ?? 0 }),
      },
      pruner: medianPruner({ startupTrials: 1, compareWith: 'value' }),
    }).run(
      (trial) =>
        trial.fit(classifier(), data, {
          ...accuracy,
          epochs: 40,
          optimizer: adam({ learningRate: trial.values.rate }),
        }),
      { trials: 3, parallel: 1, threads: 1 },
    );
    expect(study.trials.map(({ state }) => state)).toEqual(['complete', 'complete', 'pruned']);
    expect(study.best?.number).toBe(1);
    expect(study.best?.value).toBeGreaterThan(0.9);
  });

  test('follows from what folds are judged by', async () => {
    const { study, best } = await longer({ crossValidation: 3 });
    expect(study.direction).toBe('maximize');
    expect(best.value).toBe(Math.max(...study.trials.map(({ value }) => value ?? 0)));
  });

  test.each<[Direction, string, string]>([
    ['minimize', 'accuracy', "expected 'maximize', as more is better of 'accuracy'"],
    ['maximize', 'loss', "expected 'minimize', as less is better of 'loss'"],
  ])('to %s is refused where %s is monitored, at once', async (direction, monitor, message) => {
    const options = { ...accuracy, monitor } as object;
    const run = { space, direction, trials: 5, threads: 1 };
    let trials = 0;
    const objective = (trial: Trial) => {
      trials++;
      return trial.fit(classifier(), data, options);
    };
    const error = await search({ ...run, objective }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ArgumentError);
    expect(String(error)).toContain(message);
    expect(trials).toBe(1);
    const judged = { space, build: classifier, data, direction, fit: options, trials: 5 };
    await expect(searchModel(judged)).rejects.toThrow(message);
    await expect(searchModel({ ...judged, crossValidation: 3 })).rejects.toThrow(message);
  });

  test('is yours where a function says what is good', async () => {
    for (const direction of ['minimize', 'maximize'] as const) {
      const { record } = await once((trial) => epochsOf(trial, { monitor: countEpochs }), {
        direction,
      });
      expect(record?.value).toBe(direction === 'maximize' ? 6 : 1);
    }
  });

  const countEpochs = ({ epoch }: { epoch: number }) => epoch;

  test('does not change once there are values', async () => {
    const study = new Study({ space });
    study.ask()?.complete(1);
    await expect(study.run((trial) => epochsOf(trial), { trials: 2, threads: 1 })).rejects.toThrow(
      "received 'minimize'",
    );
    expect(study.direction).toBe('minimize');
  });

  test('is among the events, from which a study goes on', async () => {
    const events: StudyEvent[] = [];
    const onEvent = (event: StudyEvent) => events.push(event);
    await new Study({ space, onEvent, now: () => 7 }).run((trial) => epochsOf(trial), {
      trials: 1,
      threads: 1,
    });
    expect(events[1]).toEqual({ type: 'directed', direction: 'maximize', at: 7 });
    expect(new Study({ space, events }).direction).toBe('maximize');
  });

  test('is in the journal, and holds for whoever goes on with it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'layerwise-'));
    try {
      const journal = join(folder, 'study.jsonl');
      const options = { space, journal, threads: 1 };
      const objective = (trial: Trial) => epochsOf(trial);
      await search({ ...options, objective, trials: 2 });
      expect(readFileSync(journal, 'utf8')).toContain('{"type":"directed","direction":"maximize"');
      expect((await readStudy(journal)).direction).toBe('maximize');
      expect((await search({ ...options, objective, trials: 3 })).direction).toBe('maximize');
      await expect(openStudy(journal, { space, direction: 'minimize' })).rejects.toThrow(
        'direction: expected "maximize", as in',
      );
      // Its trials were told the loss before.
      const first = `${JSON.stringify({ type: 'study', format: 1, direction: 'minimize', seed: 0, space })}\n`;
      const started = { type: 'started', number: 0, parameters: { learningRate: 0.01 }, at: 0 };
      const finished = { type: 'finished', number: 0, state: 'complete', value: 0.5, error: null };
      writeFileSync(journal, first);
      expect((await search({ ...options, objective, trials: 1 })).direction).toBe('maximize');
      writeFileSync(
        journal,
        `${first}${JSON.stringify(started)}\n${JSON.stringify({ ...finished, at: 0 })}\n`,
      );
      await expect(search({ ...options, objective, trials: 2 })).rejects.toThrow(
        "direction: expected 'maximize'",
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
