import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  ArgumentError,
  type Autoencoder,
  type AutoencoderOptions,
  autoencoder,
  type CalibrateOptions,
  DataError,
  type InputColumnOption,
  load,
  matrix,
  type Row,
  ShapeError,
  StateError,
} from '../../lib/index.js';
import { openSafetensors, writeSafetensors } from '../../lib/io/safetensors.js';
import { randomNumbers } from '../model/data.js';
import { digitsWithAndWithout } from './heldOutDigit.js';
import { rocAuc } from './rocAuc.js';

/** Rows of four columns in which the second is twice the first and the fourth the negative third. */
function relatedRows(rows: number, seed: number): number[][] {
  const random = randomNumbers(seed);
  return Array.from({ length: rows }, () => {
    const [a, b] = [random() - 0.5, random() - 0.5];
    return [a, 2 * a, b, -b];
  });
}

async function trained(options: Partial<AutoencoderOptions> = {}): Promise<Autoencoder> {
  const model = autoencoder({ inputSize: 4, code: 2, seed: 1, ...options });
  await model.fit(relatedRows(200, 1), {
    epochs: 60,
    optimizer: { type: 'adam', learningRate: 0.02 },
  });
  return model;
}

async function saveAndLoad(model: Autoencoder): Promise<Autoencoder> {
  const folder = await mkdtemp(join(tmpdir(), 'layerwise-'));
  try {
    await model.save(join(folder, 'm'));
    const again = await load(join(folder, 'm'));
    if (again.kind !== 'autoencoder') throw new Error(`a model of kind ${again.kind}`);
    return again;
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('a detector', () => {
  test('flags the share of the rows that it was told', async () => {
    const model = await trained();
    const rows = relatedRows(400, 2);
    const detector = await model.calibrate(rows, { method: 'contamination', contamination: 0.05 });
    expect(detector).toEqual({
      threshold: expect.any(Number),
      rule: { method: 'contamination', contamination: 0.05 },
      rows: 400,
    });
    expect(model.detector).toEqual(detector);
    const flags = await model.predict(rows);
    expect(flags.reduce((sum, flag) => sum + flag, 0)).toBe(20);
  });

  test('scores by the mean squared error, and predicts by the score', async () => {
    const model = await trained();
    const rows = relatedRows(50, 3);
    const scores = await model.score(rows, { threads: 2 });
    expect(scores).toEqual((await model.reconstructionErrors(rows)).perRow);
    const middle = scores.toSorted()[25] as number;
    model.setThreshold(middle);
    expect(model.detector).toEqual({ threshold: middle, rule: null, rows: 0 });
    const flags = Array.from(scores, (score) => (score > middle ? 1 : 0));
    expect(Array.from(await model.predict(rows))).toEqual(flags);
  });

  test('finds rows that break what holds for all others', async () => {
    const model = await trained();
    await model.calibrate(relatedRows(100, 4), { method: 'maximum', factor: 2 });
    const good = [0.2, 0.4, -0.3, 0.3];
    const broken = [0.2, -0.4, -0.3, 0.3];
    expect(Array.from(await model.predict([good, broken]))).toEqual([0, 1]);
    const [worst] = await model.explain(broken, 1);
    expect(['0', '1']).toContain(worst?.column);
  });

  test('is gone once the weights change', async () => {
    const model = await trained();
    await model.calibrate(relatedRows(10, 5), { method: 'maximum' });
    await expect(model.fit([[1]])).rejects.toThrow(ShapeError);
    expect(model.detector).not.toBeNull();
    await model.fit(relatedRows(10, 5), { epochs: 1 });
    expect(model.detector).toBeNull();
    await expect(model.predict([[1, 2, 3, 4]])).rejects.toThrow(/changed since/);
    model.setThreshold(1);
    model.setParameter('0.bias', [1, 2]);
    expect(model.detector).toBeNull();
  });

  test('is saved with the model, its columns too', async () => {
    const model = await trained();
    model.columns = ['a', { name: 'b', inputs: 3 }];
    await model.calibrate(relatedRows(100, 6), { method: 'sigma' });
    const again = await saveAndLoad(model);
    expect(again.detector).toEqual(model.detector);
    expect(again.columns).toEqual(model.columns);
    const rows = relatedRows(30, 7).concat([[1, 1, 1, 1]]);
    expect(await again.predict(rows)).toEqual(await model.predict(rows));
    expect(await again.explain([1, 1, 1, 1])).toEqual(await model.explain([1, 1, 1, 1]));
  });

  test('is nothing that an untouched model saves', async () => {
    const again = await saveAndLoad(autoencoder({ inputSize: 4, code: 2 }));
    expect(again.detector).toBeNull();
    expect(again.columns.map(({ name }) => name)).toEqual(['0', '1', '2', '3']);
  });

  test.each([
    [{ detector: { threshold: -1, rule: null, rows: 0 } }, 'detector.threshold'],
    [{ detector: { threshold: 1, rule: { method: 'guess' }, rows: 0 } }, 'detector.rule.method'],
    [{ detector: { threshold: 1, rule: null, rows: 0, more: 1 } }, 'detector.more'],
    [{ detector: 1 }, 'detector'],
    [{ columns: ['a'] }, 'columns'],
    [{ columns: [1, 2, 3, 4] }, 'columns[0]'],
  ])('in a file is checked: %o', async (change, place) => {
    const folder = await mkdtemp(join(tmpdir(), 'layerwise-'));
    const path = join(folder, 'm');
    try {
      await autoencoder({ inputSize: 4, code: 2 }).save(path);
      const file = await openSafetensors(path);
      const record = JSON.parse(file.metadata.get('layerwise') ?? '');
      const tensors = new Map();
      for (const [name, { shape }] of file.tensors) {
        tensors.set(name, { shape, values: await file.readFloat32(name) });
      }
      await file.close();
      await writeSafetensors(path, tensors, {
        layerwise: JSON.stringify({ ...record, ...change }),
      });
      await expect(load(path)).rejects.toThrow(`metadata 'layerwise': ${place}: expected`);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test.each<[options: object, path: string]>([
    [{ method: 'maximum', factor: -1 }, 'factor'],
    [{ method: 'maxim' }, 'method'],
    [{ method: 'maximum', threads: 0 }, 'threads'],
    [{ method: 'maximum', precision: 'f16' }, 'precision'],
  ])('refuses to calibrate by %o', async (options, path) => {
    const model = autoencoder({ inputSize: 4, code: 2 });
    const attempt = model.calibrate(relatedRows(3, 1), options as CalibrateOptions);
    await expect(attempt).rejects.toThrow(ArgumentError);
    await expect(attempt).rejects.toThrow(expect.objectContaining({ path }));
  });

  test('says what is missing or wrong', async () => {
    const model = autoencoder({ inputSize: 4, code: 2 });
    await expect(model.predict([[1, 2, 3, 4]])).rejects.toThrow(StateError);
    await expect(model.predict([[1, 2, 3, 4]])).rejects.toThrow(/calibrate/);
    expect(() => model.setThreshold(-1)).toThrow(ArgumentError);
    expect(() => model.setThreshold(Number.NaN)).toThrow(/threshold/);
    await expect(model.score([[1, 2, Number.NaN, 4]])).rejects.toThrow(DataError);
  });
});

describe('an explanation', () => {
  test('adds up the inputs of each column', async () => {
    const model = await trained();
    model.columns = [{ name: 'pair', inputs: 2 }, 'third', { name: 'fourth' }];
    const row = [0.4, -0.4, 0.1, 0.3];
    const [score] = await model.score([row]);
    const { values } = await model.reconstruct([row]);
    const squares = row.map((value, index) => ((values[index] as number) - value) ** 2);
    const explained = await model.explain(row);
    const remaining = explained.map((part) => part.remaining);
    expect(remaining).toEqual(remaining.toSorted((a, b) => a - b));
    expect(Math.max(...remaining)).toBeLessThanOrEqual((score ?? 0) + 1e-9);
    const byName = Object.fromEntries(explained.map((part) => [part.column, part]));
    expect(byName.pair?.error).toBeCloseTo((squares[0] ?? 0) + (squares[1] ?? 0), 6);
    expect(byName.third?.error).toBeCloseTo(squares[2] ?? 0, 6);
    expect(byName.fourth).toMatchObject({ index: 2, inputs: Float32Array.of(0.3) });
    expect(byName.pair?.reconstruction).toEqual(values.slice(0, 2));
    const total = explained.reduce((sum, { error }) => sum + error, 0);
    expect(total).toBeCloseTo(4 * (score ?? 0), 6);
    expect(explained.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 6);
    expect(await model.explain(Float32Array.from(row), 2)).toHaveLength(2);
  });

  test.each<[row: unknown, topK: unknown, path: string]>([
    [[1, 2, 3], 1, 'row'],
    [[1, 2, Number.NaN, 4], 1, 'row[2]'],
    [[1, 2, 'x', 4], 1, 'row[2]'],
    [[[1, 2, 3, 4]], 1, 'row'],
    [matrix(new Float32Array(4), 1, 4), 1, 'row'],
    [[1, 2, 3, 4], 0, 'topK'],
    [[1, 2, 3, 4], 1.5, 'topK'],
  ])('of %o with %o is refused', async (row, topK, path) => {
    const model = autoencoder({ inputSize: 4, code: 2 });
    const attempt = model.explain(row as Row, topK as number);
    await expect(attempt).rejects.toThrow(expect.objectContaining({ path }));
  });

  test.each<[columns: unknown, path: string]>([
    [['a', 'b'], 'columns'],
    ['abcd', 'columns'],
    [['a', 'b', 'c', 4], 'columns[3]'],
    [['a', 'b', { name: 'c', inputs: 0 }, 'd'], 'columns[2].inputs'],
    [['a', 'b', { name: 'c', width: 2 }], 'columns[2].width'],
  ])('refuses the columns %o', (columns, path) => {
    const model = autoencoder({ inputSize: 4, code: 2 });
    const attempt = () => {
      model.columns = columns as InputColumnOption[];
    };
    expect(attempt).toThrow(expect.objectContaining({ path }));
  });
});

test('a digit that was held out stands out', async () => {
  const { train, ordinary, heldOut } = await digitsWithAndWithout(0);
  const options = { outputActivation: 'sigmoid', seed: 1 } as const;
  const model = autoencoder({ inputSize: 784, hidden: [128], code: 8, ...options });
  const optimizer = { type: 'adam', learningRate: 0.003 } as const;
  await model.fit(train, { epochs: 15, batchSize: 64, optimizer });
  expect(rocAuc(await model.score(ordinary), await model.score(heldOut))).toBeGreaterThan(0.8);
  // One ordinary digit in twenty is flagged; of those that were never seen, many more.
  await model.calibrate(ordinary, { method: 'contamination', contamination: 0.05 });
  const flags = await model.predict(heldOut);
  expect(flags.reduce((sum, flag) => sum + flag, 0) / flags.length).toBeGreaterThan(0.25);
});
