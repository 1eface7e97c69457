/** Learned vectors of categories. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  ArgumentError,
  adam,
  adamW,
  DataError,
  dense,
  embedding,
  load,
  residual,
  type Sequential,
  sequential,
} from '../../lib/index.js';

const column = { input: 1, levels: 4, units: 3 };

/** The rows of a tensor of three columns. */
const rowsOf = (values: Float32Array) =>
  Array.from({ length: values.length / 3 }, (_, i) => [...values.subarray(3 * i, 3 * i + 3)]);

describe('an embedding', () => {
  test('puts the vectors behind the other inputs, in the order of the columns', () => {
    const columns = [
      { input: 2, levels: 2, units: 1 },
      { input: 0, levels: 3, units: 2 },
    ];
    const model = sequential([embedding({ columns })], { inputSize: 4 });
    expect(model.outputSize).toBe(5);
    expect(model.parameters.map(({ name, shape }) => [name, shape])).toEqual([
      ['0.columns.0.weight', [2, 1]],
      ['0.columns.1.weight', [3, 2]],
    ]);
    model.setParameter('0.columns.0.weight', [7, 8]);
    model.setParameter('0.columns.1.weight', [10, 11, 20, 21, 30, 31]);
    const { values } = model.predictSync([
      [2, 0.5, 1, -0.5],
      [0, 1.5, 0, -1.5],
    ]);
    expect([...values]).toEqual([0.5, -0.5, 8, 30, 31, 1.5, -1.5, 7, 10, 11]);
  });

  test('begins with vectors of a length of about 1', () => {
    const columns = [{ input: 0, levels: 1000, units: 16 }];
    const model = sequential([embedding({ columns })], { inputSize: 1, seed: 4 });
    const values = model.getParameter('0.columns.0.weight');
    const square = values.reduce((sum, value) => sum + value * value, 0) / 1000;
    expect(square).toBeCloseTo(1, 1);
  });

  test('learns as a dense layer behind one-hot inputs does', async () => {
    // Every batch has every level, so that no vector is left out of an update.
    const rows = Array.from({ length: 32 }, (_, i) => [Math.sin(i), i % 4]);
    const oneHot = rows.map(([x, level]) => [x, ...[0, 1, 2, 3].map((k) => Number(k === level))]);
    const targets = rows.map(([x = 0, level = 0]) => [x * level - 1]);
    const embedded = sequential([embedding({ columns: [column] }), dense(1)], { inputSize: 2 });
    const wide = sequential([dense(4, { bias: false }), dense(1)], { inputSize: 5 });
    // A unit passes the number on; it learns too, but not before the one update is done.
    const vectors = rowsOf(embedded.getParameter('0.columns.0.weight'));
    const through = [[1, 0, 0, 0, 0], ...[0, 1, 2].map((j) => [0, ...vectors.map((v) => v[j])])];
    wide.setParameter('0.weight', through.flat() as number[]);
    wide.setParameter('1.weight', embedded.getParameter('1.weight'));
    const options = { epochs: 1, batchSize: 32, shuffle: false, optimizer: adam() };
    await embedded.fit({ inputs: rows as number[][], targets }, options);
    await wide.fit({ inputs: oneHot as number[][], targets }, options);
    const learnt = rowsOf(embedded.getParameter('0.columns.0.weight')).flat();
    const weights = wide.getParameter('0.weight');
    const same = [0, 1, 2, 3].flatMap((k) => [1, 2, 3].map((j) => weights[5 * j + 1 + k]));
    for (const [i, value] of learnt.entries()) expect(value).toBeCloseTo(same[i] as number, 6);
    expect(embedded.getParameter('1.weight')[1]).toBeCloseTo(
      wide.getParameter('1.weight')[1] as number,
      6,
    );
  });

  test('updates the vectors of the rows of a batch alone', async () => {
    const model = sequential([embedding({ columns: [column] }), dense(1)], { inputSize: 2 });
    const before = rowsOf(model.getParameter('0.columns.0.weight'));
    const options = { epochs: 5, batchSize: 1, optimizer: adamW({ weightDecay: 1 }) };
    await model.fit({ inputs: [[0.5, 2]], targets: [[3]] }, options);
    const after = rowsOf(model.getParameter('0.columns.0.weight'));
    expect(after.map((vector, level) => vector.join() === before[level]?.join())).toEqual([
      ...[true, true],
      ...[false, true],
    ]);
  });

  test('learns what no number of the index says', async () => {
    const effects = [0, 2, -1, 0.5, -2, 1.5, 3, -0.5];
    const inputs = Array.from({ length: 400 }, (_, i) => [1 + (i % 7)]);
    const targets = inputs.map(([level = 0]) => [effects[level] as number]);
    const columns = [{ input: 0, levels: 8, units: 4 }];
    const model = sequential([embedding({ columns }), dense(1)], { inputSize: 1, seed: 1 });
    await model.fit({ inputs, targets }, { epochs: 60, optimizer: adam({ learningRate: 0.02 }) });
    for (const level of [1, 4, 7]) {
      expect(model.predictSync([[level]]).values[0]).toBeCloseTo(effects[level] as number, 1);
    }
  });

  test('computes in bfloat16 nearly what it does in single precision', async () => {
    const layers = [embedding({ columns: [column] }), dense(8, { activation: 'tanh' }), dense(1)];
    const model = sequential(layers, { inputSize: 2, seed: 2 });
    const inputs = [0, 1, 2, 3].map((level) => [0.3 * level, level]);
    await model.fit(
      { inputs, targets: inputs.map(([, level = 0]) => [level % 2]) },
      { epochs: 100, batchSize: 4, precision: 'bf16', optimizer: adam({ learningRate: 0.05 }) },
    );
    const exact = model.predictSync(inputs).values;
    const { values } = await model.predict(inputs, { precision: 'bf16' });
    for (const [i, value] of values.entries()) {
      expect(value).toBeCloseTo(i % 2, 1);
      expect(Math.abs(value - (exact[i] as number))).toBeLessThan(0.03);
    }
  });

  test('has a gradient of 0 by an index', () => {
    const model = sequential([embedding({ columns: [column] }), dense(1)], { inputSize: 2 });
    const trainer = model.trainer({ batchSize: 1, inputGradient: true });
    trainer.forward([[0.5, 2]]);
    trainer.backward([[1]]);
    const [byNumber, byIndex] = trainer.inputGradient();
    expect(byNumber).toBeCloseTo(model.getParameter('1.weight')[0] as number, 6);
    expect(byIndex).toBe(0);
  });
});

describe('what is no index', () => {
  const model = sequential([embedding({ columns: [column] }), dense(1)], { inputSize: 2 });
  const good = Array.from({ length: 9 }, (_, i) => [0.5, i % 4]);

  test.each([-1, 4, 1.5, 1e9])('is refused before training and in predictions: %d', async (bad) => {
    const inputs = [...good, [0.5, bad]];
    const targets = inputs.map(() => [1]);
    const before = model.getParameter('0.columns.0.weight').join();
    const expected = { path: 'inputs[9][1]', expected: expect.stringContaining('from 0 to 3') };
    await expect(model.fit({ inputs, targets })).rejects.toMatchObject(expected);
    await expect(model.fit({ inputs, targets })).rejects.toThrow(DataError);
    expect(model.getParameter('0.columns.0.weight').join()).toBe(before);
    const validation = { data: { inputs, targets } };
    await expect(
      model.fit({ inputs: good, targets: good.map(() => [1]) }, { validation }),
    ).rejects.toMatchObject({ path: 'validation.inputs[9][1]' });
    await expect(model.predict(inputs)).rejects.toMatchObject(expected);
    expect(() => model.predictSync(inputs)).toThrow(/inputs\[9\]\[1\]/);
    await expect(model.evaluate({ inputs, targets })).rejects.toMatchObject(expected);
  });

  test('is named by its row among all, however many there are', async () => {
    const rows = 600_000;
    const inputs = new Float32Array(2 * rows);
    inputs[2 * (rows - 5) + 1] = 7;
    await expect(model.predict(inputs)).rejects.toMatchObject({ path: `inputs[${rows - 5}][1]` });
  });
});

describe('an embedding in a file', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'layerwise-embedding-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('is the same after loading', async () => {
    const layers = [
      embedding({ columns: [column], dropToUnknown: 0.1, penalty: { l2: 0.1 } }),
      dense(2),
    ];
    const model = sequential(layers, { inputSize: 2, seed: 9 });
    const path = join(folder, 'model.safetensors');
    await model.save(path);
    const loaded = (await load(path)) as Sequential;
    expect(loaded.spec).toEqual(model.spec);
    const rows = [0, 1, 2, 3].map((level) => [0.25, level]);
    expect(loaded.predictSync(rows).values).toEqual(model.predictSync(rows).values);
  });
});

describe('the options of an embedding', () => {
  const build = (options: object, inputSize = 2) =>
    sequential([embedding(options as never)], { inputSize });

  test('are filled in', () => {
    expect(build({ columns: [column] }).spec.layers[0]).toEqual({
      type: 'embedding',
      columns: [column],
      dropToUnknown: 0,
      initializer: { type: 'lecunNormal', gain: 1 },
      frozen: false,
    });
  });

  test.each([
    [{}, 'layers[0].columns'],
    [{ columns: [] }, 'layers[0].columns'],
    [{ columns: [{ ...column, input: 2 }] }, 'layers[0].columns[0].input'],
    [{ columns: [{ ...column, levels: 0 }] }, 'layers[0].columns[0].levels'],
    [{ columns: [{ ...column, units: 1.5 }] }, 'layers[0].columns[0].units'],
    [{ columns: [column, column] }, 'layers[0].columns[1].input'],
    [{ columns: [{ ...column, unit: 1 }] }, 'layers[0].columns[0].unit'],
    [{ columns: [column], dropToUnknown: 1 }, 'layers[0].dropToUnknown'],
    [{ columns: [column], penalty: { l3: 1 } }, 'layers[0].penalty.l3'],
  ])('are checked: %j', (options, path) => {
    const attempt = () => build(options);
    expect(attempt).toThrow(ArgumentError);
    expect(attempt).toThrow(path);
  });

  test('want it at the front', () => {
    const layer = embedding({ columns: [column] });
    expect(() => sequential([dense(2), layer], { inputSize: 2 })).toThrow(/first layer/);
    const within = residual([layer], { projection: true });
    expect(() => sequential([within], { inputSize: 2 })).toThrow(/first layer/);
  });
});
