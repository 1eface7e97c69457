import { beforeAll, describe, expect, test } from 'vitest';
import { type Autoencoder, adam, autoencoder, type ColumnError } from '../../lib/index.js';
import { RandomStream } from '../../lib/random.js';

/** Tables in which it is known which cell is wrong. */

const sensors = 6;
const categories = [5, 12];
const columns = [
  ...Array.from({ length: sensors }, (_, index) => `sensor${index}`),
  ...categories.map((inputs, index) => ({ name: `text${index}`, inputs })),
];

/** Sensors that follow from two quantities, and texts that follow from nothing. */
function mixedRows(count: number, seed: number): number[][] {
  const stream = new RandomStream(seed);
  return Array.from({ length: count }, () => {
    const [first, second] = [stream.normal(), stream.normal()];
    const readings = Array.from(
      { length: sensors },
      (_, index) =>
        Math.sin(index + 1) * first + Math.cos(index + 1) * second + stream.normal() / 10,
    );
    const texts = categories.flatMap((size) => {
      const chosen = Math.floor(stream.uniform() * size);
      return Array.from({ length: size }, (_, category) => Number(category === chosen));
    });
    return [...readings, ...texts];
  });
}

/** The rows with one sensor each off by so many standard deviations, and which it is. */
function broken(rows: readonly number[][], deviations: number) {
  const wrong = rows.map((_, row) => row % sensors);
  const cells = rows.map((values, row) =>
    values.with(wrong[row] as number, (values[wrong[row] as number] as number) + deviations),
  );
  return { cells, wrong };
}

const rightOf = (explained: readonly (readonly ColumnError[])[], wrong: readonly number[]) =>
  explained.filter(([worst], row) => worst?.index === wrong[row]).length / wrong.length;

/** A code as wide as the sensors passes them on, the wrong ones too. */
describe.each([[2], [6]])('a mixed table and a code of %d', (code) => {
  let model: Autoencoder;

  beforeAll(async () => {
    model = autoencoder({ inputSize: 23, hidden: [48], code, activation: 'tanh', seed: 4 });
    model.columns = columns;
    const optimizer = adam({ learningRate: 0.003 });
    await model.fit(mixedRows(3000, 1), { epochs: 12, batchSize: 64, optimizer });
  });

  test.each([[8], [-8], [4]])('has a sensor off by %d deviations', async (deviations) => {
    const { cells, wrong } = broken(mixedRows(300, 2), deviations);
    const explained = await model.explainRows(cells, columns.length);
    expect(rightOf(explained, wrong)).toBeGreaterThanOrEqual(0.95);
  });

  test('is explained row by row as all at once', async () => {
    const { cells } = broken(mixedRows(20, 3), 8);
    const explained = await model.explainRows(cells, 2);
    for (const [row, cell] of cells.entries()) {
      const alone = await model.explain(cell, 2);
      expect(alone.map(({ column }) => column)).toEqual(
        explained[row]?.map(({ column }) => column),
      );
      expect(alone[0]?.remaining).toBeCloseTo(explained[row]?.[0]?.remaining ?? 0, 4);
    }
  });

  test('would have the score `remaining` with the replacement', async () => {
    const [row = []] = broken(mixedRows(1, 5), 8).cells;
    for (const { index, remaining, replacement } of await model.explain(row, columns.length)) {
      const start = index < sensors ? index : sensors + (index > sensors ? 5 : 0);
      const replaced = row.toSpliced(start, replacement.length, ...replacement);
      const [score] = await model.score([replaced]);
      expect(score).toBeCloseTo(remaining, 4);
    }
  });
});

test('wrong readings are found that errors alone put down to their neighbours', async () => {
  // Readings that follow from two quantities, and a code of three: there is room to pass one on.
  const stream = new RandomStream(6);
  const rows = (count: number) =>
    Array.from({ length: count }, () => {
      const [first, second] = [stream.normal(), stream.normal()];
      return Array.from(
        { length: 5 },
        (_, index) => Math.sin(index + 1) * first + Math.cos(index + 1) * second,
      ).map((value) => value + stream.normal() / 50);
    });
  const model = autoencoder({ inputSize: 5, hidden: [32], code: 3, activation: 'relu', seed: 1 });
  const optimizer = adam({ learningRate: 0.005 });
  await model.fit(rows(1000), { epochs: 40, batchSize: 64, optimizer });
  const cells = rows(200).map((row, index) => row.with(index % 5, (row[index % 5] as number) + 3));
  const wrong = cells.map((_, index) => index % 5);
  const explained = await model.explainRows(cells, 5);
  expect(rightOf(explained, wrong)).toBeGreaterThanOrEqual(0.95);
  const byError = explained.map((parts) => parts.toSorted((a, b) => b.error - a.error));
  expect(rightOf(byError, wrong)).toBeLessThan(0.8);
});

test('a wide row is explained by its 64 largest errors first, all columns after them', async () => {
  const model = autoencoder({ inputSize: 200, code: 3, seed: 2 });
  const row = Array.from({ length: 200 }, (_, index) => (index === 150 ? 50 : Math.sin(index)));
  const explained = await model.explain(row, 200);
  expect(new Set(explained.map(({ index }) => index)).size).toBe(200);
  const errors = explained.map(({ error }) => error);
  expect(Math.min(...errors.slice(0, 64))).toBeGreaterThanOrEqual(Math.max(...errors.slice(64)));
  expect(explained[0]?.column).toBe('150');
  const huge = await model.explain(row.with(7, 3e38), 1);
  expect(huge[0]?.column).toBe('7');
});

test('a wrong category is named, and replaced by the one that fits', async () => {
  const stream = new RandomStream(8);
  const rows = (count: number) =>
    Array.from({ length: count }, () => {
      const state = Math.floor(stream.uniform() * 3);
      const speed = state - 1 + stream.normal() / 20;
      const oneHot = [0, 1, 2].map((each) => Number(each === state));
      return [speed, 2 * speed + stream.normal() / 20, ...oneHot];
    });
  const model = autoencoder({ inputSize: 5, hidden: [24], code: 1, activation: 'tanh', seed: 3 });
  model.columns = ['speed', 'flow', { name: 'state', inputs: 3 }];
  await model.fit(rows(2000), {
    epochs: 30,
    batchSize: 64,
    optimizer: adam({ learningRate: 0.005 }),
  });
  const ordinary = rows(100);
  const cells = ordinary.map(([speed = 0, flow = 0, ...state]) => [
    speed,
    flow,
    ...[...state.slice(1), ...state.slice(0, 1)],
  ]);
  const explained = await model.explainRows(cells, 1);
  const right = explained.filter(([worst], row) => {
    const state = Float32Array.from(ordinary[row]?.slice(2) ?? []);
    return worst?.column === 'state' && worst.replacement.join() === state.join();
  });
  expect(right.length).toBeGreaterThanOrEqual(95);
});
