import { describe, expect, expectTypeOf, test } from 'vitest';
import { takeRows } from '../../lib/data/takeRows.js';
import { autoencoder, dense, kFold, matrix, sequential } from '../../lib/index.js';
import {
  type CrossValidationResult,
  int,
  type Pruner,
  searchModel,
} from '../../lib/search/index.js';
import { classifier, once, type Trial } from './trials.js';

/** 63 points on two sides of a line; a third of them is of class 1. */
const rows = 63;
const values = Float32Array.from({ length: 2 * rows }, (_, i) => Math.sin(7 * i));
const inputs = matrix(values, rows, 2);
const targets = Int32Array.from({ length: rows }, (_, row) => {
  return Number((values[2 * row] ?? 0) > 0.5);
});
const data = { inputs, targets };

describe('the cross-validation of a trial', () => {
  test('is the mean over models that each leave out one fold', async () => {
    const { record, result } = await once((trial) =>
      trial.crossValidate(classifier, data, {
        epochs: 4,
        metrics: ['accuracy'],
        crossValidation: { folds: 3, seed: 5 },
      }),
    );
    expectTypeOf(result).toEqualTypeOf<CrossValidationResult<'accuracy'> | undefined>();
    const expected: number[] = [];
    for (const fold of kFold(rows, { folds: 3, seed: 5, classes: targets })) {
      const validation = { data: takeRows(data, fold.validation, 2) };
      const history = await classifier().fit(takeRows(data, fold.training, 2), {
        epochs: 4,
        validation,
      });
      expected.push(Math.min(...history.epochs.map((epoch) => Number(epoch.validation?.loss))));
    }
    expect(result?.folds.map(({ value }) => value)).toEqual(expected);
    const mean = expected.reduce((sum, value) => sum + value, 0) / 3;
    expect(record?.value).toBeCloseTo(mean, 12);
    const [first = 0, second = 0] = expected;
    expect(record?.reports.map(({ step }) => step)).toEqual([1, 2, 3]);
    expect(record?.reports.map(({ value }) => value)).toEqual(
      [first, (first + second) / 2, mean].map((value) => expect.closeTo(value, 12)),
    );
    expect(record?.attributes).toEqual({
      foldValues: expected,
      foldEpochs: result?.folds.map(({ epoch }) => epoch),
    });
    expect(result?.deviation).toBeCloseTo(
      Math.sqrt(expected.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 3),
      12,
    );
  });

  test('is stratified for classes, five-fold, and grouped when it is told', async () => {
    const seen: number[] = [];
    const groups = Array.from({ length: rows }, (_, row) => `g${row % 7}`);
    await once((trial) => {
      return trial.crossValidate(classifier, data, { epochs: 1, monitor: () => seen.push(0) });
    });
    expect(seen).toHaveLength(5);
    const folds = async (crossValidation: object) => {
      const { record } = await once((trial) =>
        trial.crossValidate(classifier, data, { epochs: 2, crossValidation }),
      );
      return record?.attributes.foldValues;
    };
    const stratified = await folds({ folds: 4 });
    expect(await folds({ folds: 4, stratified: true })).toEqual(stratified);
    expect(await folds({ folds: 4, stratified: false })).not.toEqual(stratified);
    expect(await folds({ folds: 4, groups })).not.toEqual(stratified);
    expect(await folds({ folds: 4, groups })).toHaveLength(4);
  });

  test('validates autoencoders, with weights too', async () => {
    const build = () => autoencoder({ inputSize: 2, hidden: [4], code: 1 });
    const weights = new Float32Array(rows).fill(1);
    const lossOf = async (
      rowsOfIt: typeof inputs | { inputs: typeof inputs; weights: Float32Array },
    ) => {
      const { record } = await once((trial) =>
        trial.crossValidate(build, rowsOfIt, { epochs: 2, crossValidation: 2 }),
      );
      return record?.value;
    };
    const loss = await lossOf(inputs);
    expect(loss).toBeGreaterThan(0);
    expect(await lossOf({ inputs, weights })).toBe(loss);
    expect(await lossOf({ inputs, weights: weights.map((_, row) => row) })).not.toBe(loss);
  });

  const pruneAfter = (step: number): Pruner => ({
    name: 'pruneAfter',
    options: {},
    shouldPrune: ({ trial }) => (trial.reports.at(-1)?.step ?? 0) >= step,
  });

  test('is pruned between folds, but not after the last one', async () => {
    const validate = (folds: number) => (trial: Trial) =>
      trial.crossValidate(classifier, data, { epochs: 3, crossValidation: folds });
    const pruned = await once(validate(5), { pruner: pruneAfter(2) });
    expect(pruned.record).toMatchObject({ state: 'pruned', value: null });
    expect(pruned.record?.reports).toHaveLength(2);
    expect(pruned.record?.attributes.foldValues).toHaveLength(2);
    const whole = await once(validate(2), { pruner: pruneAfter(2) });
    expect(whole.record?.state).toBe('complete');
  });

  test('refuses what makes no sense', async () => {
    const regressor = () => sequential([dense(1)], { inputSize: 2 });
    const rowsOfTwo = { inputs, targets: matrix(values, rows, 2) };
    const failures: [object, string][] = [
      [{ validation: 0.2 }, 'validation: expected none, as each fold validates a model'],
      [{ crossValidation: 1 }, 'folds: expected an integer, 2 to 63, received 1'],
      [{ crossValidation: { fold: 3 } }, 'crossValidation.fold: expected one of the options'],
      [{ crossValidation: { stratified: 1 } }, 'crossValidation.stratified: expected'],
      [{ crossValidation: { groups: [1] } }, 'groups: expected 63 labels, one for each row'],
      [{ epochs: 0 }, 'epochs: expected an integer'],
    ];
    for (const [options, error] of failures) {
      const { record } = await once((trial) => trial.crossValidate(regressor, data, options));
      expect(record?.error).toContain(error);
    }
    const { record } = await once((trial) =>
      trial.crossValidate(() => sequential([dense(2)], { inputSize: 2 }), rowsOfTwo, {
        crossValidation: { stratified: true },
      }),
    );
    expect(record?.error).toContain('crossValidation.stratified: expected false');
  });
});

describe('searchModel with cross-validation', () => {
  test('trains the best model on all rows, for as many epochs as its folds took', async () => {
    const build = ({ units }: { units: number }) =>
      sequential([dense(units, { activation: 'tanh' }), dense(2, { activation: 'softmax' })], {
        inputSize: 2,
        seed: 3,
      });
    const { best, study, model, history } = await searchModel({
      space: { units: int(1, 8) },
      build,
      fit: { epochs: 5, optimizer: { type: 'adam', learningRate: 0.3 } },
      data,
      crossValidation: { folds: 3 },
      trials: 4,
      threads: 2,
    });
    const epochs = best.attributes.foldEpochs as number[];
    expect(epochs).toHaveLength(3);
    const mean = Math.round(epochs.reduce((sum, epoch) => sum + epoch, 0) / 3);
    expect(history.epochs).toHaveLength(mean);
    expect(history.epochs[0]?.validation).toBeNull();
    const twin = build(study.valuesOf(best));
    await twin.fit(data, { epochs: mean, optimizer: { type: 'adam', learningRate: 0.3 } });
    for (const { name } of twin.parameters) {
      expect(model.getParameter(name)).toEqual(twin.getParameter(name));
    }
  });
});
