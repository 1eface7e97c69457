import { describe, expect, expectTypeOf, test } from 'vitest';
import {
  type Autoencoder,
  adam,
  autoencoder,
  dense,
  matrix,
  type Sequential,
  sequential,
} from '../../lib/index.js';
import { float, int, searchModel } from '../../lib/search/index.js';

/** y = x0 - x1, of 50 rows. */
const rows = 50;
const values = Float32Array.from({ length: 2 * rows }, (_, i) => Math.sin(7 * i));
const inputs = matrix(values, rows, 2);
const targets = Float32Array.from(
  { length: rows },
  (_, row) => (values[2 * row] ?? 0) - (values[2 * row + 1] ?? 0),
);
const data = { inputs, targets };
const space = { units: int(1, 8), learningRate: float(1e-3, 1e-1, { log: true }) };
const build = ({ units }: { units: number }) =>
  sequential([dense(units, { activation: 'tanh' }), dense(1)], { inputSize: 2, seed: 5 });

describe('searchModel', () => {
  test('gives the best model, trained on all rows for the epochs of the best trial', async () => {
    const { model, study, best, history } = await searchModel({
      space,
      build,
      fit: ({ learningRate }) => ({
        epochs: 8,
        optimizer: adam({ learningRate }),
        earlyStopping: { patience: 3 },
      }),
      data,
      trials: 5,
      threads: 2,
    });
    expectTypeOf(model).toEqualTypeOf<Sequential<'linear'>>();
    expect(study.best).toEqual(best);
    expect(study.trials).toHaveLength(5);
    const epoch = best.reports.findIndex(({ value }) => value === best.value) + 1;
    expect(history.epochs).toHaveLength(epoch);
    const { units, learningRate } = study.valuesOf(best);
    const twin = build({ units });
    await twin.fit(data, { epochs: epoch, optimizer: adam({ learningRate }) });
    for (const { name } of twin.parameters) {
      expect(model.getParameter(name)).toEqual(twin.getParameter(name));
    }
  });

  test('judges by a metric, on data of its own, in either direction', async () => {
    const { best, study } = await searchModel({
      space,
      build,
      fit: {
        epochs: 3,
        metrics: ['meanAbsoluteError'],
        monitor: ({ validation }) => -Number(validation?.metrics.meanAbsoluteError),
        validation: { data },
      },
      data,
      direction: 'maximize',
      trials: 3,
      threads: 1,
    });
    const reported = study.trials.flatMap(({ reports }) =>
      reports.map(({ value }) => Number(value)),
    );
    expect(best.value).toBe(Math.max(...reported));
    expect(best.value).toBeLessThan(0);
  });

  test('searches autoencoders too, with the options of fit as they are', async () => {
    const { model } = await searchModel({
      space: { hidden: int(2, 6) },
      build: ({ hidden }) => autoencoder({ inputSize: 2, hidden: [hidden], code: 1 }),
      data: inputs,
      trials: 2,
      threads: 1,
    });
    expectTypeOf(model).toEqualTypeOf<Autoencoder<'linear'>>();
    expect((await model.reconstruct(inputs)).rows).toBe(rows);
  });

  test('says by which rows it has judged, where they are few', async () => {
    const options = { space, build, data, trials: 1, threads: 1, fit: { epochs: 1 } };
    const { warnings } = await searchModel(options);
    expect(warnings).toMatchObject([{ code: 'fewRowsToJudge', path: 'validation' }]);
    expect(warnings[0]?.message).toContain('the trials were judged by 10 rows, which the best');
    // As if it were not there.
    const fit = { epochs: 1, validation: undefined };
    expect((await searchModel({ ...options, fit })).warnings).toEqual(warnings);
    expect((await searchModel({ ...options, crossValidation: 5 })).warnings).toEqual([]);
    const many = matrix(new Float32Array(2 * 120), 120, 2);
    const own = { data: { inputs: many, targets: new Float32Array(120) } };
    const judged = await searchModel({ ...options, fit: { epochs: 1, validation: own } });
    expect(judged.warnings).toEqual([]);
  });

  test.each<[object, string]>([
    [
      { fit: { validation: 0 } },
      'validation: expected a share that leaves rows to judge the trials',
    ],
    [{ fit: { validation: { split: 0.01 } } }, 'received 0.01 of 50 rows. Judge them by cross'],
    [{ crossValidation: 51 }, 'crossValidation.folds: expected an integer, 2 to 50, received 51'],
    [{ crossValidation: { groups: [1, 2] } }, 'crossValidation.groups: expected 50 labels'],
  ])('ends before a trial where no rows can judge: %j', async (changes, message) => {
    let trials = 0;
    const options = { space, build, data, trials: 5, threads: 1, onTrial: () => trials++ };
    const error = await searchModel({ ...options, ...changes }).catch((thrown: unknown) => thrown);
    expect(String(error)).toContain(message);
    expect(trials).toBe(0);
  });

  test.each<[string, unknown, object]>([
    ['null', null, {}],
    ['an object with no keys', {}, {}],
    ['5', 5, { crossValidation: 3 }],
  ])('says that build has given %s in place of a model', async (received, model, options) => {
    const search = searchModel({
      ...{ space, data, build: () => model as Sequential, trials: 1, failureLimit: 1 },
      ...options,
    });
    await expect(search).rejects.toThrow(`build(): expected a model, received ${received}`);
  });

  test.each<[string, object]>([
    ['build(): expected a model, received a Promise', { build: () => Promise.reject(new Error()) }],
    ['fit(): expected an object, received a Promise', { fit: () => Promise.reject(new Error()) }],
    ['received a Promise', { fit: { monitor: () => Promise.reject(new Error()) } }],
    ['fit: expected an object, received null', { fit: null }],
  ])('takes no promise where it needs an answer at once: %s', async (message, wrong) => {
    const options = { space, build, data, trials: 1, failureLimit: 1, ...wrong };
    await expect(searchModel(options as never)).rejects.toThrow(message);
  });

  test('says why there is no best model', async () => {
    const failing = { space, data, trials: 2, failureLimit: 5, threads: 1 };
    const wrong = () => sequential([dense(1)], { inputSize: 3 });
    await expect(searchModel({ ...failing, build: wrong })).rejects.toThrow(
      /^trials: expected one or more that are complete, received none; the first error is: inputs.*[^.]\. Correct what it names, or search other values\.$/,
    );
    const nothing = {} as { build: typeof build };
    await expect(searchModel({ ...failing, ...nothing })).rejects.toThrow(
      'build: expected a function, received undefined.',
    );
  });

  test('takes the names that the compiler knows', () => {
    const refused = () => [
      // @ts-expect-error no such optimizer
      searchModel({ space, build, fit: { optimizer: 'adamm' }, data, trials: 1 }),
      // @ts-expect-error a loss for another output
      searchModel({ space, build, fit: () => ({ loss: 'crossEntropy' }), data, trials: 1 }),
      // @ts-expect-error not in the space
      searchModel({ space, build, fit: ({ rate }) => ({ epochs: rate }), data, trials: 1 }),
    ];
    expectTypeOf(refused).toBeFunction();
  });
});
