import { describe, expect, test } from 'vitest';
import {
  ArgumentError,
  autoencoder,
  DataError,
  dense,
  findLearningRate,
  gradientCheck,
  type LayerwiseError,
  load,
  lsuv,
  matrix,
  multiOutput,
  readIdxFile,
  ShapeError,
  sequential,
} from '../../lib/index.js';

type ErrorClass = new (...parameters: never[]) => LayerwiseError;

const model = sequential([dense(3, { activation: 'softmax' })], { inputSize: 2, seed: 1 });
const data = {
  inputs: [
    [1, 2],
    [3, 4],
    [5, 6],
  ],
  targets: [0, 1, 2],
};

async function expectRejection(
  attempt: PromiseLike<unknown>,
  Class: ErrorClass,
  path: string,
): Promise<void> {
  const error: unknown = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Class);
  expect(error).toMatchObject({ path });
}

describe('fit refuses the options', () => {
  const controller = new AbortController();

  test.each<[options: unknown, path: string]>([
    [{ epochs: 0 }, 'epochs'],
    [{ epochs: -1 }, 'epochs'],
    [{ epochs: 1.5 }, 'epochs'],
    [{ epochs: '3' }, 'epochs'],
    [{ epochs: null }, 'epochs'],
    [{ epoch: 3 }, 'epoch'],
    [{ validation: null }, 'validation'],
    [{ batchSize: 0 }, 'batchSize'],
    [{ batchSize: 4 }, 'batchSize'],
    [{ batchSize: 3, validation: 0.5 }, 'batchSize'],
    [{ optimizer: 'adma' }, 'optimizer'],
    [{ optimizer: { type: 'adam', learningRate: Number.NaN } }, 'optimizer.learningRate'],
    [{ schedule: 'cosin' }, 'schedule'],
    [{ schedule: { type: 'step', epochs: 0 } }, 'schedule.epochs'],
    [{ accumulateBatches: 0 }, 'accumulateBatches'],
    [{ gradientClipping: 1 }, 'gradientClipping'],
    [{ gradientClipping: {} }, 'gradientClipping'],
    [{ gradientClipping: { norm: 0 } }, 'gradientClipping.norm'],
    [{ gradientClipping: { value: Number.NaN } }, 'gradientClipping.value'],
    [{ gradientClipping: { norms: 1 } }, 'gradientClipping.norms'],
    [{ optimizer: 'lbfgs', averaging: {} }, 'averaging'],
    [{ decayBiases: 1 }, 'decayBiases'],
    [{ averaging: 0.9 }, 'averaging'],
    [{ averaging: { decay: 1 } }, 'averaging.decay'],
    [{ earlyStopping: true }, 'earlyStopping'],
    [{ earlyStopping: { patience: 0 } }, 'earlyStopping.patience'],
    [{ earlyStopping: { minDelta: -1 } }, 'earlyStopping.minDelta'],
    [{ earlyStopping: { restoreBest: 'yes' } }, 'earlyStopping.restoreBest'],
    [{ earlyStopping: { monitor: 'accuracy' } }, 'earlyStopping.monitor'],
    [{ earlyStopping: { monitor: 'validation.loss' } }, 'earlyStopping.monitor'],
    [{ monitor: 'f1' }, 'monitor'],
    [{ metrics: ['f1'], monitor: 'validation.f1' }, 'monitor'],
    [{ metrics: ['accuracy', { type: 'rocAuc', class: 3 }] }, 'metrics[1].class'],
    [{ loss: 'binaryCrossEntropy' }, 'loss'],
    [{ loss: 'x' }, 'loss'],
    [{ metrics: ['x'] }, 'metrics[0]'],
    [{ metrics: 'accuracy' }, 'metrics'],
    [{ validation: 0 }, 'validation'],
    [{ validation: 1 }, 'validation'],
    [{ validation: Number.NaN }, 'validation'],
    [{ validation: { split: 2 } }, 'validation.split'],
    [{ validation: { split: 0.01 } }, 'validation.split'],
    [{ validation: { split: 0.5, data } }, 'validation'],
    [{ validation: {} }, 'validation'],
    [{ validation: 'yes' }, 'validation'],
    [{ shuffle: 1 }, 'shuffle'],
    [{ seed: -1 }, 'seed'],
    [{ threads: 0 }, 'threads'],
    [{ threads: 1e9 }, 'threads'],
    [{ signal: controller }, 'signal'],
    [{ onEvent: 'log' }, 'onEvent'],
    [null, 'options'],
    [7, 'options'],
  ])('%o', async (options, path) => {
    await expectRejection(model.fit(data, options as object), ArgumentError, path);
  });
});

describe('fit refuses the data', () => {
  const { inputs, targets } = data;

  test.each<[data: unknown, Class: ErrorClass, path: string]>([
    [undefined, ArgumentError, 'data'],
    [inputs, ArgumentError, 'data'],
    [{ inputs }, ArgumentError, 'targets'],
    [{ targets }, ArgumentError, 'inputs'],
    [{ inputs, targets, labels: targets }, ArgumentError, 'labels'],
    [{ inputs: [], targets: [] }, DataError, 'inputs'],
    [{ inputs: new Float32Array(0), targets: [] }, DataError, 'inputs'],
    [{ inputs: new Float32Array(7), targets }, ShapeError, 'inputs'],
    [{ inputs: matrix(new Float32Array(9), 3, 3), targets }, ShapeError, 'inputs.columns'],
    [{ inputs: [[1, 2], [3], [5, 6]], targets }, ShapeError, 'inputs[1]'],
    [
      {
        inputs: [
          [1, 2],
          [3, Number.NaN],
          [5, 6],
        ],
        targets,
      },
      DataError,
      'inputs[1][1]',
    ],
    [
      {
        inputs: [
          [1, 2],
          [3, 4],
          [1e300, 6],
        ],
        targets,
      },
      DataError,
      'inputs[2][0]',
    ],
    [{ inputs: new Float32Array([1, 2, 3, Infinity, 5, 6]), targets }, DataError, 'inputs[1][1]'],
    [{ inputs, targets: [0, 1] }, ShapeError, 'targets'],
    [{ inputs, targets: [0, 1, 3] }, DataError, 'targets[2]'],
    [{ inputs, targets: [0, -1, 2] }, DataError, 'targets[1]'],
    [{ inputs, targets: [0, 1.5, 2] }, DataError, 'targets[1]'],
    [{ inputs, targets: [0, Number.NaN, 2] }, DataError, 'targets[1]'],
    [{ inputs, targets: new Int32Array([0, 1, 7]) }, DataError, 'targets[2]'],
    [{ inputs, targets: ['a', 'b', 'c'] }, ArgumentError, 'classes'],
    [{ inputs, targets: ['a', 'b', 'd'], classes: ['a', 'b', 'c'] }, DataError, 'targets[2]'],
    [
      {
        inputs,
        targets: [
          [1, 0],
          [0, 1],
          [1, 0],
        ],
      },
      ShapeError,
      'targets[0]',
    ],
    [
      {
        inputs,
        targets: [
          [1, 0, 0],
          [0, 1, 0],
        ],
      },
      ShapeError,
      'targets',
    ],
    [
      {
        inputs,
        targets: [
          [1, 0, 0],
          [0, 1, 0],
          [0, 0, 5],
        ],
      },
      DataError,
      'targets[2][2]',
    ],
  ])('%o', async (given, Class, path) => {
    await expectRejection(model.fit(given as typeof data), Class, path);
  });

  test('of the validation, with its path', async () => {
    const validate = (given: unknown) =>
      model.fit(data, { validation: { data: given as typeof data } });
    await expectRejection(validate(undefined), ArgumentError, 'validation.data');
    await expectRejection(validate({ ...data, x: 1 }), ArgumentError, 'validation.data.x');
    await expectRejection(
      validate({ ...data, targets: [0] }),
      ShapeError,
      'validation.data.targets',
    );
    const notFinite = {
      ...data,
      inputs: [
        [1, 2],
        [3, 4],
        [5, Number.NaN],
      ],
    };
    await expectRejection(validate(notFinite), DataError, 'validation.data.inputs[2][1]');
    const noClass = { ...data, targets: [0, 1, 9] };
    await expectRejection(validate(noClass), DataError, 'validation.data.targets[2]');
  });

  test('and can train afterwards', async () => {
    const history = await model.fit(data, { epochs: 1 });
    expect(history.epochs).toHaveLength(1);
  });
});

describe('fit', () => {
  test('throws nothing itself: the run carries every error', async () => {
    const run = model.fit(null as never, null as never);
    const iterated = (async () => {
      for await (const _ of run);
    })();
    await expect(iterated).rejects.toThrow(ArgumentError);
    await expect(run).rejects.toThrow(ArgumentError);
  });

  test('says what to do about a batch that is too large', async () => {
    await expect(model.fit(data, { batchSize: 64 })).rejects.toThrow(
      'batchSize: expected at most the 3 rows that train, received 64. ' +
        'Leave batchSize out, or set it to 3 for one update per epoch.',
    );
  });
});

describe('memory that goes while it is copied', () => {
  const rows = 600_000; // that predictions take in two pieces
  const takeAway = ({ buffer }: Float32Array<ArrayBuffer>) => {
    structuredClone(buffer, { transfer: [buffer] });
  };

  test('is an error of the training', async () => {
    const inputs = new Float32Array(2 * rows);
    const model = sequential([dense(1)], { inputSize: 2 });
    const run = model.fit({ inputs, targets: new Float32Array(rows) }, { batchSize: rows });
    takeAway(inputs);
    await expect(run).rejects.toThrow(
      'inputs: expected 1200000 values, as in the beginning, received 0. Transfer and resize',
    );
  });

  test('is an error of a prediction, and of a score', async () => {
    const model = autoencoder({ inputSize: 2, code: 1 });
    for (const method of ['reconstruct', 'score'] as const) {
      const inputs = new Float32Array(2 * rows);
      const result = model[method](inputs);
      takeAway(inputs);
      await expect(result).rejects.toThrow(
        expect.objectContaining({ name: 'ShapeError', path: 'inputs', received: '0' }),
      );
    }
  });

  test('may go once a prediction has copied all of it', async () => {
    const model = sequential([dense(1)], { inputSize: 2 });
    const inputs = new Float32Array(2000).fill(1);
    const expected = model.predictSync(inputs);
    const result = model.predict(inputs);
    takeAway(inputs);
    expect(await result).toEqual(expected);
  });
});

describe('the other calls', () => {
  test('refuse what fit refuses', async () => {
    await expectRejection(model.evaluate({ ...data, targets: [0] }), ShapeError, 'targets');
    await expectRejection(model.evaluate(data, { los: 1 } as never), ArgumentError, 'los');
    await expectRejection(model.evaluate(data, { batchSize: 0 }), ArgumentError, 'batchSize');
    await expectRejection(model.predict([[1]]), ShapeError, 'inputs[0]');
    await expectRejection(model.predict([]), DataError, 'inputs');
    await expectRejection(model.predict([[1, Number.NaN]]), DataError, 'inputs[0][1]');
    await expectRejection(model.predict([[1, 1e300]]), DataError, 'inputs[0][1]');
    await expectRejection(model.predict([[1, 2]], { threads: 0 }), ArgumentError, 'threads');
    await expectRejection(model.predict([[1, 2]], { thread: 1 } as never), ArgumentError, 'thread');
    expect(() => model.predictSync(new Float32Array([1, 2, Number.NaN, 4]))).toThrow(
      'inputs[1][0]: expected a finite number of float32, received NaN.',
    );
  });

  test('name a parameter that is not there', () => {
    expect(() => model.getParameter('0.wieght')).toThrow(/Did you mean '0.weight'\?/);
    expect(() => model.setParameter('1.weight', new Float32Array(1))).toThrow(ArgumentError);
    expect(() => model.setParameter('0.bias', new Float32Array(2))).toThrow(ShapeError);
    expect(() => model.setParameter('0.bias', [1, 2, Number.NaN])).toThrow(DataError);
    expect(() => model.setParameter('0.bias', 'x' as never)).toThrow(ArgumentError);
    expect(() => model.setParameter('0.bias', new Array(2 ** 32 - 1))).toThrow(ShapeError);
  });

  test('convert no values of a parameter', () => {
    const before = model.getParameter('0.bias');
    for (const value of [null, true, '7', [], 1n, Symbol('x'), undefined]) {
      expect(() => model.setParameter('0.bias', [1, value, 3] as never)).toThrow(
        "parameters['0.bias'][1]: expected a number",
      );
    }
    expect(model.getParameter('0.bias')).toEqual(before);
  });

  test('refuse what is no model, and no path', async () => {
    for (const none of [undefined, {}, Object.create(model), Symbol('x')] as never[]) {
      await expectRejection(lsuv(none, [[1]]), ArgumentError, 'model');
      await expectRejection(findLearningRate(none, data as never), ArgumentError, 'model');
      await expectRejection(gradientCheck(none, data as never), ArgumentError, 'model');
    }
    for (const none of [undefined, '', 'a\0b', {}] as never[]) {
      await expectRejection(load(none), ArgumentError, 'path');
      await expectRejection(readIdxFile(none), ArgumentError, 'path');
      await expectRejection(model.save(none), ArgumentError, 'path');
    }
  });

  test('take names that all objects inherit for nothing but names', async () => {
    const [inputs] = [data.inputs];
    const heads = { constructor: dense(1), toString: dense(1) };
    const several = multiOutput([dense(2)], heads, { inputSize: 2 });
    await several.fit({ inputs, targets: { constructor: [1, 2, 3], toString: [1, 2, 3] } });
    const named = ['constructor', 'b', '__proto__'];
    await model.fit(
      { inputs, targets: named, classes: named },
      { classWeights: { b: 2 }, epochs: 1 },
    );
  });

  test('refuse holes and lists without end at once', () => {
    const build = (layers: unknown) => () => sequential(layers as never, { inputSize: 2 });
    expect(build(new Array(3))).toThrow('layers[0]: expected an object, received undefined.');
    expect(build(new Array(2 ** 32 - 1))).toThrow('layers: expected an array of at most 10000');
    const endless = new Array(2 ** 32 - 1);
    expect(() => multiOutput(endless, { a: dense(1) }, { inputSize: 1 })).toThrow('at most 10000');
    expect(() => model.predictSync(endless)).toThrow('inputs[0]: expected a row of 2 numbers');
    expect(() => model.withFrozenLayers(endless)).toThrow('layers: expected an array of at most');
  });

  test('refuse annotations that are no plain data', () => {
    const set = (value: object) => () => {
      model.annotations = value;
    };
    expect(set({ a: Number.NaN })).toThrow(/annotations\.a/);
    expect(set({ a: [1, new Date()] })).toThrow(/annotations\.a\[1\]/);
    expect(set({ a: undefined })).toThrow(/annotations\.a/);
    expect(set([1])).toThrow(ArgumentError);
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    expect(set(cycle)).toThrow(/a cycle/);
  });
});
