/** Layers that learn their activation: prelu and maxout. */

import { describe, expect, test } from 'vitest';
import { ArgumentError, adam, dense, matrix, maxout, prelu, sequential } from '../../lib/index.js';

const rows = 400;
const inputs = matrix(
  Float32Array.from({ length: rows }, (_, i) => (4 * i) / rows - 2),
  rows,
  1,
);
const values = (f: (x: number) => number) => Array.from(inputs.values, (x) => [f(x)]);
const identity = { type: 'identity', gain: 1 } as const;

describe('prelu', () => {
  test('starts with the slope of PyTorch, one for all columns or one for each', () => {
    const one = sequential([prelu()], { inputSize: 3 });
    expect([...one.getParameter('0.weight')]).toEqual([0.25]);
    expect([...one.predictSync([[-4, 0, 4]]).values]).toEqual([-1, 0, 4]);
    const each = sequential([prelu({ shared: false, slope: 0.5 })], { inputSize: 3 });
    each.setParameter('0.weight', [0.5, 2, -1]);
    expect([...each.predictSync([[-4, -4, -4]]).values]).toEqual([-2, -8, 4]);
  });

  test.each([true, false])('learns its slope (shared: %s)', async (shared) => {
    const model = sequential([prelu({ shared })], { inputSize: 1 });
    const targets = values((x) => (x > 0 ? x : 0.7 * x));
    await model.fit({ inputs, targets }, { epochs: 60, optimizer: adam({ learningRate: 0.02 }) });
    expect(model.getParameter('0.weight')[0]).toBeCloseTo(0.7, 3);
  });

  test('refuses what is no slope', () => {
    const attempt = () => sequential([prelu({ slope: Number.NaN })], { inputSize: 1 });
    expect(attempt).toThrow(ArgumentError);
    expect(attempt).toThrow('layers[0].slope');
  });
});

describe('maxout', () => {
  test('gives the largest of the pieces', () => {
    const model = sequential([maxout(2, { pieces: 2, bias: false })], { inputSize: 1 });
    model.setParameter('0.weight', [1, -1, 2, 0.5]);
    expect([...model.predictSync([[3], [-2]]).values]).toEqual([3, 6, 2, -1]);
  });

  test('has the pieces of a unit in rows behind each other: row u * pieces + p', () => {
    const [units, pieces, columns] = [2, 3, 2];
    const model = sequential([maxout(units, { pieces })], { inputSize: columns });
    const weights = [1, 0, 0, 1, -1, -1, 2, 0, 0, -2, 0.5, 0.5];
    const bias = [0, 0.25, 1, -3, 0, 4];
    model.setParameter('0.weight', weights);
    model.setParameter('0.bias', bias);
    const rowOf = (unit: number, piece: number) => unit * pieces + piece;
    const sumOf = (x: readonly number[], row: number) =>
      x.reduce((sum, value, j) => sum + value * (weights[row * columns + j] ?? 0), bias[row] ?? 0);
    for (const x of [
      [1, 2],
      [-3, 1],
      [0, 0],
      [5, -4],
    ] as const) {
      const expected = [0, 1].map((unit) =>
        Math.max(...[0, 1, 2].map((piece) => sumOf(x, rowOf(unit, piece)))),
      );
      expect([...model.predictSync([x]).values]).toEqual(expected);
    }
  });

  test('of one piece is a dense layer', () => {
    const weights = { kernelInitializer: identity };
    const ours = sequential([maxout(2, { pieces: 1, ...weights })], { inputSize: 2 });
    const dense2 = sequential([dense(2, weights)], { inputSize: 2 });
    const row = [[0.3, -1.2]];
    expect(ours.predictSync(row).values).toEqual(dense2.predictSync(row).values);
  });

  test.each(['float32', 'bf16'] as const)('learns a convex function (%s)', async (precision) => {
    const model = sequential([maxout(1, { pieces: 2 })], { inputSize: 1, seed: 4 });
    const targets = values((x) => Math.abs(x - 0.5));
    const optimizer = adam({ learningRate: 0.02 });
    const history = await model.fit({ inputs, targets }, { epochs: 120, optimizer, precision });
    expect(history.epochs.at(-1)?.loss).toBeLessThan(1e-3);
  });

  test.each([
    [maxout(0), 'layers[0].units'],
    [maxout(2, { pieces: 0 }), 'layers[0].pieces'],
    [maxout(2, { pieces: 2 ** 40 }), 'layers[0].pieces'],
    [maxout(2, { bias: 1 as never }), 'layers[0].bias'],
  ])('refuses %o', (layer, path) => {
    const attempt = () => sequential([layer], { inputSize: 1 });
    expect(attempt).toThrow(ArgumentError);
    expect(attempt).toThrow(path);
  });
});
