import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  ArgumentError,
  type Autoencoder,
  type AutoencoderOptions,
  autoencoder,
  DataError,
  type DetectorOptions,
  type InputColumnOption,
  load,
  matrix,
  type Row,
  ShapeError,
  StateError,
  swapNoise,
} from '../../lib/index.js';
import { openSafetensors, writeSafetensors } from '../../lib/io/safetensors.js';
import { RandomStream } from '../../lib/random.js';
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

/** The same, but for some noise. */
function noisyRows(rows: number, seed: number): number[][] {
  const random = randomNumbers(seed + 100);
  return relatedRows(rows, seed).map((row) => row.map((value) => value + 0.1 * (random() - 0.5)));
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
    const detector = await model.detector(rows, { method: 'contamination', contamination: 0.05 });
    expect({ ...detector }).toEqual({
      threshold: expect.any(Number),
      rule: { method: 'contamination', contamination: 0.05 },
      rows: 400,
    });
    expect(model.anomalyDetector).toBe(detector);
    const detections = await detector.detect(rows);
    expect(detections.filter(({ anomaly }) => anomaly)).toHaveLength(20);
    expect(Float32Array.from(detections, ({ score }) => score)).toEqual(await detector.score(rows));
  });

  test('scores rows as they usually are by about 1', async () => {
    const model = await trained();
    const rule = { method: 'quantile', errors: 'relative' } as const;
    const detector = await model.detector(noisyRows(400, 2), rule);
    const scores = (await detector.score(noisyRows(400, 3))).toSorted();
    expect(scores[200]).toBeGreaterThan(0.5);
    expect(scores[200]).toBeLessThan(1.5);
  });

  test('says what is wrong with a row in numbers that JSON keeps', async () => {
    const model = await trained();
    model.columns = ['a', 'b', { name: 'rest', inputs: 2 }];
    const detector = await model.detector(relatedRows(200, 4), { method: 'maximum', factor: 2 });
    const rows = [
      [0.2, 0.4, -0.3, 0.3],
      [0.2, -0.4, -0.3, 0.3],
    ];
    const [good, broken] = await detector.detect(rows);
    expect(good).toEqual({ score: expect.any(Number), anomaly: false, columns: [] });
    expect(broken?.anomaly).toBe(true);
    expect(JSON.parse(JSON.stringify(broken))).toEqual(broken);
    expect(broken?.columns.map(({ name }) => name)).toHaveLength(3);
    const [worst, second, last] = broken?.columns ?? [];
    expect(['a', 'b']).toContain(worst?.name);
    expect(worst?.share).toBeGreaterThan(0.9);
    expect(worst?.share).toBeGreaterThanOrEqual(second?.share as number);
    expect(last?.value).toEqual([Math.fround(-0.3), Math.fround(0.3)]);
    const expectedOfB = broken?.columns.find(({ name }) => name === 'b')?.expected as number;
    expect(Math.abs(expectedOfB - 0.4)).toBeLessThan(0.1);
    const [explained] = await detector.detect(rows, { explain: 'all', columns: 1 });
    expect(explained?.columns).toHaveLength(1);
    const [, bare] = await detector.detect(rows, { explain: 'none' });
    expect(bare).toEqual({ score: broken?.score, anomaly: true, columns: [] });
    const [first] = await detector.explain(rows[1] as number[], 1);
    expect(first?.column).toBe(worst?.name);
  });

  test('passes over what is missing', async () => {
    // One row in ten lacks the second number: 0 stands for it, and the third input says so.
    const stream = new RandomStream(3);
    const near = (value: number) => value + stream.normal() / 10;
    const rows = Array.from({ length: 600 }, (_, row) => {
      const [a, c] = [stream.normal(), stream.normal()];
      const missing = Number(row % 10 === 0);
      return [a, missing ? 0 : near(a), missing, c, near(-c)];
    });
    const corruption = swapNoise({ rate: 0.2 });
    const shape = { inputSize: 5, hidden: [16], code: 3, activation: 'tanh', corruption } as const;
    const model = autoencoder({ ...shape, seed: 1 });
    await model.fit(rows, { epochs: 100, optimizer: { type: 'adam', learningRate: 0.005 } });
    const shareOfMissing = async (missing: boolean) => {
      model.columns = ['a', { name: 'b', inputs: 2, missing }, 'c', 'd'];
      const rule = { method: 'contamination', contamination: 0.1 } as const;
      const detector = await model.detector(rows, rule);
      const flagged = (await detector.detect(rows)).flatMap(({ anomaly }, row) =>
        anomaly ? [row] : [],
      );
      return flagged.filter((row) => row % 10 === 0).length / flagged.length;
    };
    expect(await shareOfMissing(false)).toBeGreaterThan(0.4);
    expect(await shareOfMissing(true)).toBeLessThan(0.25);
    const [missing] = (await model.anomalyDetector?.explain([0.3, 0, 1, 5, 0.2], 4)) ?? [];
    expect(missing?.column).toBe('c');
  });

  test('has the columns count the same, however well they can be foretold', async () => {
    // The last column follows from nothing, and a wrong value in the others is smaller than its errors.
    const random = randomNumbers(9);
    const rows = (count: number, seed: number) =>
      relatedRows(count, seed).map((row) => [...row, 8 * (random() - 0.5)]);
    const model = autoencoder({ inputSize: 5, code: 2, seed: 1 });
    await model.fit(
      rows(300, 1).map((row) => row.with(4, (row[4] as number) / 8)),
      {
        epochs: 60,
        optimizer: { type: 'adam', learningRate: 0.02 },
      },
    );
    const ordinary = rows(300, 2);
    const wrong = ordinary.map(([a = 0, b = 0, ...rest]) => [a, b + 0.6, ...rest]);
    const detector = await model.detector(ordinary, { method: 'quantile', errors: 'relative' });
    expect(rocAuc(await detector.score(ordinary), await detector.score(wrong))).toBeGreaterThan(
      0.95,
    );
    expect(rocAuc(await model.score(ordinary), await model.score(wrong))).toBeLessThan(0.8);
  });

  test('is no longer one once the weights change', async () => {
    const model = await trained();
    const detector = await model.detector(relatedRows(10, 5), { method: 'maximum' });
    await model.fit(relatedRows(10, 5), { epochs: 1 });
    for (const call of ['score', 'detect', 'explainRows'] as const) {
      await expect(detector[call]([[1, 2, 3, 4]])).rejects.toThrow(StateError);
    }
    await expect(detector.explain([1, 2, 3, 4])).rejects.toThrow(/weights have changed since/);
  });

  test('goes where other inputs make a column', async () => {
    const model = await trained();
    const rule = { method: 'maximum', errors: 'relative' } as const;
    await model.detector(relatedRows(10, 5), rule);
    model.columns = ['a', 'b', 'c', 'd'];
    expect(model.anomalyDetector?.errors).toBe('relative');
    model.columns = ['a', { name: 'b', inputs: 2 }, 'd'];
    expect(model.anomalyDetector).toBeNull();
    await model.detector(relatedRows(10, 5), { method: 'maximum', errors: 'squared' });
    model.columns = ['a', 'b', 'c', 'd'];
    expect(model.anomalyDetector?.errors).toBe('squared');
  });

  test('takes numbers beyond all others for an anomaly', async () => {
    const model = await trained();
    const rule = { method: 'maximum', errors: 'relative' } as const;
    const detector = await model.detector(relatedRows(50, 5), rule);
    const [huge] = await detector.detect([[3e38, -3e38, 3e38, 3e38]]);
    expect(huge?.anomaly).toBe(true);
    expect(JSON.parse(JSON.stringify(huge))).toEqual(huge);
  });

  test.each<[options: object, path: string]>([
    [{ columns: 0 }, 'columns'],
    [{ explain: 'anomaly' }, 'explain'],
    [{ topK: 3 }, 'topK'],
    [{ threads: 0 }, 'threads'],
  ])('refuses to detect with %o', async (options, path) => {
    const model = await trained();
    const detector = await model.detector(relatedRows(10, 5), { method: 'maximum' });
    const attempt = detector.detect(relatedRows(3, 1), options);
    await expect(attempt).rejects.toThrow(ArgumentError);
    await expect(attempt).rejects.toThrow(expect.objectContaining({ path }));
  });

  test('made by hand scores by the mean squared error, as the model does', async () => {
    const model = await trained();
    const rows = relatedRows(50, 3);
    const scores = await model.score(rows, { threads: 2 });
    expect(scores).toEqual((await model.reconstructionErrors(rows)).perRow);
    const middle = scores.toSorted()[25] as number;
    model.setThreshold(middle);
    const detector = model.anomalyDetector;
    expect({ ...detector }).toEqual({ threshold: middle, rule: null, rows: 0 });
    expect(await detector?.score(rows)).toEqual(scores);
    const flags = (await detector?.detect(rows))?.map(({ anomaly }) => anomaly);
    expect(flags).toEqual(Array.from(scores, (score) => score > middle));
    const [row = []] = rows;
    expect(await detector?.explain(row)).toEqual(await model.explain(row));
  });

  test('finds rows that break what holds for all others', async () => {
    const model = await trained();
    const detector = await model.detector(relatedRows(100, 4), { method: 'maximum', factor: 2 });
    const good = [0.2, 0.4, -0.3, 0.3];
    const broken = [0.2, -0.4, -0.3, 0.3];
    const flags = (await detector.detect([good, broken])).map(({ anomaly }) => anomaly);
    expect(flags).toEqual([false, true]);
    const [worst] = await model.explain(broken, 1);
    expect(['0', '1']).toContain(worst?.column);
  });

  test('is gone once the weights change', async () => {
    const model = await trained();
    await model.detector(relatedRows(10, 5), { method: 'maximum' });
    await expect(model.fit([[1]])).rejects.toThrow(ShapeError);
    expect(model.anomalyDetector).not.toBeNull();
    await model.fit(relatedRows(10, 5), { epochs: 1 });
    expect(model.anomalyDetector).toBeNull();
    await expect(model.predict([[1, 2, 3, 4]])).rejects.toThrow(/changed since/);
    model.setThreshold(1);
    model.setParameter('0.bias', [1, 2]);
    expect(model.anomalyDetector).toBeNull();
  });

  test('is saved with the model, its columns too', async () => {
    const model = await trained();
    model.columns = ['a', { name: 'b', inputs: 3, missing: true }];
    const detector = await model.detector(relatedRows(100, 6), { method: 'sigma' });
    expect(await detector.score([[1, 1, 1, 1]])).not.toEqual(await model.score([[1, 1, 1, 1]]));
    const again = await saveAndLoad(model);
    expect(again.anomalyDetector).toEqual(detector);
    expect(again.columns).toEqual(model.columns);
    const rows = relatedRows(30, 7).concat([[1, 1, 1, 1]]);
    const detections = await detector.detect(rows);
    expect(await again.anomalyDetector?.detect(rows)).toEqual(detections);
    expect(detections.at(-1)?.anomaly).toBe(true);
    expect(await again.explain([1, 1, 1, 1])).toEqual(await model.explain([1, 1, 1, 1]));
  });

  test('is nothing that an untouched model saves', async () => {
    const again = await saveAndLoad(autoencoder({ inputSize: 4, code: 2 }));
    expect(again.anomalyDetector).toBeNull();
    expect(again.columns.map(({ name }) => name)).toEqual(['0', '1', '2', '3']);
  });

  test.each([
    [{ detector: { threshold: -1, rule: null, rows: 0 } }, 'detector.threshold'],
    [{ detector: { threshold: 1, rule: { method: 'guess' }, rows: 0 } }, 'detector.rule.method'],
    [{ detector: { threshold: 1, rule: null, rows: 0, more: 1 } }, 'detector.more'],
    [{ detector: 1 }, 'detector'],
    [{ detector: { threshold: 1, rule: null, rows: 0, usualErrors: 1 } }, 'detector.usualErrors'],
    [{ detector: { threshold: 1, rule: null, rows: 0, usualErrors: [1] } }, 'detector.usualErrors'],
    [
      { detector: { threshold: 1, rule: null, rows: 0, usualErrors: [1, 0, 1, 1] } },
      'detector.usualErrors[1]',
    ],
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
    [{ method: 'maximum', errors: 'absolute' }, 'errors'],
    [{ method: 'maximum', threads: 0 }, 'threads'],
    [{ method: 'maximum', precision: 'f16' }, 'precision'],
  ])('is not made by %o', async (options, path) => {
    const model = autoencoder({ inputSize: 4, code: 2 });
    const attempt = model.detector(relatedRows(3, 1), options as DetectorOptions);
    await expect(attempt).rejects.toThrow(ArgumentError);
    await expect(attempt).rejects.toThrow(expect.objectContaining({ path }));
  });

  test('says what is missing or wrong', async () => {
    const model = autoencoder({ inputSize: 4, code: 2 });
    await expect(model.predict([[1, 2, 3, 4]])).rejects.toThrow(StateError);
    await expect(model.predict([[1, 2, 3, 4]])).rejects.toThrow(/model\.detector/);
    expect(() => model.setThreshold(-1)).toThrow(ArgumentError);
    expect(() => model.setThreshold(Number.NaN)).toThrow(/threshold/);
    await expect(model.score([[1, 2, Number.NaN, 4]])).rejects.toThrow(DataError);
  });
});

describe('what there was before detectors', () => {
  test('still flags rows, by their mean squared error', async () => {
    const model = await trained();
    const rows = relatedRows(400, 2);
    const detector = await model.calibrate(rows, { method: 'contamination', contamination: 0.05 });
    const scores = await model.score(rows);
    expect(detector.threshold).toBeCloseTo(quantile(scores, 0.95), 7);
    const flags = await model.predict(rows);
    expect(Array.from(flags)).toEqual(
      Array.from(scores, (score) => Number(score > detector.threshold)),
    );
    expect(flags.reduce((sum, flag) => sum + flag, 0)).toBe(20);
    const { threshold, rule, rows: count } = model.detector;
    expect({ threshold, rule, rows: count }).toEqual({ ...detector });
  });

  test('says that there is no threshold', () => {
    expect(autoencoder({ inputSize: 4, code: 2 }).detector.threshold).toBeUndefined();
  });
});

function quantile(scores: Float32Array, share: number): number {
  const place = (scores.length - 1) * share;
  const sorted = scores.toSorted();
  const [below = 0, above = 0] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  return below + (above - below) * (place % 1);
}

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
  const rule = { method: 'contamination', contamination: 0.05 } as const;
  const detector = await model.detector(ordinary, rule);
  const detections = await detector.detect(heldOut, { explain: 'none' });
  const flagged = detections.filter(({ anomaly }) => anomaly);
  expect(flagged.length / detections.length).toBeGreaterThan(0.25);
});
