import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ArgumentError, FileFormatError, load } from '../../lib/index.js';
import { type TableModel, tableModel } from '../../lib/tables/index.js';
import { partsOfRecord } from '../../lib/tables/tableRecord.js';
import { wideningOf } from '../../lib/tables/trainIntervals.js';
import { randomNumbers } from '../model/data.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'layerwise-intervals-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** The further to the right, the less is said by `x` of `y`. */
function noisyRows(count: number, seed: number) {
  const random = randomNumbers(seed);
  return Array.from({ length: count }, () => {
    const x = random();
    const noise = random() + random() + random() - 1.5;
    return { x, y: 100 + 50 * Math.sin(4 * x) + 40 * x * noise };
  });
}

const training = noisyRows(400, 1);
const others = noisyRows(2000, 2);

async function trained(members: number, intervals = 0.8): Promise<TableModel> {
  const model = tableModel({ target: 'y', hidden: [32, 16], members, intervals });
  await model.fit(training, { epochs: 200 });
  return model;
}

describe('the correction of intervals', () => {
  test('is the smallest that holds the share, and one row more', () => {
    const misses = Float64Array.from({ length: 9 }, (_, row) => row);
    expect(wideningOf(misses, 0.8)).toBe(7);
    expect(wideningOf(misses, 0.5)).toBe(4);
    expect(wideningOf(misses, 0.99)).toBe(8);
  });

  test('holds the share of its own rows, whatever they are', () => {
    const numbers = fc.array(fc.double({ noNaN: true, min: -9, max: 9 }), { minLength: 1 });
    const share = fc.double({ min: 0.01, max: 0.99, noNaN: true });
    fc.assert(
      fc.property(numbers, share, (values, coverage) => {
        const widening = wideningOf(Float64Array.from(values), coverage);
        const held = values.filter((miss) => miss <= widening).length;
        expect(held).toBeGreaterThanOrEqual(Math.min(values.length, coverage * values.length));
      }),
    );
  });
});

describe('a model with intervals', () => {
  test.each([1, 3])(
    'holds the share on rows that it has not seen (%i networks)',
    async (members) => {
      const model = await trained(members);
      const evaluation = await model.evaluate(others);
      if (evaluation.task !== 'regression') throw new TypeError('numbers');
      const { coverage = 0, meanWidth = 0 } = evaluation.intervals ?? {};
      expect(coverage).toBeGreaterThan(0.76);
      expect(coverage).toBeLessThan(0.97);
      const { lower, upper, predictions } = await model.predict(others);
      const widths = others.map((_, row) => (upper?.[row] ?? 0) - (lower?.[row] ?? 0));
      expect(widths.reduce((sum, width) => sum + width, 0) / widths.length).toBeCloseTo(meanWidth);
      for (const [row, prediction] of [...predictions].entries()) {
        expect(Number(prediction)).toBeGreaterThanOrEqual(lower?.[row] ?? Number.NaN);
        expect(Number(prediction)).toBeLessThanOrEqual(upper?.[row] ?? Number.NaN);
      }
      // Wide where rows differ.
      const [narrow, wide] = [model.predictSync({ x: 0.05 }), model.predictSync({ x: 0.95 })];
      const widthOf = ({ lower: low = 0, upper: high = 0 }) => high - low;
      expect(widthOf(wide)).toBeGreaterThan(1.5 * widthOf(narrow));
    },
  );

  test('is saved with them, and says the same of rows one by one, together and from a table', async () => {
    const model = await trained(2);
    const path = join(folder, 'model.safetensors');
    await model.save(path);
    const loaded = await load(path, 'table');
    expect(loaded.members).toHaveLength(2);
    const rows = others.slice(0, 5).map(({ x }) => ({ x }));
    const expected = rows.map((row) => model.predictSync(row));
    expect(expected[0]).toHaveProperty('lower');
    expect(rows.map((row) => loaded.predictSync(row))).toEqual(expected);
    expect([...loaded.predictSync(rows)]).toEqual(expected);
    expect([...(await loaded.predict(rows))]).toEqual(expected);
    expect([...(await loaded.predict({ x: rows.map(({ x }) => x) }))]).toEqual(expected);
  });

  test('predicts what it would without', async () => {
    const plain = tableModel({ target: 'y', hidden: [32, 16], members: 2 });
    await plain.fit(training, { epochs: 200 });
    const { prediction } = (await trained(2)).predictSync({ x: 0.5 });
    expect(plain.predictSync({ x: 0.5 })).toEqual({ prediction });
    expect(plain.hasIntervals).toBe(false);
  });

  test('has none when it is stopped before them, and is told so', async () => {
    const model = tableModel({ target: 'y', hidden: [32, 16], members: 2, intervals: 0.8 });
    const run = model.fit(training, { epochs: 200, onEvent: () => run.stop() });
    expect((await run).stopReason).toBe('stopped');
    expect(model.hasIntervals).toBe(false);
  });

  test.each([
    [{ target: 'y', intervals: 1 }, training, 'intervals: expected a finite number > 0 and < 1'],
    [{ target: 'y', intervals: 0.99 }, training.slice(0, 50), 'a share that 50 rows can tell of'],
    [{ target: 'y', intervals: 0.9 }, training.slice(0, 10), 'Give 11 rows or more to'],
    [{ autoencoder: true, intervals: 0.9 }, training, 'a target of numbers'],
    [
      { target: 'side', intervals: 0.9 },
      training.map(({ x }) => ({ x, side: x > 0.5 ? 'right' : 'left' })),
      'a target of numbers',
    ],
  ])('is refused before anything is trained: %o', async (options, rows, problem) => {
    let epochs = 0;
    const fitted = async () =>
      await tableModel(options).fit(rows as never, { epochs: 2, onEvent: () => void epochs++ });
    await expect(fitted()).rejects.toThrow(problem);
    await expect(fitted()).rejects.toThrow(ArgumentError);
    expect(epochs).toBe(0);
  });

  test('are learned from as few rows as are asked for', async () => {
    for (const [intervals, rows] of [
      [0.9, 11],
      [0.5, 3],
    ] as const) {
      const model = tableModel({ target: 'y', members: 1, intervals });
      await model.fit(training.slice(0, rows), { epochs: 2, validation: 0 });
      expect(model.hasIntervals).toBe(true);
    }
  });

  test('has as many networks as its file says', async () => {
    const { members, schema } = await trained(2);
    const intervals = { coverage: 0.8, widening: 0, rows: 9, networks: 2 };
    expect(() => partsOfRecord({ schema, training: {}, intervals }, members, 'file')).toThrow(
      FileFormatError,
    );
  });
});
